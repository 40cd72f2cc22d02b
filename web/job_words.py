"""The words for the jobs of the timetable and for the state of the trend index."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from monitor.index.state import IndexState
from runtime.job_health import JobState

JOBS = {
    "sweep_clocks": _l("看时限，提醒和督办"),
    "relay": _l("更新检索库"),
    "look_for_alerts": _l("看有没有预警"),
    "watch_responses": _l("看预警的响应时限"),
    "gather_hot_issues": _l("归集热点问题"),
    "tidy_hot_issues": _l("整理热点问题"),
    "make_forecasts": _l("预测今后四周"),
    "tell_of_briefs": _l("通知专报已出"),
    "send_notices": _l("发通知"),
    "tell_staff": _l("给工作人员发提醒"),
    "forget_staff_messages": _l("清掉很久以前的提醒"),
    "rebuild": _l("夜里重建检索库"),
    "poll_feeds": _l("读订阅"),
    "look_at_sources": _l("看有没有来源没动静"),
    "train_models": _l("训练模型"),
    "run_imports": _l("导入文件"),
    "forget_uploads": _l("清掉用完的上传文件"),
    "check_index": _l("核对检索库"),
    "drop_old_drafts": _l("清掉放久了的草稿"),
    "clear_files": _l("清掉没有人用的文件"),
    "poll_mailboxes": _l("收邮件"),
    "tell_subscribers": _l("给订阅的人发信"),
    "forget_subscriptions": _l("清掉没有确认的订阅"),
    "forget_answers": _l("清掉接口用完的回执"),
}
JOB_STATES = {
    JobState.WELL: _l("正常"),
    JobState.RUNNING: _l("正在运行"),
    JobState.NEVER: _l("没有运行过"),
    JobState.FAILING: _l("连续出错"),
    JobState.STALLED: _l("卡住了"),
    JobState.LATE: _l("没有按时运行"),
}
INDEX_STATES = {
    IndexState.READY: _l("正常"),
    IndexState.OUTDATED: _l("能用，词典换过，该重建"),
    IndexState.MISSING: _l("还没有"),
    IndexState.DAMAGED: _l("坏了，会重建"),
    IndexState.AWAY: _l("连不上"),
}
