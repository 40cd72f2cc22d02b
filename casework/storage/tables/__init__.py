"""All tables, one file an owner. Importing this package maps every one of them."""

from casework.storage.tables.calls import CallRow
from casework.storage.tables.casework import (
    AccusationRow,
    AuditEventRow,
    AuditTextRow,
    ClockRow,
    JudgementRow,
    MessageRow,
    NoticeRow,
    OutboxRow,
    ReplyRow,
    TicketRow,
)
from casework.storage.tables.desk import CallerNoteRow, CorrectionRow, DraftRow
from casework.storage.tables.knowledge import ArticleRow, CorrectionRequestRow, PhraseRow
from casework.storage.tables.mapping import Table
from casework.storage.tables.monitor import AlertRow
from casework.storage.tables.office import (
    AttemptRow,
    CityFactRow,
    DepartmentRow,
    JobRow,
    LeadRow,
    LeaseRow,
    LocalRuleRow,
    SessionRow,
    UserRoleRow,
    UserRow,
    WorkingDayRow,
)
from casework.storage.tables.sources import SourceKeyRow, SourceRow

__all__ = [
    "AccusationRow",
    "AlertRow",
    "ArticleRow",
    "AttemptRow",
    "AuditEventRow",
    "AuditTextRow",
    "CallRow",
    "CallerNoteRow",
    "CityFactRow",
    "ClockRow",
    "CorrectionRequestRow",
    "CorrectionRow",
    "DepartmentRow",
    "DraftRow",
    "JobRow",
    "JudgementRow",
    "LeadRow",
    "LeaseRow",
    "LocalRuleRow",
    "MessageRow",
    "NoticeRow",
    "OutboxRow",
    "PhraseRow",
    "ReplyRow",
    "SessionRow",
    "SourceKeyRow",
    "SourceRow",
    "Table",
    "TicketRow",
    "UserRoleRow",
    "UserRow",
    "WorkingDayRow",
]
