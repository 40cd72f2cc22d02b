import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from casework.errors import RecordsUnavailable
from casework.storage.records import Records
from casework.storage.tables import MessageRow
from casework.storage.vault import Vault, open_vault
from tests.builders import draft, new_case, record_one


def test_the_key_file_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "home" / "key"
    sealed = open_vault(path).seal("13800000001", "a.b")
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert open_vault(path).open(sealed, "a.b") == "13800000001"
    assert [entry.name for entry in path.parent.iterdir()] == ["key"]


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        vaults = list(pool.map(open_vault, [tmp_path / "key"] * 16))
    assert len({vault.web_secret() for vault in vaults}) == 1


def test_a_damaged_key_file_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"short")
    with pytest.raises(RecordsUnavailable, match="damaged"):
        open_vault(tmp_path / "key")


def test_a_sealed_value_opens_only_at_its_place_and_with_its_key() -> None:
    vault = Vault(b"1" * 32)
    sealed = vault.seal("周某", "messages.contact_name")
    assert "周某".encode() not in sealed
    assert sealed != vault.seal("周某", "messages.contact_name")
    with pytest.raises(RecordsUnavailable):
        vault.open(sealed, "messages.contact_phone")
    with pytest.raises(RecordsUnavailable):
        Vault(b"2" * 32).open(sealed, "messages.contact_name")


@pytest.mark.sqlite
def test_contact_data_is_nowhere_in_the_file(records: Records, tmp_path: Path) -> None:
    recorded = record_one(records, new_case(draft(sender="13800000001")))
    with records.read() as work:
        message = work.session.get_one(MessageRow, recorded.message_id)
        assert (message.contact_phone, message.sender) == ("13800000001", "13800000001")
    with records.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        stored = connection.execute(text("SELECT contact_name FROM messages")).scalar_one()
    assert isinstance(stored, bytes)
    content = (tmp_path / "records.sqlite").read_bytes()
    assert b"13800000001" not in content
    assert "周某".encode() not in content
    assert recorded.code.encode() not in content
