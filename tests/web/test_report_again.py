"""SJ-07 at the screening desk: the sender's earlier 举报 is shown, joined, and explained on its page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from casework.model import ClockName
from casework.taxonomy import REPORT
from runtime.wiring import City
from tests.builders import draft
from tests.conftest import NOW
from tests.web.browser import Browser
from tests.web.test_screening import decide, ticket_row, waiting

Signer = Callable[[str], Browser]


def reported(city: City, body: str, at: datetime, sender: str = "13900001111") -> Any:
    of = draft(body=body, sender=sender, received_at=at)
    return waiting(city, of=of, kind=REPORT)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_earlier_report_is_offered_and_takes_the_new_one_in(
    city: City, sign_in: Signer, clock: dict[str, datetime], language: str
) -> None:
    first = reported(city, "某站收费不入账。", NOW)
    screener = sign_in("screener")
    screener.choose(lang=language)
    clock["now"] = NOW + timedelta(minutes=5)
    assert 'id="reported-before"' not in screener.get(f"/screening/{first.number}").text
    decide(screener, first.number, kind=REPORT, accused="JTJ")
    clock["now"] = NOW + timedelta(days=5)
    screener = sign_in("screener")
    screener.choose(lang=language)
    stranger = reported(city, "也说某站。", clock["now"], "13700002222")
    assert 'id="reported-before"' not in screener.get(f"/screening/{stranger.number}").text
    again = reported(city, "某站收费不入账，还有三张收据。", clock["now"])
    page = screener.get(f"/screening/{again.number}")
    assert 'id="reported-before"' in page.text
    assert first.number in page.text
    sent = {"version": "1", "into": first.number, "new_facts": "yes"}
    refused = screener.post(f"/screening/{stranger.number}/merge", sent, 400)
    assert ("同一人" if language == "zh" else "same person") in refused.words()
    assert screener.send(f"/screening/{again.number}/merge", sent).status_code == 303
    assert ticket_row(city, again.number).merged_into == first.ticket_id
    with city.records.read() as work:
        row = work.session.merge(ticket_row(city, first.number), load=True)
        reply = next(one for one in row.clocks if one.name == ClockName.REPLY)
        assert reply.started_at == clock["now"]
    lead = sign_in("department")
    lead.choose(lang=language)
    seen = lead.get(f"/tickets/{first.number}").words()
    assert "SJ-07" in seen
    assert again.number in seen
