"""All tables, one file an owner. Importing this package maps every one of them."""

from casework.storage.tables.answers import PublishedAnswerRow, SubscriptionRow
from casework.storage.tables.briefs import BriefSubscriptionRow
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
    RecusalRow,
    ReplyRow,
    TicketRow,
)
from casework.storage.tables.contributions import ContributionRow
from casework.storage.tables.desk import CallerNoteRow, ClaimRow, CorrectionRow, DraftRow
from casework.storage.tables.forecasts import ForecastRow
from casework.storage.tables.hot_issues import (
    HotIssueActRow,
    HotIssueApartRow,
    HotIssueMarkRow,
    HotIssueMessageRow,
    HotIssueRow,
)
from casework.storage.tables.imports import ImportRow
from casework.storage.tables.index_checks import IndexCheckRow, MonthCountRow
from casework.storage.tables.interest import InterestRow
from casework.storage.tables.knowledge import ArticleRow, CorrectionRequestRow, PhraseRow
from casework.storage.tables.mail import AttachmentRow, MailRow, SetAsideRow
from casework.storage.tables.mapping import Table
from casework.storage.tables.mentions import MentionPlaceRow, MentionRow
from casework.storage.tables.models import ModelRow, ModelUseRow, TrainingRow
from casework.storage.tables.monitor import (
    AlertHandingRow,
    AlertLevelRow,
    AlertMuteRow,
    AlertResponseRow,
    AlertRow,
    AlertTicketRow,
    KnownCauseRow,
    WatchedTopicRow,
)
from casework.storage.tables.office import (
    AttemptRow,
    CityFactRow,
    DepartmentRow,
    JobRow,
    LeadRow,
    LeadsVersionRow,
    LeaseRow,
    LocalRuleRow,
    PolicyRow,
    SessionRow,
    UserRoleRow,
    UserRow,
    WorkingDayRow,
)
from casework.storage.tables.outside import OutsideRequestRow
from casework.storage.tables.requests import PauseRow, RequestRow, StaffNoticeRow
from casework.storage.tables.sources import SourceKeyRow, SourceRow
from casework.storage.tables.staff import StaffMessageRow, ToldRow
from casework.storage.tables.statements import StatementRow
from casework.storage.tables.webhook import WebhookAnswerRow
from casework.storage.tables.word_lists import DictionaryWordRow, ListedPlaceRow

__all__ = [
    "AccusationRow",
    "AlertHandingRow",
    "AlertLevelRow",
    "AlertMuteRow",
    "AlertResponseRow",
    "AlertRow",
    "AlertTicketRow",
    "InterestRow",
    "KnownCauseRow",
    "AttachmentRow",
    "ArticleRow",
    "AttemptRow",
    "AuditEventRow",
    "AuditTextRow",
    "BriefSubscriptionRow",
    "CallRow",
    "CallerNoteRow",
    "CityFactRow",
    "ClaimRow",
    "ClockRow",
    "ContributionRow",
    "CorrectionRequestRow",
    "CorrectionRow",
    "DepartmentRow",
    "DictionaryWordRow",
    "DraftRow",
    "ForecastRow",
    "HotIssueActRow",
    "HotIssueApartRow",
    "HotIssueMarkRow",
    "HotIssueMessageRow",
    "HotIssueRow",
    "JobRow",
    "ImportRow",
    "IndexCheckRow",
    "MonthCountRow",
    "JudgementRow",
    "LeadRow",
    "LeadsVersionRow",
    "LeaseRow",
    "ListedPlaceRow",
    "LocalRuleRow",
    "MailRow",
    "MentionPlaceRow",
    "MentionRow",
    "MessageRow",
    "ModelRow",
    "ModelUseRow",
    "NoticeRow",
    "OutboxRow",
    "OutsideRequestRow",
    "PauseRow",
    "PhraseRow",
    "PolicyRow",
    "PublishedAnswerRow",
    "RecusalRow",
    "ReplyRow",
    "RequestRow",
    "SessionRow",
    "SetAsideRow",
    "SourceKeyRow",
    "SourceRow",
    "StaffMessageRow",
    "StaffNoticeRow",
    "StatementRow",
    "SubscriptionRow",
    "Table",
    "TicketRow",
    "ToldRow",
    "TrainingRow",
    "UserRoleRow",
    "UserRow",
    "WatchedTopicRow",
    "WebhookAnswerRow",
    "WorkingDayRow",
]
