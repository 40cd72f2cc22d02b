"""What is made quickly is what the class itself makes."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, replace

import pytest

from casework.judgement import Evidence, Place
from classifier.making import maker


def test_a_quickly_made_object_is_one_of_the_frozen_class() -> None:
    quick = maker(Evidence)("topic", "交通运输", "公交", 3, 5, 0.5)
    usual = Evidence("topic", "交通运输", "公交", 3, 5, 0.5)
    assert type(quick) is Evidence
    assert quick == usual
    assert hash(quick) == hash(usual)
    assert pickle.loads(pickle.dumps(quick)) == usual
    assert replace(quick, weight=0.25).weight == 0.25
    with pytest.raises(FrozenInstanceError):
        quick.start = 4  # type: ignore[misc]


def test_values_left_out_are_the_classes_own() -> None:
    assert maker(Place)("解放路", "road", 0, 3).code == ""
    with pytest.raises(TypeError):
        maker(Place)("解放路")  # type: ignore[call-arg]
