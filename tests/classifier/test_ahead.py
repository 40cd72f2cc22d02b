"""A second process that judges ahead: the same judgements in order, and no harm when it dies."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from casework.judgement import Judgement
from classifier import ahead as ahead_module
from classifier.ahead import JudgeAhead
from classifier.interface import Classifier
from classifier.loading import load
from tests.process_tree import descendants, is_alive, until

ROOT = Path(__file__).resolve().parents[2]
TEXTS = [
    *(f"松涛路{n}号楼的路灯坏了{n}天，晚上看不见，请尽快维修。" for n in range(30)),
    "",
    "煤气泄漏，楼里有人昏倒了！",
    "举报某局工作人员收受红包。\r\n请查处。",
    "\ud800 broken",
]
BATCH = 5


class Here:
    """The judge of this process, counting what it had to do."""

    def __init__(self, classifier: Classifier) -> None:
        self.judged = 0
        self._judge = classifier.judge

    def __call__(self, text: str) -> Judgement:
        self.judged += 1
        return self._judge(text)


@pytest.fixture
def here(classifier: Classifier) -> Here:
    return Here(classifier)


def batches(texts: list[str]) -> list[list[str]]:
    return [texts[n : n + BATCH] for n in range(0, len(texts), BATCH)]


def judged(ahead: JudgeAhead, texts: list[str]) -> list[Judgement]:
    """As an import does it: the next batch is told before a batch is judged."""
    found: list[Judgement] = []
    following = batches(texts)
    ahead.expect(following[0])
    for number, batch in enumerate(following):
        ahead.expect(following[number + 1] if number + 1 < len(following) else [])
        found += [ahead.judge(text) for text in batch]
    return found


def warmed(ahead: JudgeAhead, here: Here) -> JudgeAhead:
    """Once the second process has read its models."""
    until(lambda: (ahead.expect([]), ahead.ready)[1], 60)
    assert here.judged == 0
    return ahead


def only_child() -> int:
    (child,) = multiprocessing.active_children()
    assert child.pid is not None
    return child.pid


def test_the_same_judgements_in_the_same_order(here: Here, classifier: Classifier) -> None:
    with JudgeAhead(here, load, worth_it=0) as ahead:
        warmed(ahead, here)
        before = here.judged
        assert judged(ahead, TEXTS) == [classifier.judge(text) for text in TEXTS]
        assert here.judged == before
    assert multiprocessing.active_children() == []


def test_what_was_not_expected_is_judged_here(here: Here, classifier: Classifier) -> None:
    with JudgeAhead(here, load, worth_it=0) as ahead:
        warmed(ahead, here)
        before = here.judged
        ahead.expect(["甲处的路灯坏了"])
        ahead.expect(["乙处的路灯坏了"])
        ahead.expect(["丙处的路灯坏了"])  # nobody asked for the first two
        for text in ("丁处的路灯坏了", "丙处的路灯坏了", "乙处的路灯坏了", "甲处的路灯坏了"):
            assert ahead.judge(text) == classifier.judge(text)
        assert here.judged > before


def test_few_texts_are_not_worth_a_process(here: Here) -> None:
    with JudgeAhead(here, load) as ahead:
        judged(ahead, TEXTS)
        assert multiprocessing.active_children() == []
    assert here.judged == len(TEXTS)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_when_it_dies_or_hangs_the_work_goes_on_here(
    here: Here,
    classifier: Classifier,
    how: signal.Signals,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with JudgeAhead(here, load, worth_it=0) as ahead:
        warmed(ahead, here)
        before = here.judged
        monkeypatch.setattr(ahead_module, "PATIENCE_SECONDS", 0.2)
        os.kill(only_child(), how)
        assert judged(ahead, TEXTS) == [classifier.judge(text) for text in TEXTS]
        assert here.judged == before + len(TEXTS)
        assert multiprocessing.active_children() == []


def no_models() -> Classifier:
    raise OSError("no models")


def test_without_models_of_its_own_it_ends_and_no_harm_is_done(
    here: Here, classifier: Classifier, capfd: pytest.CaptureFixture[str]
) -> None:
    with JudgeAhead(here, no_models, worth_it=0) as ahead:
        until(lambda: not judged(ahead, TEXTS[:BATCH]) or not multiprocessing.active_children(), 60)
        assert judged(ahead, TEXTS) == [classifier.judge(text) for text in TEXTS]
    assert "no models" in capfd.readouterr().err


HOLDER = """
from functools import partial
import sys, time
from classifier.ahead import JudgeAhead
from classifier.loading import load

if __name__ == "__main__":
    ahead = JudgeAhead(load().judge, load, worth_it=0)
    ahead.expect(["路灯坏了"])
    print("started", flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("wait", [0.0, 8.0])
def test_it_does_not_outlive_a_parent_that_is_killed(tmp_path: Path, wait: float) -> None:
    """Killed while the second process starts, and once it waits for texts."""
    script = tmp_path / "holder.py"
    script.write_text(HOLDER, encoding="utf-8")
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert parent.stdout is not None
    parent.stdout.readline()
    time.sleep(wait)
    children = descendants(parent.pid)
    assert children
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: not any(map(is_alive, children)), 60)


@pytest.mark.parametrize("text", TEXTS[-4:])
def test_a_judgement_is_the_same_after_its_journey(text: str, classifier: Classifier) -> None:
    judgement = classifier.judge(text)
    assert pickle.loads(pickle.dumps(judgement)) == judgement
