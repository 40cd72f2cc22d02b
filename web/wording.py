"""The words for everything that is counted, chosen or stated: one place, both languages.

Keys are the values the records hold. A value without a word is shown as it is.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from casework.model import Approver, RefusalReason
from casework.permissions import Role
from casework.stages import Stage
from casework.storage.imports import ImportState
from casework.storage.sources import SourceKind
from web.alert_words import ALERT_TABLES
from web.classifier_words import CLASSIFIER_TABLES
from web.clock_words import CLOCKS, UNIT_NAMES
from web.event_words import EVENTS
from web.job_words import INDEX_STATES, JOB_STATES, JOBS
from web.life_words import (
    ALERT_WISHES,
    AUDIENCES,
    CONTRIBUTIONS,
    MESSAGE_STATES,
    NOTICE_CHANNELS,
    PAUSES,
    REQUESTS,
    STATES,
    STEPS,
)
from web.urgency_words import URGENCY_RULES

KINDS = {
    "咨询": _l("咨询"),
    "求助": _l("求助"),
    "投诉": _l("投诉"),
    "举报": _l("举报"),
    "建议": _l("建议"),
    "表扬": _l("表扬"),
}
KIND_HINTS = {
    "咨询": _l("问政策、问怎么办"),
    "求助": _l("遇到困难，想请人帮"),
    "投诉": _l("对服务或管理不满意"),
    "举报": _l("有人违法违规"),
    "建议": _l("想让城市更好"),
    "表扬": _l("有人做得好"),
}
TOPICS = {
    "城乡建设": _l("城乡建设"),
    "劳动和社会保障": _l("劳动和社会保障"),
    "国土资源": _l("国土资源"),
    "环境保护": _l("环境保护"),
    "交通运输": _l("交通运输"),
    "经济管理": _l("经济管理"),
    "卫生计生": _l("卫生计生"),
    "农村农业": _l("农村农业"),
    "教育文体": _l("教育文体"),
    "民政": _l("民政"),
    "政法": _l("政法"),
    "商贸旅游": _l("商贸旅游"),
    "科技与信息产业": _l("科技与信息产业"),
    "纪检监察": _l("纪检监察"),
    "党务政务": _l("党务政务"),
}
CHANNELS = {
    "web": _l("网页"),
    "hotline": _l("热线电话"),
    "sms": _l("短信"),
    "wechat": _l("微信"),
    "weibo": _l("微博"),
    "app": _l("手机应用"),
    "letter": _l("来信"),
    "visit": _l("来访"),
    "mailbox": _l("领导信箱"),
    "forum": _l("论坛"),
    "news": _l("新闻评论"),
}
SENTIMENTS = {"negative": _l("负面"), "neutral": _l("中性"), "positive": _l("正面")}
URGENCIES = {"urgent": _l("紧急"), "normal": _l("一般")}
STAGES = {
    Stage.OVERDUE: _l("逾期"),
    Stage.TODAY: _l("今天到期"),
    Stage.SOON: _l("临近"),
    Stage.PLENTY: _l("充裕"),
}
MENTION_STATES = {
    "open": _l("待定"),
    "ticket": _l("已转工单"),
    "aside": _l("不转"),
}
ACTORS = {"program": _l("程序"), "citizen": _l("反映人"), "outside": _l("外单位")}
SCREENING_REASONS = {
    "unsure": _l("几个猜测接近"),
    "route": _l("要由人决定去处"),
    "report": _l("举报，先认定被举报单位"),
    "off": _l("没有开自动派单"),
    "topic": _l("这类事项不自动派单"),
    "none": _l("没有猜到单位"),
    "objection": _l("反映人有异议"),
    "taken_up": _l("重新受理"),
}
REFUSALS = {
    RefusalReason.EMPTY: _l("没有可以办的内容"),
    RefusalReason.SPAM: _l("广告"),
    RefusalReason.ABUSE: _l("只有辱骂"),
    RefusalReason.ELSEWHERE: _l("不归本市管"),
    RefusalReason.LEGAL_WAY: _l("要走法定途径"),
    RefusalReason.DECIDED: _l("同一件已有最终答复"),
}
REFUSALS_TOLD = {
    RefusalReason.EMPTY: _l("我们从留言里看不出要办什么事。补充说清楚时间、地点和事情，就能办。"),
    RefusalReason.SPAM: _l("这条留言是广告，不是要政府办的事。"),
    RefusalReason.ABUSE: _l("这条留言里只有辱骂，看不出要办什么事。把事情说清楚，就能办。"),
    RefusalReason.ELSEWHERE: _l("这件事不归本市管，我们没有权力办。"),
    RefusalReason.LEGAL_WAY: _l("这件事依法要由法院、仲裁或者别的法定途径决定，我们不能代替。"),
    RefusalReason.DECIDED: _l("同一件事已经有了最终的答复，不再重复办理。"),
}
"""What the citizen reads, in plain words."""
ELEMENTS = {
    "time": _l("时间"),
    "place": _l("地点"),
    "matter": _l("事情"),
    "demand": _l("诉求"),
    "contact": _l("联系方式"),
}
ROLES = {
    Role.OPERATOR: _l("坐席"),
    Role.SCREENER: _l("筛查席"),
    Role.DEPARTMENT: _l("承办人"),
    Role.HEAD: _l("承办单位负责人"),
    Role.LEADER: _l("领导"),
    Role.ADMINISTRATOR: _l("管理员"),
}
APPROVERS = {Approver.UNIT: _l("承办单位负责人"), Approver.CENTRE: _l("热线中心")}
LEVELS = {
    "city": _l("市"),
    "bureau": _l("市级部门"),
    "district": _l("区县"),
    "street": _l("街道乡镇"),
}
SOURCE_KINDS = {
    SourceKind.FILE: _l("文件"),
    SourceKind.FEED: _l("订阅（RSS、Atom）"),
    SourceKind.WEBHOOK: _l("别的系统推送"),
    SourceKind.MAILBOX: _l("邮箱"),
}
ISSUE_ACTS = {
    "one": _l("是同一件事"),
    "not_one": _l("不是同一件事"),
    "take_out": _l("拿出去了"),
    "split": _l("拆成了新的热点"),
    "merge": _l("并了热点"),
}
ISSUE_STATES = {
    "emerging": _l("新出现"),
    "rising": _l("上升"),
    "stable": _l("平稳"),
    "falling": _l("下降"),
}
UNIT_CLASSES = {"bureau": _l("市级部门"), "district": _l("区县"), "street": _l("街道和镇")}
COMPARISONS = {
    "better": _l("逾期比同类少"),
    "worse": _l("逾期比同类多"),
    "alike": _l("分不出高低"),
    "too_few": _l("件数太少，不比"),
}
INDICATORS = {
    "contact": _l("按期首次联系"),
    "answer": _l("按期答复"),
    "for_good": _l("不用重办"),
}
CHANGES = {
    "better": _l("比以前好"),
    "worse": _l("比以前差"),
    "alike": _l("说不出变化"),
    "too_few": _l("件数太少，不比"),
}
DIMENSIONS = {
    "word": _l("词"),
    "topic": _l("事项"),
    "leaf_topic": _l("事项"),
    "district": _l("地方"),
    "channel": _l("渠道"),
    "kind": _l("类别"),
    "department": _l("承办单位"),
    "sentiment": _l("情绪"),
    "urgency": _l("紧急程度"),
}
RULE_NAMES = {
    "surge-3h": _l("三小时内突然增多"),
    "surge-24h": _l("一天内突然增多"),
    "rise-7d": _l("一周内慢慢增多"),
    "slow-rise": _l("几周里慢慢增多"),
    "word-24h": _l("一天内一个词突然增多"),
    "word-7d": _l("一周内一个词增多"),
    "negative-24h": _l("一天内负面占比上升"),
    "negative-7d": _l("一周内负面占比上升"),
}
IMPORT_STATES = {
    ImportState.UPLOADED: _l("待对应列"),
    ImportState.WAITING: _l("排队"),
    ImportState.RUNNING: _l("进行中"),
    ImportState.CHECKED: _l("已试过"),
    ImportState.DONE: _l("已导完"),
    ImportState.FAILED: _l("没有导完"),
    ImportState.STOPPED: _l("已停下"),
}
FIELDS = {
    "subject": _l("主题"),
    "body": _l("正文"),
    "received_at": _l("来件时间"),
    "source_ref": _l("编号"),
    "sender": _l("反映人"),
    "department": _l("单位"),
    "reply": _l("答复"),
    "replied_at": _l("答复时间"),
}
PARTS = {
    "facts": (_l("查实情况"), _l("查到了什么")),
    "basis": (_l("依据"), _l("按什么规定")),
    "result": (_l("结果"), _l("怎么处理的")),
    "remedy": (_l("救济途径"), _l("不同意怎么办")),
    "contact": (_l("联系人"), _l("科室、值班电话")),
}
WEEKDAYS = (
    _l("星期一"),
    _l("星期二"),
    _l("星期三"),
    _l("星期四"),
    _l("星期五"),
    _l("星期六"),
    _l("星期日"),
)

TABLES: dict[str, dict[Any, Any]] = {
    "kind": KINDS,
    "kind_hint": KIND_HINTS,
    "topic": TOPICS,
    "state": STATES,
    "channel": CHANNELS,
    "sentiment": SENTIMENTS,
    "urgency": URGENCIES,
    "clock": CLOCKS,
    "stage": STAGES,
    "request": REQUESTS,
    "contribution": CONTRIBUTIONS,
    "pause": PAUSES,
    "step": STEPS,
    "audience": AUDIENCES,
    "notice_channel": NOTICE_CHANNELS,
    "alert_wish": ALERT_WISHES,
    "message_state": MESSAGE_STATES,
    "event": EVENTS,
    "mention_state": MENTION_STATES,
    "actor": ACTORS,
    "screening_reason": SCREENING_REASONS,
    "refusal": REFUSALS,
    "refusal_told": REFUSALS_TOLD,
    "element": ELEMENTS,
    "role": ROLES,
    "level": LEVELS,
    "approver": APPROVERS,
    "unit": UNIT_NAMES,
    "job": JOBS,
    "source_kind": SOURCE_KINDS,
    "job_state": JOB_STATES,
    "index_state": INDEX_STATES,
    "issue_state": ISSUE_STATES,
    "issue_act": ISSUE_ACTS,
    "unit_class": UNIT_CLASSES,
    "unit_comparison": COMPARISONS,
    "indicator": INDICATORS,
    "change": CHANGES,
    "dimension": DIMENSIONS,
    "rule": RULE_NAMES | URGENCY_RULES,
    "import_state": IMPORT_STATES,
    **CLASSIFIER_TABLES,
    "field": FIELDS,
    **ALERT_TABLES,
}


def word(table: str, key: object) -> str:
    """The word for a value in the page's language; the value itself when there is none."""
    return str(TABLES[table].get(key, key))
