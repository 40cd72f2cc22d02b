"""People: adding them, letting them in, knowing them again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.departments import DepartmentTree
from casework.errors import Rejected
from casework.permissions import Role
from casework.storage import people
from casework.storage.attempts import MOST_FAILURES, WINDOW, Throttled
from casework.storage.records import Records
from tests.conftest import NOW

PASSWORD = "correct horse battery"
HERE, THERE = "10.0.0.1", "10.0.0.2"


@pytest.fixture
def staffed(records: Records) -> Records:
    with records.write() as work:
        people.add_user(work, "he", "何队", [Role.DEPARTMENT], "CGJ", PASSWORD, NOW)
        work.commit()
    return records


def test_somebody_is_let_in_and_known_again(staffed: Records, departments: DepartmentTree) -> None:
    found = people.sign_in(staffed, " he ", PASSWORD, HERE, NOW)
    assert found is not None
    assert found.person.above == departments.above("CGJ")
    with staffed.read() as work:
        again = people.person_of_session(work, departments, found.token, NOW)
        gone = people.person_of_session(work, departments, found.token[:-1], NOW)
    assert again == found.person
    assert gone is None


def test_failures_count_for_account_and_address_together(staffed: Records) -> None:
    for left in range(MOST_FAILURES, 0, -1):
        assert people.tries_left(staffed, "he", HERE, NOW) == left
        assert people.sign_in(staffed, "he", "wrong", HERE, NOW) is None
    with pytest.raises(Throttled):
        people.sign_in(staffed, "HE", PASSWORD, HERE, NOW)
    assert people.sign_in(staffed, "he", PASSWORD, THERE, NOW) is not None
    assert people.sign_in(staffed, "he", PASSWORD, HERE, NOW + WINDOW) is not None


def test_getting_in_forgets_the_failures(staffed: Records) -> None:
    people.sign_in(staffed, "he", "wrong", HERE, NOW)
    people.sign_in(staffed, "he", PASSWORD, HERE, NOW + timedelta(seconds=1))
    assert people.tries_left(staffed, "he", HERE, NOW + timedelta(seconds=2)) == MOST_FAILURES


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": " "}, "username"),
        ({"username": "he"}, "username"),
        ({"display_name": ""}, "display_name"),
        ({"roles": []}, "roles"),
        ({"department": ""}, "department"),
        ({"department": "NOWHERE"}, "department"),
        ({"password": "short"}, "password"),
    ],
)
def test_what_cannot_be_added(staffed: Records, changes: dict[str, object], field: str) -> None:
    usual: dict[str, object] = {
        "username": "su",
        "display_name": "苏科",
        "roles": [Role.DEPARTMENT],
        "department": "CGJ",
        "password": PASSWORD,
    }
    with pytest.raises(Rejected) as refused, staffed.write() as work:
        people.add_user(work, **{**usual, **changes}, now=NOW)  # type: ignore[arg-type]
    assert refused.value.field == field
