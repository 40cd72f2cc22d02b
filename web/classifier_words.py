"""The words of the classifier's pages: places, tasks, trainings and what came of them."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

PLACE_KINDS = {
    "district": _l("区县"),
    "street": _l("街道乡镇"),
    "community": _l("社区、村"),
    "road": _l("道路"),
    "compound": _l("小区"),
    "bus": _l("公交线路"),
}
TASKS = {
    "topic": _l("事项"),
    "kind": _l("类别"),
    "sentiment": _l("情绪"),
    "urgency": _l("紧急程度"),
    "unit": _l("承办单位"),
}
TRAINING_STATES = {
    "waiting": _l("排队"),
    "running": _l("进行中"),
    "done": _l("训练完了"),
    "failed": _l("没有训练成"),
}
TRAINING_STEPS = {
    "": _l("等着开始"),
    "rows": _l("正在收集标好的来件"),
    "apart": _l("正在训练一个没有见过留出部分的模型"),
    "comparing": _l("正在和在用的模型比较"),
    "whole": _l("正在用全部来件训练"),
    "writing": _l("正在写模型说明"),
}
VERDICTS = {
    "better": _l("比在用的好"),
    "worse": _l("比在用的差"),
    "undecided": _l("分不出好坏"),
}

DRIFTS = {
    "none": _l("没有变"),
    "some": _l("有些变化"),
    "large": _l("变了很多"),
    "unknown": _l("来件太少，看不出"),
}

CLASSIFIER_TABLES: dict[str, dict[Any, Any]] = {
    "place_kind": PLACE_KINDS,
    "classifier_task": TASKS,
    "training_state": TRAINING_STATES,
    "training_step": TRAINING_STEPS,
    "comparison": VERDICTS,
    "drift": DRIFTS,
}
