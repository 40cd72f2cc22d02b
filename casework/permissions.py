"""Who may do what to which tickets: action × scope, in one place.

`scope_of` says which tickets a person may see as data; storage turns it into a where clause, the
trend index into a filter, and `covers` answers for one ticket. All three are tested against each
other.

A 举报 that nobody has screened is seen by screening only; afterwards no accused unit and nothing
below it ever sees it, in lists, counts or search (信访工作条例 30(3)). The same holds of any ticket for
a person who was named as kept from it (回避).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    OPERATOR = "operator"  # 坐席: takes calls
    SCREENER = "screener"  # 筛查: hotline centre supervisor
    DEPARTMENT = "department"  # 承办
    HEAD = "head"  # 承办单位负责人: agrees to what the unit may decide for itself
    LEADER = "leader"  # 领导
    ADMINISTRATOR = "administrator"  # 管理: people, departments, rules; no tickets


UNIT_ROLES = frozenset({Role.DEPARTMENT, Role.HEAD})
"""The roles that work for a department and cannot do without one."""


class Action(StrEnum):
    READ_TICKET = "ticket.read"
    READ_CONTACT = "contact.read"
    TAKE_CALL = "call.take"  # enter what a caller says, answer at once or dispatch
    SCREEN = "ticket.screen"
    REASSIGN = "ticket.reassign"
    HANDLE = "ticket.handle"  # sign for, contact, report, answer, close
    CONTRIBUTE = "ticket.contribute"  # to a ticket another unit leads, when asked
    APPROVE = "ticket.approve"  # returns, extensions, suspensions, answers of a second person
    READ_TRENDS = "trends.read"
    JUDGE_ALERTS = "alerts.judge"
    CORRECT_ISSUES = "issues.correct"  # say which messages are one matter, and which are not
    IMPORT_FILES = "file.import"
    SORT_MENTIONS = "mention.sort"  # make a ticket of a mention, or set it aside
    WRITE_KNOWLEDGE = "knowledge.write"  # articles and phrases of one's own department
    READ_CLASSIFIER = "classifier.read"  # cards of the models, and how they fare
    ADMINISTER = "office.administer"


GRANTS: dict[Role, frozenset[Action]] = {
    Role.OPERATOR: frozenset({Action.TAKE_CALL, Action.READ_TICKET, Action.READ_CONTACT}),
    Role.SCREENER: frozenset(
        {
            Action.READ_TICKET,
            Action.READ_CONTACT,
            Action.SCREEN,
            Action.REASSIGN,
            Action.APPROVE,
            Action.IMPORT_FILES,
            Action.SORT_MENTIONS,
            Action.READ_CLASSIFIER,
        }
    ),
    Role.DEPARTMENT: frozenset(
        {
            Action.READ_TICKET,
            Action.READ_CONTACT,
            Action.HANDLE,
            Action.CONTRIBUTE,
            Action.WRITE_KNOWLEDGE,
        }
    ),
    Role.HEAD: frozenset(
        {
            Action.READ_TICKET,
            Action.READ_CONTACT,
            Action.HANDLE,
            Action.CONTRIBUTE,
            Action.APPROVE,
            Action.WRITE_KNOWLEDGE,
        }
    ),
    Role.LEADER: frozenset(
        {Action.READ_TICKET, Action.READ_TRENDS, Action.JUDGE_ALERTS, Action.CORRECT_ISSUES}
    ),
    Role.ADMINISTRATOR: frozenset(
        {Action.ADMINISTER, Action.WRITE_KNOWLEDGE, Action.READ_CLASSIFIER}
    ),
}


ABOUT_NO_TICKET = (Action.WRITE_KNOWLEDGE, Action.ADMINISTER, Action.READ_CLASSIFIER)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody signed in. department: code, or "" for none.
    above: the department itself and everything above it, up to the city."""

    id: UUID
    username: str
    display_name: str
    roles: frozenset[Role]
    department: str = ""
    above: frozenset[str] = frozenset()
    new_password_due: bool = False
    """The password was set by somebody else and must be changed before anything else."""

    def may(self, action: Action) -> bool:
        return any(action in GRANTS[role] for role in self.roles)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which tickets: every condition that is set must hold.

    nothing: no ticket at all. lead_under: the lead department is this one or below it. asked_under: this
    department or one below it was asked for a contribution. With both, one of them must hold; with
    neither ("") it is any department's ticket.
    unscreened_reports: may see 举报 that nobody has screened.
    not_accused: tickets that accuse one of these departments are hidden; a person's own department
    and everything above it, so that an accused unit hides its whole subtree. The person's own mark is
    among them: it hides the tickets they are kept from.
    """

    nothing: bool = False
    lead_under: str = ""
    asked_under: str = ""
    unscreened_reports: bool = False
    not_accused: frozenset[str] = frozenset()


MARK = "person-"
NOTHING = Scope(nothing=True)
EVERYTHING = Scope(unscreened_reports=True)
"""For the office's own jobs and command line; never for a person."""


def scope_of(person: Person, action: Action) -> Scope:
    """The tickets on which the person may do the action; the widest of the roles that grant it."""
    granting = {role for role in person.roles if action in GRANTS[role]}
    if not granting or action in ABOUT_NO_TICKET:
        return NOTHING
    if Role.SCREENER in granting:
        # A screener belongs to the hotline centre: unscreened 举报 are theirs to read, but a
        # 举报 against their own house is not.
        return Scope(unscreened_reports=True, not_accused=_hidden_from(person))
    if granting & {Role.LEADER, Role.OPERATOR}:
        return Scope(not_accused=_hidden_from(person))
    if not person.department:
        return NOTHING
    asked, hidden = person.department, _hidden_from(person)
    if action is Action.CONTRIBUTE:
        return Scope(asked_under=asked, not_accused=hidden)
    # Who was asked for a contribution reads the ticket; what is done to it is for who leads.
    asked = asked if action is Action.READ_TICKET else ""
    return Scope(lead_under=person.department, asked_under=asked, not_accused=hidden)


def _hidden_from(person: Person) -> frozenset[str]:
    return person.above | {mark_of(person.id)}


def mark_of(person_id: UUID) -> str:
    """What stands for a person among the departments a ticket is hidden from; no code looks so."""
    return f"{MARK}{person_id}"


def may_answer_alert(person: Person, department: str) -> bool:
    """Whether the person works on what was handed to a department."""
    return person.may(Action.HANDLE) and bool(department) and person.department == department


def may_write_for(person: Person, owner_above: frozenset[str]) -> bool:
    """Whether the person may write articles and phrases of a department. owner_above: it and
    everything above it; empty for what belongs to everybody, which administrators write."""
    if not person.may(Action.WRITE_KNOWLEDGE):
        return False
    if Role.ADMINISTRATOR in person.roles:
        return True
    return bool(person.department) and person.department in owner_above


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """What of a ticket decides who sees it. lead_above: the lead department and all above it. accused:
    departments, and the marks of the people who are kept from it. asked_above: the departments that
    were asked for a contribution and neither declined nor were let off, and all above them."""

    lead_above: frozenset[str]
    unscreened_report: bool
    accused: frozenset[str]
    asked_above: frozenset[str] = frozenset()


def covers(scope: Scope, ticket: TicketFacts) -> bool:
    """Whether the ticket lies in the scope."""
    if scope.nothing:
        return False
    if ticket.unscreened_report and not scope.unscreened_reports:
        return False
    if scope.not_accused & ticket.accused:
        return False
    if not scope.lead_under and not scope.asked_under:
        return True
    return scope.lead_under in ticket.lead_above or scope.asked_under in ticket.asked_above


def kept_out(above: frozenset[str], ticket: TicketFacts) -> bool:
    """Whether a department must not learn of the ticket, whoever has it. above: it and all above it."""
    return ticket.unscreened_report or bool(above & ticket.accused)


def kept_from(person: Person, ticket: TicketFacts) -> bool:
    """Whether somebody of a department must not learn of the ticket, whoever has it."""
    return kept_out(_hidden_from(person), ticket)
