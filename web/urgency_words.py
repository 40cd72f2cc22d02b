"""What the rules of urgency look for, in words a leader reads. A rule's id stands in the record."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

URGENCY_RULES = {
    "life.self-harm": _l("有人要轻生"),
    "life.trapped": _l("有人被困、走失、昏迷"),
    "life.violence": _l("正在打人、拿刀、绑架"),
    "life.fire": _l("着火、爆炸"),
    "life.fire-now": _l("正在着火"),
    "life.abuse": _l("虐待老人、病人"),
    "gas.leak": _l("燃气泄漏"),
    "accident.production": _l("安全生产事故"),
    "hazard.collapse": _l("垮塌、塌陷"),
    "hazard.public-facility": _l("公共设施要伤人"),
    "hazard.elevator": _l("电梯困人、失控"),
    "hazard.drowning": _l("野外玩水有溺水危险"),
    "outage.water": _l("大面积停水"),
    "outage.power": _l("大面积停电"),
    "outage.heat-gas": _l("大面积停暖停气"),
    "health.food-poisoning": _l("食物中毒"),
    "health.drinking-water": _l("饮用水有异常"),
    "health.epidemic": _l("疫情"),
    "health.toxic-school": _l("学校有毒有味"),
    "minor.harm": _l("未成年人受伤害"),
    "minor.attacked": _l("未成年人被打、被欺负"),
    "minor.internet-cafe": _l("未成年人进网吧、酒吧"),
    "minor.confined": _l("未成年人被关"),
    "collective.petition": _l("要集体上访、聚集"),
    "collective.wages": _l("多人讨薪"),
    "extreme.threat": _l("扬言极端行为"),
    "data.breach": _l("个人信息泄露"),
    "danger.alike": _l("读起来像急事"),
    "danger.weighed": _l("几个危险的词加起来"),
}
