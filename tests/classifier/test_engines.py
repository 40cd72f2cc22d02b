"""SnowNLP beside ours: its Bayes classifier on our words, kept as JSON, and its stock model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskCliRunner

from casework.errors import FileUnreadable
from classifier.bayes import count_words
from classifier.bayes_file import load_counts, save_counts
from classifier.loading import SHIPPED, load
from classifier.stock_snownlp import best_thresholds, evaluate_stock, label_of, stock_scores
from wsgi import create_app

LABELS = ("negative", "neutral", "positive")
ROWS = [
    ("物业太差劲了，太气人，投诉没人管", "negative"),
    ("会议于明天上午九点在三楼召开", "neutral"),
    ("非常感谢社区工作人员，真是太好了", "positive"),
] * 8


def test_counts_survive_their_file_and_are_plain_json(tmp_path: Path) -> None:
    counts = count_words(ROWS, LABELS)
    path = tmp_path / "b.json"
    save_counts(counts, path)
    again = load_counts(path)
    assert (again.labels, again.words, again.version) == (LABELS, counts.words, counts.version)
    assert (again.counts == counts.counts).all()
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert kept["words"]["投诉"] == [8, 0, 0]


def test_the_shipped_counts_are_json_and_nothing_else_is() -> None:
    assert load_counts(SHIPPED / "sentiment_bayes.json").labels == LABELS
    assert {path.suffix for path in SHIPPED.iterdir()} == {".npz", ".json", ".md"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80\x04.",
        b"[]",
        b"{}",
        b"null",
        b'{"format":1}',
        b'{"format":1,"labels":[],"words":{}}',
        b'{"format":1,"labels":["a"],"words":{"x":[1,2]}}',
        b'{"format":1,"labels":["a"],"words":{"x":["1"]}}',
        b'{"format":1,"labels":["a"],"words":{"x":[-1]}}',
        b'{"format":1,"labels":["a"],"words":{"x":[true]}}',
        b'{"format":1,"labels":["a"],"words":{"x":[1e400]}}',
        b'{"format":1,"labels":["a"],"words":{"x":[99999999999]}}',
        b'{"format":1,"labels":["a"],"words":[["x",1]]}',
        b"[" * 100_000,
    ],
    ids=lambda content: f"{content[:40]!r}",
)
def test_a_strange_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "b.json"
    path.write_bytes(content)
    with pytest.raises(FileUnreadable, match="model_unreadable"):
        load_counts(path)


def test_another_format_says_so(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    path.write_text('{"format":2}')
    with pytest.raises(FileUnreadable, match="model_format"):
        load_counts(path)


def test_counts_of_other_labels_are_no_engine(tmp_path: Path) -> None:
    save_counts(
        count_words([("好 好 坏 坏", "a")] * 3, ("a", "b")), tmp_path / "sentiment_bayes.json"
    )
    (tmp_path / "kind.npz").write_bytes((SHIPPED / "kind.npz").read_bytes())
    with pytest.raises(FileUnreadable, match="model_labels"):
        load(tmp_path, sentiment_engine="snownlp")
    assert load(tmp_path).judge("停水了").sentiment in LABELS


def test_thresholds_part_what_can_be_parted() -> None:
    scores = np.array([0.05, 0.1, 0.45, 0.5, 0.9, 0.95])
    truth = ["negative", "negative", "neutral", "neutral", "positive", "positive"]
    low, high = best_thresholds(scores, truth)
    assert [label_of(score, low, high) for score in scores.tolist()] == truth


def test_stock_snownlp_is_measured_on_rows_its_thresholds_did_not_see() -> None:
    done = evaluate_stock(ROWS)
    assert done.n == len(ROWS)
    assert len(done.thresholds) == 5
    assert all(low <= high for low, high in done.thresholds)
    assert done.accuracy > 0.5
    assert stock_scores(["", " "]).tolist() == [0.5, 0.5]


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FlaskCliRunner:
    monkeypatch.setenv("MINSHENG_HOME", str(tmp_path / "home"))
    return create_app().test_cli_runner()


def test_the_commands_know_the_engines(runner: FlaskCliRunner, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("text,sentiment\n" + "".join(f"{t},{s}\n" for t, s in ROWS), encoding="utf-8")
    columns = ["--text-column", "text", "--label-column", "sentiment"]
    by: dict[str, Any] = {}
    for engine in ("linear", "snownlp"):
        asked = [str(file), "--task", "sentiment", "--engine", engine, *columns, "--json"]
        done = runner.invoke(args=["classifier", "evaluate", *asked])
        assert done.exit_code == 0, done.output
        by[engine] = json.loads(done.stdout.splitlines()[-1])
    assert "sentiment-snownlp" in by["snownlp"]["engine"]
    assert "sentiment-snownlp" not in by["linear"]["engine"]
    asked = [str(file), "--task", "sentiment", "--table", *columns, "--json"]
    table = json.loads(
        runner.invoke(args=["classifier", "evaluate", *asked]).stdout.splitlines()[-1]
    )["table"]
    assert [line["engine"] for line in table] == [
        "linear",
        "snownlp",
        "stock snownlp, two thresholds",
    ]
    wrong = runner.invoke(
        args=["classifier", "evaluate", str(file), "--task", "kind", "--table", *columns]
    )
    assert wrong.exit_code == 1
    assert "sentiment" in wrong.output
