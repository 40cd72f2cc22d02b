"""The words for clocks and lengths of time."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from casework.model import ClockName, ClockUnit

CLOCKS = {
    ClockName.DISPATCH: _l("派单"),
    ClockName.SIGN: _l("签收"),
    ClockName.CONTACT: _l("首次联系"),
    ClockName.REPORT: _l("初报"),
    ClockName.REPLY: _l("答复"),
    ClockName.CALL_BACK: _l("回访"),
    ClockName.CO_HANDLE: _l("会办"),
}
UNITS = {
    ClockUnit.MINUTE: _l("%(amount)s分钟"),
    ClockUnit.HOUR: _l("%(amount)s小时"),
    ClockUnit.DUTY_HOUR: _l("%(amount)s个上班小时"),
    ClockUnit.WORKING_DAY: _l("%(amount)s个工作日"),
    ClockUnit.CALENDAR_DAY: _l("%(amount)s个自然日"),
    ClockUnit.MONTH: _l("%(amount)s个月"),
}
ONE_UNIT = {
    ClockUnit.MINUTE: _l("1分钟"),
    ClockUnit.HOUR: _l("1小时"),
    ClockUnit.DUTY_HOUR: _l("1个上班小时"),
    ClockUnit.WORKING_DAY: _l("1个工作日"),
    ClockUnit.CALENDAR_DAY: _l("1个自然日"),
    ClockUnit.MONTH: _l("1个月"),
}
UNIT_NAMES = {
    ClockUnit.MINUTE: _l("分钟"),
    ClockUnit.HOUR: _l("小时"),
    ClockUnit.DUTY_HOUR: _l("上班小时"),
    ClockUnit.WORKING_DAY: _l("工作日"),
    ClockUnit.CALENDAR_DAY: _l("自然日"),
    ClockUnit.MONTH: _l("月"),
}


def amount_of(amount: int, unit: ClockUnit) -> str:
    """A length of time: 5个工作日, 1 working day."""
    if amount == 0:
        return str(_l("当天"))
    if amount == 1:
        return str(ONE_UNIT[unit])
    return str(UNITS[unit] % {"amount": amount})
