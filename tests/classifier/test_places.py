"""Places by their endings and by the city's list."""

from __future__ import annotations

from classifier.places import GazetteerPlace, PlaceFinder
from classifier.reading import read


def found(text: str, *gazetteer: GazetteerPlace) -> list[tuple[str, str, str]]:
    (places,) = PlaceFinder(gazetteer).places_in([text], read([text]))
    return [(place.text, place.kind, place.code) for place in places]


def test_letters_in_place_of_names() -> None:
    names = found("A市A3区和B12县的村民")
    assert names == [("A市", "other", ""), ("A3区", "district", ""), ("B12县", "district", "")]


def test_names_by_their_ending() -> None:
    names = {text: kind for text, kind, _ in found("我住在解放路的金域华府小区，属于望月湖社区")}
    assert names["解放路"] == "road"
    assert names["金域华府小区"] == "compound"
    assert names["望月湖社区"] == "community"


def test_a_bus_line_and_a_name_behind_another() -> None:
    assert found("坐912路公交车到A7县星沙镇") == [
        ("912路", "bus", ""),
        ("A7县", "district", ""),
        ("星沙镇", "street", ""),
    ]


def test_what_only_ends_like_a_place_is_none() -> None:
    assert found("我们小区的道路和公路，农村社区没有出路，思路不对") == []


def test_the_citys_list_is_right() -> None:
    listed = GazetteerPlace("麓谷街道", "street", "LG"), GazetteerPlace("八方", "compound")
    names = found("麓谷街道八方小区停水", *listed)
    assert ("麓谷街道", "street", "LG") in names
    assert ("八方", "compound", "") in names


def test_a_large_list_is_looked_up_in_long_texts_too() -> None:
    many = [GazetteerPlace(f"第{number}号院", "compound", str(number)) for number in range(5000)]
    text = "嗯" * 20_000 + "第4321号院没有路灯"
    assert found(text, *many) == [("第4321号院", "compound", "4321")]
