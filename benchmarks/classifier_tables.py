"""Writes the tables that ship ready: what characters are read as, and how rare words are.

    python -m benchmarks.classifier_tables

After OpenCC, jieba or classifier/words/stop.txt has changed.
"""

from __future__ import annotations

from classifier import character_tables, rarity


def main() -> None:
    """Work them out and write them."""
    character_tables.worked_out().save(character_tables.TABLES_FILE)
    character_tables.character_tables.cache_clear()  # words are spelled by what was written
    rarity.worked_out().save(rarity.TABLE_FILE)


if __name__ == "__main__":
    main()
