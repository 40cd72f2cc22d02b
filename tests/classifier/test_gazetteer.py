"""The city's list of places: the file it comes in, and what the place finder is given."""

from __future__ import annotations

import pytest

from casework.departments import DepartmentTree
from casework.word_lists import ListedPlace
from classifier.gazetteer import coded_by, gazetteer_of, read_gazetteer, written
from classifier.listed_lines import ListUnreadable
from classifier.loading import load
from classifier.places import GazetteerPlace
from runtime.demonstration.sentences import departments as made_up_departments

TREE = DepartmentTree(made_up_departments())
DISTRICT = next(department for department in TREE if department.level == "district")


def test_kinds_and_districts_are_read_by_their_chinese_names() -> None:
    text = f"名称,类别,区县\n云栖蓝湾,小区,{DISTRICT.name}\n# 说明\n\n912路,bus,\n云栖蓝湾,compound,{DISTRICT.code}\n望月社区,社区\n"
    assert read_gazetteer(text, coded_by(TREE)) == (
        ListedPlace("云栖蓝湾", "compound", DISTRICT.code),
        ListedPlace("912路", "bus"),
        ListedPlace("望月社区", "community"),
    )


def test_what_is_written_reads_the_same() -> None:
    places = (
        ListedPlace('半山"一号", 院', "compound", DISTRICT.code),
        ListedPlace("望月路", "road"),
    )
    assert read_gazetteer(written(places), coded_by(TREE)) == places


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("云栖蓝湾", "place_line"),
        ("云栖蓝湾,小区,甲,乙", "place_line"),
        ('"云栖蓝湾,小区', "place_line"),
        ("湾,小区", "place_name"),
        ("坏\x00名,小区", "place_name"),
        ("云栖蓝湾,楼盘", "place_kind"),
        ("云栖蓝湾,小区,没有区", "place_district"),
        ("云栖蓝湾,小区,CGJ", "place_district"),
    ],
)
def test_a_bad_line_is_told_with_its_number(line: str, reason: str) -> None:
    with pytest.raises(ListUnreadable) as caught:
        read_gazetteer(f"望月路,road\n{line}\n", coded_by(TREE))
    assert [(p.line, p.reason) for p in caught.value.problems] == [(2, reason)]


def test_a_name_in_two_districts_says_no_district_and_the_office_is_right() -> None:
    listed = [
        ListedPlace("幸福小区", "compound", "A"),
        ListedPlace("幸福小区", "compound", "B"),
        ListedPlace("望月路", "road", "A"),
        ListedPlace(DISTRICT.name, "compound", "A"),
    ]
    given = gazetteer_of(TREE, listed)
    assert GazetteerPlace("幸福小区", "compound", "") in given
    assert GazetteerPlace("望月路", "road", "A") in given
    assert [p for p in given if p.name == DISTRICT.name] == [
        GazetteerPlace(DISTRICT.name, "district", DISTRICT.code)
    ]


def test_a_listed_place_is_found_with_its_district() -> None:
    listed = read_gazetteer(f"云栖蓝湾,小区,{DISTRICT.name}\n", coded_by(TREE))
    judgement = load(gazetteer=gazetteer_of(TREE, listed)).judge("云栖蓝湾停水两天了")
    assert [(p.text, p.kind, p.code) for p in judgement.places] == [
        ("云栖蓝湾", "compound", DISTRICT.code)
    ]
