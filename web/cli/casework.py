"""flask records … and flask casework …: migrating, and verifying the audit chains."""

from __future__ import annotations

import sys

import click

from casework.storage import audit, migrate
from casework.storage.copy_records import copy_records, count_records
from casework.storage.engine import open_engine
from casework.storage.unnamed_files import missing_files
from casework.storage.vault import open_vault
from runtime.settings import read_settings
from runtime.wiring import open_records
from web.cli.command import json_option, tell, telling

SHOWN_FLAWS = 100


@click.group()
def records() -> None:
    """The database."""


@records.command("migrate")
@json_option
@telling
def migrate_command(as_json: bool) -> None:
    """Bring the tables to the newest form and load what a new city starts with."""
    opened, _ = open_records(read_settings())
    tell({"revision": migrate.current(opened.engine)}, as_json)
    opened.close()


@records.command("copy")
@click.option("--from", "source", required=True, help="Address of the database to copy.")
@click.option("--to", "target", required=True, help="Address of an empty database.")
@json_option
@telling
def copy_command(source: str, target: str, as_json: bool) -> None:
    """Copy a city to another database, and compare every table. Stop the city first.

    Addresses as in DATABASE_URL. The key file stays the same. The index is not copied:
    `flask monitor rebuild` builds it anew.
    """
    vault = open_vault(read_settings().key_file)
    old, new = open_engine(source, vault), open_engine(target, vault)
    try:
        total = count_records(old)
        with click.progressbar(length=total, label="records", file=sys.stderr) as bar:
            copied = copy_records(old, new, bar.update)
    finally:
        old.dispose()
        new.dispose()
    rows = {each.table: each.rows for each in copied}
    digests = {each.table: each.digest for each in copied}
    tell({"rows": sum(rows.values()), "tables": rows, "digests": digests}, as_json)


@records.command("check-files")
@json_option
@telling
def check_files(as_json: bool) -> None:
    """List files on record that do not lie in the home; exit code 1 when there are any."""
    settings = read_settings()
    opened, _ = open_records(settings)
    with opened.read() as work:
        missing = list(missing_files(work, settings.attachments_folder))
    opened.close()
    shown = [f"{file.id} {file.digest}" for file in missing[:SHOWN_FLAWS]]
    tell({"missing": len(missing), "which": shown}, as_json)
    sys.exit(1 if missing else 0)


@click.group()
def casework() -> None:
    """Tickets and their audit trail."""


@casework.command("audit-verify")
@json_option
@telling
def audit_verify(as_json: bool) -> None:
    """Walk every audit chain; exit code 1 when one does not hold."""
    opened, _ = open_records(read_settings())
    with opened.read() as work:
        flaws = list(audit.verify(work))
        counted = audit.count(work)
    opened.close()
    shown = [f"{flaw.chain}#{flaw.sequence}: {flaw.what}" for flaw in flaws[:SHOWN_FLAWS]]
    tell(
        {"chains": counted[0], "events": counted[1], "broken": len(flaws), "where": shown}, as_json
    )
    sys.exit(1 if flaws else 0)
