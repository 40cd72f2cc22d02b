"""The tables that ship are those that are worked out from Unicode, OpenCC and jieba."""

from __future__ import annotations

from unicodedata import ucd_3_2_0

import numpy as np

from classifier import character_tables, rarity

PLANE = character_tables.PLANE


def test_characters_are_read_as_unicode_and_opencc_say() -> None:
    made, held = character_tables.worked_out(), character_tables.character_tables()
    # Characters that came to Unicode later are not the same in every Python.
    long_known = np.array([ucd_3_2_0.category(chr(code)) != "Cn" for code in range(PLANE)])
    assert long_known.sum() > 50_000
    for name in ("replacements", "telling", "traditional"):
        ours, theirs = getattr(held, name), getattr(made, name)
        assert ours.dtype == theirs.dtype
        assert ours.shape == theirs.shape
        assert (ours[:PLANE] == theirs[:PLANE])[long_known].all(), name
        assert ours[-1] == theirs[-1]
    assert np.array_equal(held.shared, made.shared)
    assert np.array_equal(held.meant, made.meant)


def test_words_are_as_rare_as_in_jiebas_list() -> None:
    made, held = rarity.worked_out(), rarity.rarity()
    assert held.usual == made.usual
    assert np.array_equal(held.records, made.records)
    assert int(np.count_nonzero(held.records)) > 200_000
