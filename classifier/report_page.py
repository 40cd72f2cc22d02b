"""A training's report as a page of Markdown, kept beside the model."""

from __future__ import annotations

from classifier.comparison import Difference
from classifier.report import Report


def readable(report: Report) -> str:
    """The whole report."""
    return "\n".join(
        [
            f"# {report.task}: {report.version}",
            "",
            f"Trained {report.date} from {report.source}: {report.rows} labelled rows",
            f"({report.corrected} of them corrected by people) and {report.taught} rows labelled by",
            "the model in use. "
            + (f"New labels: {', '.join(report.new_labels)}." if report.new_labels else ""),
            "",
            f"Words cut with {report.dictionary}; {report.own_sentences} sentences of the project too.",
            "",
            *_comparison(report),
            *_classes(report),
            *_confusion(report),
            *_calibration(report),
            *_drift(report),
        ]
    )


def _comparison(report: Report) -> list[str]:
    both = report.comparison
    return [
        f"## Against {report.champion.version}: {both.verdict}",
        "",
        f"On {both.n} rows kept apart (near-duplicates on one side), judged by a model trained",
        "without them and by the model in use. Intervals: paired bootstrap, 2,000 resamples, 95 %.",
        "",
        "| | in use | challenger | difference |",
        "|---|---|---|---|",
        _line("accuracy", report.champion.accuracy, report.challenger.accuracy, both.accuracy),
        _line("macro-F1", report.champion.macro_f1, report.challenger.macro_f1, both.macro_f1),
        "",
    ]


def _line(name: str, old: float, new: float, by: Difference) -> str:
    told = f"{by.value:+.3f} ({by.low:+.3f} to {by.high:+.3f})"
    return f"| {name} | {old:.3f} | {new:.3f} | {told} |"


def _classes(report: Report) -> list[str]:
    lines = ["## Labels", "", "| label | rows | held out | precision | recall | F1 |"]
    lines.append("|---|---|---|---|---|---|")
    for label, rows in report.classes.items():
        score = report.challenger.per_class.get(label)
        told = "| 0 | — | — | — |"
        if score is not None:
            told = (
                f"| {score.support} | {score.precision:.3f} | {score.recall:.3f} | {score.f1:.3f} |"
            )
        lines.append(f"| {label} | {rows} {told}")
    return [*lines, ""]


def _confusion(report: Report) -> list[str]:
    labels = report.challenger.labels
    lines = ["## What was taken for what", "", f"| true \\ guessed | {' | '.join(labels)} |"]
    lines.append("|---" * (len(labels) + 1) + "|")
    for label, row in zip(labels, report.challenger.confusion, strict=True):
        lines.append(f"| {label} | {' | '.join(map(str, row))} |")
    return [*lines, ""]


def _calibration(report: Report) -> list[str]:
    lines = ["## Certainty", "", f"Calibration error {report.calibration_error:.3f}."]
    if report.bins:
        lines += ["", "| rows | stated | right |", "|---|---|---|"]
        lines += [f"| {b.n} | {b.certainty:.3f} | {b.right:.3f} |" for b in report.bins]
    return [*lines, ""]


def _drift(report: Report) -> list[str]:
    if report.drift is None:
        return []
    lines = [
        "## The last month against the rows trained on",
        "",
        f"Population stability index {report.drift.index:.3f} ({report.drift.strength}).",
        "",
        "| label | trained on | last month |",
        "|---|---|---|",
    ]
    lines += [f"| {s.label or '—'} | {s.before:.3f} | {s.now:.3f} |" for s in report.drift.shares]
    return [*lines, ""]
