"""What each character is read as, worked out from Unicode's and OpenCC's tables and kept in a file.

Working it out takes the processor longer than all other arrays of judging, and the shipped models
are learnt from texts spelt so, whatever Unicode the Python that judges has.
`python -m benchmarks.classifier_tables` writes the file; a test holds it against what is worked out.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.arrays import Codes

TABLES_FILE = Path(__file__).parent / "words" / "characters.npz"

PLANE = 0x10000
"""Letters with another spelling, but for a few of no modern language, lie in the first plane; small
tables stay in the processor's cache."""

CHINESE = (0x4E00, 0xA000)
"""The block of common Chinese characters."""

MORE_SHARED = {"覆": "复", "瞭": "了", "藉": "借", "夥": "伙", "菸": "烟", "著": "着"}
"""What OpenCC's tables turn only as parts of words; here far more often one than the other."""

_TELLING = {"Lu", "Ll", "Lt", "Lo", "Nd", "Nl", "So"}
_NOT_CHARACTER = 0xFFFD


@dataclass(frozen=True, slots=True)
class CharacterTables:
    """By code point of the first plane. replacements: what stands for the character. telling: whether
    it tells something; one place more, for all characters beyond the plane, which are rare letters
    and emoji. traditional: whether simplified text does not have it; the last place, of no character,
    is where code points beyond are clipped to. shared, meant: characters both scripts have, sorted,
    and what they are in traditional text.
    """

    replacements: NDArray[np.uint16]
    telling: NDArray[np.bool_]
    traditional: NDArray[np.bool_]
    shared: Codes
    meant: Codes

    def save(self, path: Path) -> None:
        """Writes the arrays by their names."""
        with path.open("wb") as file:
            arrays = {each.name: getattr(self, each.name) for each in fields(self)}
            np.savez_compressed(file, allow_pickle=False, **arrays)


@cache
def character_tables() -> CharacterTables:
    """The tables that ship."""
    with np.load(TABLES_FILE, allow_pickle=False) as arrays:
        return CharacterTables(**{each.name: arrays[each.name] for each in fields(CharacterTables)})


def worked_out() -> CharacterTables:
    """The tables by the Unicode of this Python and the OpenCC that is installed."""
    pairs = _traditional_pairs()
    shared, meant = _shared_characters()
    return CharacterTables(_replacements(pairs), _telling(), _traditional(pairs), shared, meant)


def _traditional(pairs: list[tuple[str, str]]) -> NDArray[np.bool_]:
    table = np.zeros(PLANE, dtype=np.bool_)
    table[[ord(old) for old, _ in pairs]] = True
    table[-1] = False
    return table


def _telling() -> NDArray[np.bool_]:
    table = np.zeros(PLANE + 1, dtype=np.bool_)
    table[:PLANE] = [unicodedata.category(chr(code)) in _TELLING for code in range(PLANE)]
    table[[ord("!"), ord("?"), PLANE]] = True
    table[_NOT_CHARACTER] = False
    return table


def _replacements(pairs: list[tuple[str, str]]) -> NDArray[np.uint16]:
    table = np.array([_one_character(code) for code in range(PLANE)], dtype=np.uint32)
    for traditional, simplified in pairs:
        table[ord(traditional)] = ord(simplified)
    table[0xD800:0xE000] = _NOT_CHARACTER
    return np.where(table < PLANE, table, np.arange(PLANE)).astype(np.uint16)


def _one_character(code: int) -> int:
    character = chr(code)
    if unicodedata.category(character) in {"Cc", "Cs"}:
        return ord(" ") if character != "\n" else code
    spelled = unicodedata.normalize("NFKC", character).lower()
    return ord(spelled) if len(spelled) == 1 else code


def _traditional_pairs() -> list[tuple[str, str]]:
    """Traditional characters and their simplified form, by OpenCC, one by one.

    Characters that GB 2312 has are left alone: they are used in simplified text too (乾隆).
    """
    pairs = _converted(
        [chr(code) for code in range(*CHINESE) if not _in_simplified_text(chr(code))]
    )
    return [(old, new) for old, new in pairs if len(new) == 1 and ord(new) < PLANE]


def _shared_characters() -> tuple[Codes, Codes]:
    """Characters both scripts have, the code points sorted, with what the traditional one means."""
    pairs = _converted([chr(code) for code in range(*CHINESE) if _in_simplified_text(chr(code))])
    ordered = sorted((dict(pairs) | MORE_SHARED).items())
    ordered = [(old, new) for old, new in ordered if len(new) == 1]
    old, new = np.array([(ord(old), ord(new)) for old, new in ordered], dtype=np.uint32).T
    return old.copy(), new.copy()


def _converted(characters: list[str]) -> list[tuple[str, str]]:
    """Those that OpenCC spells otherwise in simplified text, each with that."""
    from opencc import OpenCC  # judging does not need it: what it says is in the file

    converted = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    pairs = zip(characters, converted, strict=True)
    return [(old, new) for old, new in pairs if old != new]


def _in_simplified_text(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
