"""Loops are compiled beforehand for all they are called with, and judging goes on where that failed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from classifier.compiled import LOOPS, argument_types
from classifier.interface import Classifier
from classifier.seeds import read_seeds
from classifier.unfit import unfit

ROOT = Path(__file__).parents[2]
APART = "小区停水三天了，没有人管。另外，学校门口的红绿灯坏了，孩子过马路很危险，希望尽快修好。"
LOOP = """
from classifier.compiled import compiled

@compiled("int64(int64[::1])")
def total(numbers):
    found = 0
    for number in numbers:
        found += number
    return found
"""
CALL = "import numpy, counting; print(counting.total(numpy.arange(5)))"


def test_every_loop_is_called_with_what_it_is_compiled_for(classifier: Classifier) -> None:
    texts = [text for text, _ in read_seeds("kind")][:70]
    classifier.judge_many([*texts, APART, "", "停水" * 9000, "繁體電話號碼\ud800😀"])
    for text in ("", "啊", APART, "加微信领红包，日结三百元"):
        classifier.judge(text)
        unfit(text)
    called = {loop.__name__: loop.signatures for loop in LOOPS}
    assert called == {loop.__name__: [argument_types(said)] for loop, said in LOOPS.items()}


def test_loops_use_nothing_of_other_files() -> None:
    """What is kept of a loop is made anew when its own file changes, and only then."""
    modules = {sys.modules[loop.py_func.__module__] for loop in LOOPS}
    assert len(modules) > 4
    for module in modules:
        assert module.__file__ is not None
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        theirs = {
            name.asname or name.name
            for line in tree.body
            if isinstance(line, ast.ImportFrom)
            for name in line.names
        }
        for each in vars(module).values():
            if hasattr(each, "py_func"):
                assert not theirs & set(each.py_func.__code__.co_names), each


def run(folder: Path) -> tuple[str, str]:
    """What a process that calls the loop in this folder prints, and what its log says."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CALL],
        env={"PYTHONPATH": f"{folder}:{ROOT}"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "counting.py").write_text(LOOP)
    return tmp_path


def test_what_one_process_compiled_the_next_one_reads(folder: Path) -> None:
    assert run(folder) == ("10\n", "compiling total, which takes seconds once\n")
    assert run(folder) == ("10\n", "")
    (folder / "counting.py").write_text(LOOP.replace("+=", "-="))
    assert run(folder) == ("-10\n", "compiling total, which takes seconds once\n")


def test_where_nothing_can_be_written_loops_are_compiled_all_the_same(folder: Path) -> None:
    (folder / "__pycache__").write_text("no folder")
    said, log = run(folder)
    assert said == "10\n"
    assert "a compiled loop cannot be kept" in log


def test_a_damaged_loop_is_compiled_anew(folder: Path) -> None:
    run(folder)
    (kept,) = (folder / "__pycache__").glob("*.nbc")
    kept.write_bytes(kept.read_bytes()[:1000])
    said, log = run(folder)
    assert said == "10\n"
    assert "a compiled loop cannot be read" in log
    assert run(folder) == ("10\n", "")


def test_two_processes_may_compile_at_the_same_time(folder: Path) -> None:
    command = [sys.executable, "-c", CALL]
    env = {"PYTHONPATH": f"{folder}:{ROOT}"}
    both = [
        subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]
    assert [each.communicate()[0] for each in both] == [b"10\n", b"10\n"]
    assert run(folder) == ("10\n", "")
