"""A call as the operator's form holds it, and as its draft keeps it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7
from werkzeug.datastructures import MultiDict

from casework.errors import Rejected
from casework.storage.judgements import split_topic
from intake.call import CallEntry
from intake.elements import Elements
from web.typed import typed

YES = "yes"
LONGEST = 20_000
"""Characters a field of a draft may have; what is longer was not typed during a call."""


@dataclass(frozen=True, slots=True)
class CallForm:
    """token names the form and its draft. call: id of the pushed call, or "". topic: levels
    joined by "/". into: the ticket the call is to be joined to. answer: said on the telephone.
    errors: field → why it cannot stay as it is."""

    token: str
    call: str = ""
    caller: str = ""
    matter: str = ""
    time: str = ""
    place: str = ""
    demand: str = ""
    kind: str = ""
    urgency: str = ""
    sentiment: str = ""
    name: str = ""
    contact: str = ""
    topic: str = ""
    department: str = ""
    into: str = ""
    answer: str = ""
    confidential: bool = False
    notify: bool = True
    errors: dict[str, Rejected] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        return UUID(hex=self.token)

    @property
    def elements(self) -> Elements:
        """The five elements; without a number to ring back the caller's own is one."""
        return Elements(
            self.time, self.place, self.matter, self.demand, self.contact or self.caller
        )

    @property
    def empty(self) -> bool:
        """Whether nothing has been written that would be missed."""
        return not any((self.caller, self.matter, self.demand, self.place, self.time, self.answer))

    def entry(self, language: str) -> CallEntry:
        """What the use cases take."""
        return CallEntry(
            id=self.id,
            elements=self.elements,
            caller=self.caller,
            call_id=UUID(hex=self.call) if self.call else None,
            name=self.name,
            kind=self.kind,
            urgency=self.urgency,
            sentiment=self.sentiment,
            topic=split_topic(self.topic),
            department=self.department,
            confidential=self.confidential,
            notify=self.notify,
            language=language,
        )

    def content(self) -> str:
        """What the draft keeps."""
        kept = asdict(self)
        del kept["errors"], kept["token"]
        return json.dumps(kept, ensure_ascii=False)

    def refused(self, error: Rejected) -> CallForm:
        """With what the use case found wrong, at the field it belongs to."""
        here = {"body": "matter", "contact_phone": "contact", "contact_name": "name"}
        if error.reason == "missing":
            lacking = error.values["elements"]
            assert isinstance(lacking, tuple)
            return replace(self, errors={name: Rejected("element", name) for name in lacking})
        name = here.get(error.field, error.field)
        return replace(self, errors={name if name in NAMES else "matter": error})


NAMES = tuple(one.name for one in fields(CallForm) if one.name not in ("token", "errors"))
_FLAGS = ("confidential", "notify")


def new_call_form() -> CallForm:
    """An empty form with a name of its own."""
    return CallForm(uuid7().hex)


def read_call_form(sent: MultiDict[str, str]) -> CallForm:
    """The form as sent."""
    values: dict[str, Any] = {
        name: typed(sent.get(name, ""))[: LONGEST + 1] for name in NAMES if name not in _FLAGS
    }
    values |= {name: sent.get(name) == YES for name in _FLAGS}
    values["call"] = _hex(values["call"])
    values["department"] = sent.get("other_department", "")[:20] or values["department"]
    return CallForm(_hex(sent.get("token", "")) or uuid7().hex, **values)


def form_of_draft(draft_id: UUID, content: str) -> CallForm:
    """The form as it was left; a draft of an older form keeps what still has a field."""
    kept = json.loads(content)
    return CallForm(draft_id.hex, **{name: kept[name] for name in NAMES if name in kept})


def _hex(text: str) -> str:
    try:
        return UUID(hex=text).hex
    except ValueError:
        return ""
