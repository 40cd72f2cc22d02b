"""The telling words."""

from __future__ import annotations

import pytest

from classifier.keywords import keywords_of
from classifier.ngrams import hashes_of_words
from classifier.rarity import rarity, stop_words
from classifier.reading import read
from classifier.reading import together as portions
from classifier.seeds import read_seeds


def test_politeness_and_numbers_are_not_telling() -> None:
    (found,) = keywords_of(
        read(["尊敬的领导您好,我们小区垃圾站臭气熏天,2019年反映至今无人处理,请领导解决垃圾站"])
    )
    assert "垃圾站" in found[:2]
    assert not set(found) & (stop_words() | {"2019"})
    assert len(found) <= 10
    assert len(set(found)) == len(found)


def test_rarity_is_jiebas() -> None:
    (rare,) = rarity().of(hashes_of_words(["劳动防护"])).tolist()
    assert rare == pytest.approx(13.900677652 * 4000, rel=0.001)
    assert rarity().of(hashes_of_words(["领导"])).tolist() == [0]


def test_nothing_has_no_keywords() -> None:
    assert keywords_of(read(["", "啊"])) == [(), ()]


def test_a_text_has_the_same_keywords_alone_and_among_others() -> None:
    texts = [text for text, _ in read_seeds("kind")][:100]
    texts += [f"{texts[1]}，{texts[0]}，{texts[1]}", "停水停电，停电停水", ""]
    together = [found for portion in portions(texts) for found in keywords_of(read(portion))]
    assert together == [keywords_of(read([text]))[0] for text in texts]
    assert sum(map(len, together)) > 300
