"""Two at once: who comes later waits or is told, and nothing is lost or double."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import TypeVar

import pytest
from sqlalchemy import func, select

from casework.errors import RecordsUnavailable, Rejected
from casework.events import OFFICE_CHAIN, EventName
from casework.local_rules import Combination, LocalRule
from casework.model import ClockName, ClockUnit, Receipt
from casework.office import Office
from casework.policy import read_policy
from casework.storage import audit
from casework.storage.local_rules import set_local_rule
from casework.storage.policies import load_policies
from casework.storage.records import Records
from casework.storage.tables import AuditEventRow, MessageRow
from casework.storage.vault import open_vault
from casework.taxonomy import KINDS
from intake.examine import Intake
from intake.receive import receive, receive_many
from runtime.settings import read_settings
from runtime.wiring import open_records
from tests.builders import RECEIVED, draft
from tests.conftest import NOW
from tests.databases import Databases

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
HANDS = 8


def at_once(act: Callable[[int], T]) -> list[T]:
    """What `act` gives for each number, all begun at the same moment."""
    start = Barrier(HANDS)

    def begin(number: int) -> T:
        start.wait()
        return act(number)

    with ThreadPoolExecutor(HANDS) as hands:
        return list(hands.map(begin, range(HANDS)))


def messages(records: Records) -> int:
    with records.read() as work:
        return work.session.scalar(select(func.count()).select_from(MessageRow)) or 0


def test_one_form_sent_from_many_hands_is_one_message(intake: Intake) -> None:
    receipts = at_once(lambda _: receive(intake, draft(form_token="t" * 32), NOW))
    assert len({receipt.number for receipt in receipts}) == 1
    assert sorted(receipt.repeated for receipt in receipts) == [False] + [True] * (HANDS - 1)
    assert messages(intake.records) == 1


def test_the_same_words_of_one_sender_are_one_message(intake: Intake) -> None:
    receipts = at_once(lambda _: receive(intake, draft(sender="13800000001"), NOW))
    assert len({receipt.number for receipt in receipts}) == 1
    assert messages(intake.records) == 1


def test_different_messages_all_get_numbers_of_their_own(intake: Intake) -> None:
    def ten(number: int) -> list[object]:
        drafts = [
            draft(source="s", source_ref=f"{number}/{n}", body=f"第{number}处第{n}盏路灯不亮了。")
            for n in range(10)
        ]
        return list(receive_many(intake, drafts, NOW))

    outcomes = [outcome for each in at_once(ten) for outcome in each]
    assert len({o.number for o in outcomes if isinstance(o, Receipt)}) == 10 * HANDS
    assert messages(intake.records) == 10 * HANDS


def test_the_office_chain_takes_everybody_in_turn(records: Records) -> None:
    def sign(number: int) -> None:
        with records.write() as work:
            audit.append(work, OFFICE_CHAIN, EventName.SIGNED_IN, f"p{number}", RECEIVED, "words")
            work.commit()

    at_once(sign)
    with records.read() as work:
        assert list(audit.verify(work)) == []
        assert work.session.scalar(select(func.count()).select_from(AuditEventRow)) == HANDS


@pytest.mark.postgresql
def test_two_servers_set_one_city_up(tmp_path: Path, databases: Databases) -> None:
    """Each with its own folder and the same key, both at the first start of an empty database."""
    first = databases.home(tmp_path / "one")
    open_vault(tmp_path / "one" / "key")
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "key").write_bytes((tmp_path / "one" / "key").read_bytes())
    homes = [first, {**first, "MINSHENG_HOME": str(tmp_path / "two")}]
    command = [str(Path(sys.executable).parent / "flask"), "records", "migrate"]
    started = [
        subprocess.Popen(command, cwd=ROOT, env={**os.environ, **home}, stdout=subprocess.DEVNULL)
        for home in homes
    ]
    assert [process.wait(120) for process in started] == [0, 0]
    opened, _ = open_records(read_settings(homes[1]))
    with opened.read() as work:
        assert list(audit.verify(work)) == []
    opened.close()
    (tmp_path / "two" / "key").write_bytes(b"x" * 32)
    with pytest.raises(RecordsUnavailable, match="key"):
        open_records(read_settings(homes[1]))


def test_one_combination_is_decided_once_and_many_make_a_version_each(
    records: Records, office: Office
) -> None:
    def decide(number: int) -> str:
        kinds = (*KINDS, "咨询", "咨询")  # three of the eight are the same
        what = Combination(ClockName.SIGN, kind=kinds[number])
        local = LocalRule(2, ClockUnit.HOUR, "云府发〔2026〕1号", "admin", NOW, combination=what)
        try:
            with records.write() as work:
                name = set_local_rule(work, office, read_policy(), "", local, NOW.date())
                work.commit()
        except Rejected as error:
            return error.reason
        return name

    done = at_once(decide)
    assert sorted(done) == [f"city-{n}" for n in range(1, 7)] + ["same_combination"] * 2
    with records.read() as work:
        kept = load_policies(work)
    assert len({policy.version for policy in kept}) == len(kept) == 6
    assert len(kept[-1].rules) == len(read_policy().rules) + 6, "the last holds all of them"
