"""The city's list of places as a file: name, kind and district, a place a line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence

from casework.departments import DepartmentTree
from casework.word_lists import PLACE_KINDS, ListedPlace
from classifier.listed_lines import BadLine, read_lines
from classifier.places import GazetteerPlace

LONGEST_NAME = 40
HEADERS = {"name", "名称", "地名"}
KIND_WORDS = {
    "区县": "district",
    "区": "district",
    "县": "district",
    "街道": "street",
    "乡镇": "street",
    "社区": "community",
    "村": "community",
    "道路": "road",
    "路": "road",
    "小区": "compound",
    "公交": "bus",
    "公交线路": "bus",
}
DEPARTMENT_LEVELS = ("district", "street")

Coded = Callable[[str], str | None]
"""The code of the district or street a name means; None for one that is not known."""


def read_gazetteer(text: str, coded: Coded) -> tuple[ListedPlace, ...]:
    """Reads name,kind,district lines, with or without a line of headings; the district may be empty.

    Kinds are the words of PLACE_KINDS or their Chinese names. A place that stands twice counts once.
    Raises ListUnreadable.
    """

    def read(line: str) -> ListedPlace | None:
        return _read(line, coded)

    lines = enumerate(text.splitlines(), start=1)
    kept = ((number, line) for number, line in lines if not (number == 1 and _is_header(line)))
    return tuple(dict.fromkeys(read_lines(kept, read)))


def _is_header(line: str) -> bool:
    return line.split(",")[0].strip().lower() in HEADERS


def _read(line: str, coded: Coded) -> ListedPlace | None:
    if not line.strip() or line.startswith("#"):
        return None
    try:
        cells = [cell.strip() for cell in next(csv.reader([line], strict=True))]
    except csv.Error:
        raise BadLine("place_line", line) from None
    if not 2 <= len(cells) <= 3:
        raise BadLine("place_line", line)
    name, kind, district = (*cells, "")[:3]
    if not 2 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadLine("place_name", name)
    kind = KIND_WORDS.get(kind, kind)
    if kind not in PLACE_KINDS:
        raise BadLine("place_kind", kind)
    code = coded(district) if district else ""
    if code is None:
        raise BadLine("place_district", district)
    return ListedPlace(name, kind, code)


def written(places: Iterable[ListedPlace]) -> str:
    """The list as such a file, with headings."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("name", "kind", "district"))
    writer.writerows((place.name, place.kind, place.district) for place in places)
    return file.getvalue()


def gazetteer_of(
    departments: DepartmentTree | None, listed: Sequence[ListedPlace]
) -> tuple[GazetteerPlace, ...]:
    """What the place finder is given: districts and streets of the office by name and alias, then the
    city's list. A name that stands for places in several districts says no district."""
    codes: dict[str, set[str]] = {}
    for place in listed:
        codes.setdefault(place.name, set()).add(place.district)
    own = [
        GazetteerPlace(name, department.level, department.code)
        for department in departments or ()
        if department.level in DEPARTMENT_LEVELS
        for name in (department.name, *department.aliases)
    ]
    known = {place.name for place in own}
    return (
        *own,
        *(
            GazetteerPlace(
                place.name, place.kind, place.district if len(codes[place.name]) == 1 else ""
            )
            for place in listed
            if place.name not in known
        ),
    )


def coded_by(departments: DepartmentTree) -> Coded:
    """Finds districts and streets by name, alias or code."""

    def coded(name: str) -> str | None:
        found = departments.by_name(name)
        return found.code if found is not None and found.level in DEPARTMENT_LEVELS else None

    return coded
