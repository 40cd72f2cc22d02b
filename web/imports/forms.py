"""How a file is to be read, as the form holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from werkzeug.datastructures import MultiDict

from casework.errors import Rejected
from casework.model import IntakeMode
from casework.storage.imports import Import
from casework.storage.sources import Source, SourceKind
from casework.taxonomy import CHANNELS
from intake.connectors.columns import FIELDS, REQUIRED, guess_mapping

NEW = ""
MODES = ("", *(mode.value for mode in IntakeMode))


@dataclass(frozen=True, slots=True)
class PlanForm:
    """source: the code of a saved one, or NEW with code, name and channel. columns: field →
    column; guessed: whether they are only a guess. errors: field → why it cannot stay."""

    source: str = NEW
    code: str = ""
    name: str = ""
    channel: str = ""
    mode: str = ""
    sheet: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    guessed: bool = False
    errors: dict[str, Rejected] = field(default_factory=dict)

    def checked(self, names: Sequence[str], saved: Mapping[str, Source]) -> PlanForm:
        """With the errors it has."""
        errors = {
            f"column-{name}": Rejected("required", name)
            for name in REQUIRED
            if not self.columns.get(name)
        }
        for name, column in self.columns.items():
            if column not in names:
                errors[f"column-{name}"] = Rejected("unknown", name)
        if self.mode not in MODES:
            errors["mode"] = Rejected("unknown", "mode")
        if self.source != NEW and self.source not in saved:
            errors["source"] = Rejected("unknown", "source")
        if self.source == NEW:
            errors |= self._errors_of_new()
        return replace(self, errors=errors)

    def _errors_of_new(self) -> dict[str, Rejected]:
        errors: dict[str, Rejected] = {}
        for name in ("code", "name"):
            if not getattr(self, name):
                errors[name] = Rejected("required", name)
        if self.channel not in CHANNELS:
            errors["channel"] = Rejected("required", "channel")
        return errors

    def as_source(self, saved: Mapping[str, Source]) -> Source:
        """The source with this mapping: a saved one changed, or a new one."""
        settings = {"columns": dict(self.columns), "sheet": self.sheet}
        if self.source != NEW:
            before = saved[self.source]
            return replace(before, settings={**before.settings, **settings})
        return Source(self.code, self.name, SourceKind.FILE, self.channel, settings)

    def refused(self, error: Rejected) -> PlanForm:
        return replace(self, errors={**self.errors, error.field: error})


def first_form(found: Import, chosen: Source | None) -> PlanForm:
    """What the form shows at first: as the import was asked for, as the chosen source is saved, or
    what the names of the columns suggest."""
    names = found.look.names
    if chosen is not None:
        columns = chosen.settings.get("columns")
        kept = {f: c for f, c in (columns or {}).items() if f in FIELDS and c in names}
        return PlanForm(chosen.code, columns=kept, sheet=found.plan.sheet, mode=found.plan.mode)
    if found.plan.columns:
        plan = found.plan
        return PlanForm(plan.source, columns=plan.columns, sheet=plan.sheet, mode=plan.mode)
    return PlanForm(columns=guess_mapping(names), sheet=found.plan.sheet, guessed=True)


def read_plan_form(sent: MultiDict[str, str], sheet: str) -> PlanForm:
    """The form as sent; the sheet is the one that was looked at."""
    columns = {name: sent.get(f"column-{name}", "") for name in FIELDS}
    return PlanForm(
        source=sent.get("source", NEW)[:60],
        code=sent.get("code", "").strip()[:60],
        name=sent.get("name", "").strip()[:200],
        channel=sent.get("channel", ""),
        mode=sent.get("mode", ""),
        sheet=sheet,
        columns={name: column for name, column in columns.items() if column},
    )
