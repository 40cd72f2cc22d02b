"""Every rule found in law and practice that gives a time, with dates counted by hand.

The working days the hands counted with (2026; State Council notice of 2025-11):
rest on weekdays: 1–2 January, 16–20 and 23 February, 6 April, 1, 4 and 5 May, 19 June, 25 September,
1–2 and 5–7 October. Worked on weekends: Sunday 4 January, Saturday 14 February, Saturday 28 February,
Saturday 9 May, Sunday 20 September, Saturday 10 October. 1 January 2027 is a Friday; that year's
notice is not out, so whatever walks into it is provisional.

Each comment counts: the number in brackets is the day's number in the period.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from casework.calendar import starting_days
from casework.counting import Pause, Term, count
from casework.model import ClockUnit
from casework.policy.rows import ROWS_FILE, policy_row, policy_rows
from casework.workdays import WorkingCalendar

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkingCalendar({entry.day: entry for entry in starting_days(2025, 2028)})
WORKING, DAYS = ClockUnit.WORKING_DAY, ClockUnit.CALENDAR_DAY
OF_TIME = ("clock_minute", "clock_hour", "working_day", "calendar_day", "month", "mixed")


@dataclass(frozen=True, slots=True)
class Case:
    """due: a day alone means the end of that day. which: of several times a row gives."""

    id: str
    start: str
    due: str
    which: int = 0
    pause: tuple[str, str] | None = None
    extra: Term | None = None
    provisional: bool = False


CASES = (
    # Friday 13 February + 15 = Saturday 28 February, a make-up day: worked, so nothing rolls over.
    Case("XF-01", "2026-02-13 17:59", "2026-02-28"),
    # Saturday 12 September + 15 = Sunday 27 September, rest → Monday 28.
    Case("XF-02", "2026-09-12 10:00", "2026-09-28"),
    # Thursday 17 September + 15 = 2 October, rest until the 7th → Thursday 8 October.
    Case("XF-03", "2026-09-17 18:01", "2026-10-08"),
    # Friday 13 Feb 17:59 and 18:01: 14 Sat (1), 24 (2), 25 (3), 26 (4), 27 (5).
    Case("XF-04", "2026-02-13 17:59", "2026-02-27"),
    Case("XF-04", "2026-02-13 18:01", "2026-02-27"),
    # 5 August: 31 Aug (26), 30 Sep (56), 4 Oct (60), rest → 8 October.
    Case("XF-05", "2026-08-05 09:00", "2026-10-08"),
    # The same and 30 days more: 4 Oct (60), 31 Oct (87), 3 Nov (90), a Tuesday. Not 8 October + 30.
    Case("XF-06", "2026-08-05 09:00", "2026-11-03", extra=Term(30, DAYS)),
    # Friday 30 January: 31 Jan (1), 28 Feb (29), Sunday 1 March (30) → Monday 2 March.
    Case("XF-07", "2026-01-30 09:00", "2026-03-02"),
    # Leap day: 30 January 2028: 31 Jan (1), 29 Feb (30), a Tuesday.
    Case("XF-08", "2028-01-30 09:00", "2028-02-29", provisional=True),
    # 22 November 16:30 UTC is Monday 23 November 00:30 here: + 30 = Wednesday 23 December.
    Case("XF-09", "2026-11-22 16:30 UTC", "2026-12-23"),
    # An hour earlier it is still Sunday 22 November: + 30 = Tuesday 22 December.
    Case("XF-09", "2026-11-22 15:30 UTC", "2026-12-22"),
    # 2 November + 30 = 2 December; the hearing takes out 10, 11, 12 → 5 December, Saturday → 7th.
    Case("XF-10", "2026-11-02 09:00", "2026-12-07", pause=("2026-11-10 09:00", "2026-11-13 17:00")),
    # Wednesday 30 September: 8 Oct (1), 9 (2), 10 Sat (3).
    Case("XF-12", "2026-09-30 09:00", "2026-10-10"),
    # … 12 (4), 13 (5), 14 (6), 15 (7), 16 (8), 19 (9), 20 (10).
    Case("XF-13", "2026-09-30 09:00", "2026-10-20"),
    # Friday 13 February: Saturday 14 is worked (1).
    Case("XF-14", "2026-02-13 23:59", "2026-02-14"),
    # Friday 8 May: 9 Sat (1), 11 (2), 12 (3), 13 (4), 14 (5).
    Case("XF-15", "2026-05-08 09:00", "2026-05-14"),
    # Saturday 5 September + 30 = 5 October, rest → 8 October.
    Case("XF-16", "2026-09-05 09:00", "2026-10-08"),
    # At most 60 more: 5 Oct (30), 4 Nov (60), 4 Dec (90), a Friday.
    Case("XF-16", "2026-09-05 09:00", "2026-12-04", extra=Term(60, DAYS)),
    Case("HL-02", "2026-11-20 23:59", "2026-11-21 00:02"),
    Case("HL-03", "2026-11-20 17:59", "2026-11-21 17:59"),
    # Friday 13 Feb: 14 Sat (1), 24 (2), 25 (3), 26 (4), 27 (5).
    Case("HL-07", "2026-02-13 18:01", "2026-02-27"),
    # Wednesday 1 April: 2 (1), 3 (2), rest 4–6, 7 (3), 8 (4), 9 (5).
    Case("HL-08", "2026-04-01 09:00", "2026-04-09"),
    # The eve of the Spring Festival's first day: minutes know no holiday.
    Case("HL-09", "2026-02-16 23:45", "2026-02-17 00:15"),
    Case("HL-10", "2026-12-31 23:30", "2027-01-01 01:30"),
    Case("HL-11", "2028-02-28 12:00", "2028-02-29 12:00"),
    # Thursday 18 June: 19–21 rest, Monday 22 (1).
    Case("HL-12", "2026-06-18 09:00", "2026-06-22"),
    # Thursday 24 September: 25–27 rest, 28 (1), 29 (2), 30 (3).
    Case("HL-13", "2026-09-24 09:00", "2026-09-30"),
    # Saturday 19 September: Sunday 20 is worked (1), 21 (2), 22 (3), 23 (4), 24 (5).
    Case("HL-14", "2026-09-19 09:00", "2026-09-24"),
    # 14 Feb (1), 24–28 (6), 2–6 March (11), 9 (12), 10 (13), 11 (14), 12 (15).
    Case("HL-15", "2026-02-13 18:01", "2026-03-12"),
    # Friday 20 November: 23 (1), 24 (2).
    Case("HL-16", "2026-11-20 18:01", "2026-11-24"),
    # 23–27 (5), 30 Nov (6), 1 Dec (7), 2 (8), 3 (9), 4 (10).
    Case("HL-17", "2026-11-20 17:59", "2026-12-04"),
    # Friday 11 December: 14–18 (5), 21–25 (10), 28–31 (14), 1 January rest, 4 January 2027 (15).
    Case("HL-18", "2026-12-11 09:00", "2027-01-04", provisional=True),
    Case("HL-19", "2026-12-31 23:50", "2027-01-01 00:05"),
    Case("HL-20", "2026-02-14 10:00", "2026-02-15 10:00"),
    # Friday 20 November: 23–27 (5) / 25 (3) / the same day, and on a Saturday that Saturday.
    Case("HL-21", "2026-11-20 17:59", "2026-11-27", 0),
    Case("HL-21", "2026-11-20 18:01", "2026-11-25", 1),
    Case("HL-21", "2026-11-20 18:01", "2026-11-20", 2),
    Case("HL-21", "2026-11-21 10:00", "2026-11-21", 2),
    # From 30 September: 8 Oct (1), 9 (2), 10 Sat (3) / 20 (10), 21 (11), 22 (12), 23 (13).
    Case("HL-22", "2026-09-30 09:00", "2026-10-10", 0),
    Case("HL-22", "2026-09-30 09:00", "2026-10-23", 1),
    Case("HL-22", "2026-09-30 23:59", "2026-09-30", 2),
    # Thursday 30 April: 1–5 May rest, 6 (1), 7 (2), 8 (3), 9 Sat (4), 11 (5).
    Case("PJ-02", "2026-04-30 09:00", "2026-05-11"),
    # … 12 (6), 13 (7), 14 (8), 15 (9), 18–22 (14), 25 (15).
    Case("PJ-03", "2026-04-30 09:00", "2026-05-25"),
    Case("PJ-04", "2026-05-08 18:01", "2026-05-09"),
    Case("YQ-01", "2026-11-20 22:00", "2026-11-21 03:00"),
    Case("YQ-02", "2026-10-01 08:00", "2026-10-02 08:00"),
    Case("YQ-03", "2026-10-01 08:00", "2026-10-03 08:00"),
    # No 30 February: the month's last day, in a leap year the 29th.
    Case("WZ-01", "2027-11-30 09:00", "2028-02-29", provisional=True),
    # 20 November → 20 February 2027, a Saturday → Monday 22.
    Case("WZ-01", "2026-11-20 09:00", "2027-02-22", provisional=True),
    # 14 Feb (1), 24–28 (6), 2 March (7); extended to 15: 12 March as in HL-15.
    Case("WZ-02", "2026-02-13 17:59", "2026-03-02"),
    Case("WZ-02", "2026-02-13 17:59", "2026-03-12", extra=Term(8, WORKING)),
    # 8 Oct (1), 9 (2), 10 (3), 12 (4), 13 (5), 14 (6), 15 (7); to 15: 16 (8), 19–23 (13), 26, 27.
    Case("WZ-03", "2026-09-30 09:00", "2026-10-15"),
    Case("WZ-03", "2026-09-30 09:00", "2026-10-27", extra=Term(8, WORKING)),
    # Thursday 24 December: 25 (1), 28–31 (5) / 4 Jan (6), 5 (7) / 6–8 (10), 11–15 (15).
    Case("WZ-04", "2026-12-24 09:00", "2026-12-31", 0),
    Case("WZ-04", "2026-12-24 09:00", "2027-01-05", 1, provisional=True),
    Case("WZ-04", "2026-12-24 09:00", "2027-01-15", 2, provisional=True),
    Case("WZ-05", "2026-11-20 18:01", "2026-11-25"),
    # … 12 March (15), 13 (16), 16 (17), 17 (18), 18 (19), 19 (20).
    Case("XX-01", "2026-02-13 17:59", "2026-03-19"),
    # 20 more: 20 (21), 23–27 (26), 30 and 31 (28), 1–3 April (31), 7–10 (35), 13–17 (40).
    Case("XX-01", "2026-02-13 17:59", "2026-04-17", extra=Term(20, WORKING)),
    # A third party is asked from 2 to 6 March: 2, 3, 4, 5 are out, so four days after 19 March:
    # 20, 23, 24, 25.
    Case("XX-01", "2026-02-13 17:59", "2026-03-25", pause=("2026-03-02 10:00", "2026-03-06 15:00")),
    # Thursday 18 June: 22–26 (5), 29 (6), 30 (7).
    Case("XX-02", "2026-06-18 09:00", "2026-06-30"),
    # Monday 7 September: 8–11 (4), 14–18 (9), Sunday 20 (10), 21–24 (14), 28 (15).
    Case("XX-04", "2026-09-07 09:00", "2026-09-28"),
    # Thursday 24 September: 28 (1), 29 (2), 30 (3), 8 Oct (4), 9 (5), 10 Sat (6), 12 (7).
    Case("SJ-01", "2026-09-24 09:00", "2026-10-12"),
    # A holiday inside a pause: 27 Sep (53), appraisal takes out 28 Sep – 8 Oct, 9 Oct (54) … 15 (60).
    Case("SJ-02", "2026-08-05 09:00", "2026-10-15", pause=("2026-09-28 09:00", "2026-10-09 10:00")),
    Case("SJ-02", "2026-08-05 09:00", "2026-10-08"),
    # Friday 20 November: 23–27 (5), 30 Nov – 4 Dec (10), 7–11 (15).
    Case("SJ-03", "2026-11-20 09:00", "2026-12-11"),
    # 15 more: 14–18 (20), 21–25 (25), 28–31 (29), 4 January 2027 (30).
    Case("SJ-03", "2026-11-20 09:00", "2027-01-04", extra=Term(15, WORKING), provisional=True),
    # Friday 8 May: 9 Sat (1), 11–15 (6), 18 (7).
    Case("SJ-04", "2026-05-08 09:00", "2026-05-18"),
    # Monday 28 December: 29 (1), 30 (2), 31 (3), 4 Jan (4), 5 (5), 6 (6), 7 (7).
    Case("SJ-05", "2026-12-28 09:00", "2027-01-07", provisional=True),
    # Monday 2 March: 3–6 (4), 9–13 (9), 16–20 (14), 23–27 (19), 30 Mar – 3 Apr (24), 7–10 (28),
    # 13–17 (33), 20–24 (38), 27–30 (42), 6–9 May (46), 11–15 (51), 18–22 (56), 25–28 (60).
    Case("LD-01", "2026-03-02 09:00", "2026-05-28"),
    # 30 more: 29 May (61), 1–5 June (66), 8–12 (71), 15–18 (75), 22–26 (80), 29 June – 3 July (85),
    # 6–10 July (90).
    Case("LD-01", "2026-03-02 09:00", "2026-07-10", extra=Term(30, WORKING)),
    Case("TF-01", "2026-02-17 23:30", "2026-02-18 00:30"),
    Case("TF-02", "2026-12-31 22:00", "2027-01-01 00:00"),
    Case("TF-03", "2026-11-21 09:00", "2026-11-21 11:00"),
    Case("TF-05", "2026-11-20 15:30 UTC", "2026-11-21 01:30"),
    Case("TF-07", "2028-02-29 23:00", "2028-03-01 01:00"),
    Case("TF-10", "2026-10-01 21:00", "2026-10-02 01:00"),
    # Saturday 21 November: 23–27 (5), 30 (6), 1 December (7).
    Case("QL-01", "2026-11-21 09:00", "2026-12-01"),
    # Sunday 20 September is worked, but it is the first day: 21–24 (4), 28 (5), 29 (6), 30 (7).
    Case("QL-02", "2026-09-20 09:00", "2026-09-30"),
    Case("QL-03", "2026-11-20 17:59", "2026-12-11"),
    # Calendar days: Thursday 24 September + 7 = 1 October, rest → 8 October.
    Case("QL-04", "2026-09-24 09:00", "2026-10-08"),
    Case("QL-05", "2026-09-30 09:00", "2026-10-20"),
    # 1 September + 30 = 1 October → 8 October; at most 90: 31 Oct (60), 30 Nov (90), a Monday.
    Case("QL-06", "2026-09-01 09:00", "2026-10-08"),
    Case("QL-06", "2026-09-01 09:00", "2026-11-30", extra=Term(60, DAYS)),
    # 3 December: 31 Dec (28), 31 Jan (59), Monday 1 February 2027 (60).
    Case("FY-01", "2026-12-03 09:00", "2027-02-01", provisional=True),
    Case("FY-02", "2026-02-13 17:59", "2026-02-27"),
    # 2 July: 31 July (29), 31 August (60), a Monday; 30 more: 30 September, a Wednesday.
    Case("FY-03", "2026-07-02 09:00", "2026-08-31"),
    Case("FY-03", "2026-07-02 09:00", "2026-09-30", extra=Term(30, DAYS)),
    # 27 Feb (5); five more: 28 Sat (6), 2 March (7), 3 (8), 4 (9), 5 (10).
    Case("DF-01", "2026-02-13 17:59", "2026-02-27"),
    Case("DF-01", "2026-02-13 17:59", "2026-03-05", extra=Term(5, WORKING)),
    # 13 Oct (5); ten more: 27 October (15), as in WZ-03.
    Case("DF-02", "2026-09-30 09:00", "2026-10-13"),
    Case("DF-02", "2026-09-30 09:00", "2026-10-27", extra=Term(10, WORKING)),
    # Sunday 6 September + 30 = 6 October → 8 October; 30 more: 5 November (60), a Thursday.
    Case("DF-03", "2026-09-06 09:00", "2026-10-08"),
    Case("DF-03", "2026-09-06 09:00", "2026-11-05", extra=Term(30, DAYS)),
    Case("DF-04", "2026-02-17 03:10", "2026-02-17 04:10"),
    # Thursday 31 December: 4 Jan (1), 5 (2), 6 (3).
    Case("DF-05", "2026-12-31 18:01", "2027-01-06", provisional=True),
    # Saturday 28 February is worked, but it is the first day: Monday 2 March (1).
    Case("DF-06", "2026-02-28 09:00", "2026-03-02"),
)
EXTENDS = {"XF-06": "XF-05"}
"""Rows that only say how much longer another row's period may become."""


def at(text: str) -> datetime:
    if text.endswith(" UTC"):
        return datetime.fromisoformat(text.removesuffix(" UTC") + "+00:00")
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def due_of(text: str) -> datetime:
    return at(text) if " " in text else at(f"{text} 23:59:59")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.id}-{case.start}-{case.due}")
def test_the_rule_gives_the_day_counted_by_hand(case: Case) -> None:
    row = policy_row(EXTENDS.get(case.id, case.id))
    pauses = (Pause(at(case.pause[0]), at(case.pause[1])),) if case.pause else ()
    counted = count(row.terms[case.which], at(case.start), CALENDAR, ZONE, pauses, case.extra)
    assert counted.due_at == due_of(case.due)
    assert counted.provisional is case.provisional


def test_no_rule_with_a_time_is_without_a_case() -> None:
    """A and B with a duration; not retention (PI-*) and not the seconds of a call centre (HL-01)."""
    with ROWS_FILE.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 96
    wanted = {
        row["rule_id"]
        for row in rows
        if row["verification"] in ("A", "B")
        and row["unit"] in OF_TIME
        and not row["rule_id"].startswith("PI-")
    }
    assert wanted == {case.id for case in CASES}


def test_an_extension_row_says_by_how_much() -> None:
    assert policy_row("XF-06").terms == (Term(30, DAYS),)


def test_every_row_is_read_and_rows_without_a_time_have_none() -> None:
    rows = {row.id: row for row in policy_rows()}
    assert len(rows) == 96
    assert rows["XF-11"].terms == rows["HL-04"].terms == rows["SJ-08"].terms == ()
    assert [term.amount for term in rows["HL-06"].terms] == [2, 24, 7, 15]
    assert rows["WZ-06"].verification == "U"


def test_a_repeated_report_with_new_facts_runs_from_the_last_report() -> None:
    """SJ-07: “自收到最后一次举报之日起重新计算”. First on 20 November (due 11 December), again on
    Wednesday 25 November: 26 and 27 (2), 30 Nov – 4 Dec (7), 7–11 (12), 14 (13), 15 (14), 16 (15)."""
    term = policy_row("SJ-03").terms[0]
    assert count(term, at("2026-11-25 09:00"), CALENDAR, ZONE).due_at == due_of("2026-12-16")


def test_the_sixty_days_run_from_acceptance_and_not_from_the_submission() -> None:
    """ZZ-01: accepted_at is a time of its own. Submitted on 20 November, accepted on 3 December:
    1 February 2027, as FY-01, and not 19 January."""
    term = policy_row("XF-05").terms[0]
    assert count(term, at("2026-12-03 09:00"), CALENDAR, ZONE).due_at == due_of("2027-02-01")
