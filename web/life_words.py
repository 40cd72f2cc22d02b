"""The words for where a ticket stands and for what is asked for on the way."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from casework.contributions import ContributionState
from casework.ladder import Audience
from casework.model import TicketState
from casework.requests import PauseReason, RequestKind
from casework.storage.notice_choices import AlertWish, Channel
from casework.storage.spreading import WAITING
from casework.storage.staff_messages import GIVEN_UP, SENT, VOID, WORDED

STATES = {
    TicketState.SCREENING: _l("待筛查"),
    TicketState.ASSIGNED: _l("待签收"),
    TicketState.HANDLING: _l("办理中"),
    TicketState.SUSPENDED: _l("中止计时"),
    TicketState.RETURNED: _l("退单待审"),
    TicketState.REVIEWING: _l("待审核"),
    TicketState.ANSWERED: _l("已答复"),
    TicketState.CLOSED: _l("已办结"),
    TicketState.UNKNOWN: _l("答复不详"),
    TicketState.MERGED: _l("已并案"),
    TicketState.REFUSED: _l("不予受理"),
}
REQUESTS = {
    RequestKind.RETURN: _l("退单"),
    RequestKind.EXTEND: _l("延期"),
    RequestKind.SUSPEND: _l("中止计时"),
    RequestKind.ANSWER: _l("答复送审"),
    RequestKind.REFUSE: _l("不予受理"),
}
CONTRIBUTIONS = {
    ContributionState.OPEN: _l("等意见"),
    ContributionState.GIVEN: _l("给了意见"),
    ContributionState.DECLINED: _l("办不了"),
    ContributionState.WITHDRAWN: _l("撤回了"),
    ContributionState.EXPIRED: _l("没有回复，到期了"),
    ContributionState.NEEDLESS: _l("不用了"),
}
PAUSES = {
    PauseReason.CITIZEN: _l("反映人补充材料"),
    PauseReason.HEARING: _l("听证"),
    PauseReason.APPRAISAL: _l("鉴定、检测"),
    PauseReason.THIRD_PARTY: _l("征求第三方或者别的机关的意见"),
}
STEPS = {
    "urged": _l("反映人催办"),
    "report_again": _l("同一人再次举报，期限重新算"),
    "supervised": _l("领导督办"),
    "co_asked": _l("请您单位会办"),
    "co_given": _l("会办单位给了意见"),
    "co_declined": _l("会办单位说办不了"),
    "co_expired": _l("外单位没有回复，链接到期了"),
    "co_withdrawn": _l("不用您单位会办了"),
    "early": _l("提前提醒"),
    "half": _l("时间过半"),
    "last": _l("快到期了"),
    "over": _l("到期了"),
    "next_day": _l("过期1个工作日"),
    "five_days": _l("过期5个工作日"),
}
"""Of a step without a word its name is shown."""
NOTICE_CHANNELS = {
    Channel.OFFICE: _l("单位邮箱"),
    Channel.MAIL: _l("本人的邮箱"),
    Channel.CHAT: _l("工作聊天"),
}
ALERT_WISHES = {
    AlertWish.ALL: _l("每一个预警"),
    AlertWish.GRAVE: _l("只要橙色、红色的"),
    AlertWish.NONE: _l("不用，我自己看"),
}
MESSAGE_STATES = {
    WAITING: _l("攒着"),
    WORDED: _l("在发"),
    SENT: _l("发到了"),
    GIVEN_UP: _l("没发到，不再试"),
    VOID: _l("不用发了"),
}
AUDIENCES = {
    Audience.UNIT: _l("承办人"),
    Audience.HEAD: _l("承办单位负责人"),
    Audience.CENTRE: _l("热线中心"),
    Audience.LEADER: _l("领导"),
    Audience.PERSON: _l("本人"),
}
