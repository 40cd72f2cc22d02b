"""Collects the sentences of pages and code into the translation catalogue: make catalogue.

Sorted by sentence and without line numbers, so that two changes meet in the catalogue only where
they meet in the code. Sentences that are gone leave it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.pofile import read_po, write_po

CATALOGUE = Path(__file__).parent / "translations" / "en" / "LC_MESSAGES" / "messages.po"


def collect(template: Path) -> list[str]:
    """Bring the catalogue up to the extracted template; the sentences still without a translation."""
    with CATALOGUE.open("rb") as stream:
        catalogue = read_po(stream, locale="en")
    with template.open("rb") as stream:
        wanted = read_po(stream)
    wanted.creation_date = catalogue.creation_date  # no change of its own in every change
    catalogue.update(wanted, no_fuzzy_matching=True)
    with CATALOGUE.open("wb") as stream:
        write_po(
            stream, catalogue, sort_output=True, include_lineno=False, ignore_obsolete=True, width=0
        )
    return [str(message.id) for message in catalogue if message.id and not message.string]


if __name__ == "__main__":
    for sentence in collect(Path(sys.argv[1])):
        print(f"not translated: {sentence}")  # noqa: T201 - a command
