"""Model files from a stranger, or damaged: one clear error, no code run, no memory filled."""

from __future__ import annotations

import io
import pickle
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.errors import FileUnreadable
from classifier.loading import SHIPPED, load

GOOD = (SHIPPED / "kind.npz").read_bytes()
TRIED = 300


def small_model(**changed: object) -> bytes:
    """As GOOD, a hundred n-grams of it."""
    with np.load(io.BytesIO(GOOD), allow_pickle=False) as arrays:
        values = {name: arrays[name] for name in arrays.files}
    for name in ("keys", "weights", "rarity"):
        if name in values:
            values[name] = values[name][:100]
    values.update(changed)  # type: ignore[arg-type]  # on purpose: what no model should hold
    file = io.BytesIO()
    np.savez_compressed(file, **values)  # type: ignore[arg-type]
    return file.getvalue()


def refused(folder: Path, content: bytes) -> str:
    """The reason it is refused with, or "" when it is a model after all."""
    folder.mkdir(exist_ok=True)
    (folder / "kind.npz").write_bytes(content)
    try:
        load(folder)
    except FileUnreadable as error:
        return error.reason
    return ""


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("weights.npy", b"\0" * 300_000_000)
    return file.getvalue()


def endless_shape() -> bytes:
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,)}"
    header = header.ljust(117) + b"\n"
    array = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("format.npy", array)
    return file.getvalue()


class Runs:
    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return (exec, ("raise SystemExit('a stranger ran')",))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x05\x06" + b"\0" * 18,
        pickle.dumps(Runs()),
        small_model(labels=np.array([Runs()], dtype=object)),
        small_model(weights=np.array([np.nan], dtype=np.float16)),
        small_model(bias=np.array([np.inf] * 6)),
        small_model(temperature=np.array(np.nan)),
        small_model(temperature=np.array(-1.0)),
        small_model(temperature=np.array("warm")),
        small_model(doubt=np.array(np.nan)),
        small_model(doubt=np.array(1.0)),
        small_model(keys=np.zeros((100, 2), dtype=np.uint64)),
        small_model(weights=np.zeros((7, 6), dtype=np.float16)),
        endless_shape(),
    ],
    ids=lambda content: f"{len(content)} bytes",
)
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refused(tmp_path / "models", content) == "model_unreadable"


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "models", bomb()) == "model_unreadable"


def test_another_format_or_other_labels_are_told_apart(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    assert refused(folder, small_model(format=np.array(99))) == "model_format"
    assert refused(folder, small_model(labels=np.array(list("abcdef")))) == "model_labels"


def test_a_damaged_file_is_refused_or_judges(tmp_path: Path) -> None:
    """Bytes changed, cut off or put in, at places of every part of the file."""
    rng = random.Random(11)
    good = small_model()
    assert refused(tmp_path / "models", good) == ""
    reasons = set()
    for _ in range(TRIED):
        content = bytearray(good)
        for _ in range(rng.randint(1, 8)):
            place = rng.randrange(len(content))
            if rng.random() < 0.6:
                content[place] = rng.randrange(256)
            elif rng.random() < 0.5:
                del content[place : place + rng.randint(1, 200)]
            else:
                content[place:place] = rng.randbytes(rng.randint(1, 50))
        reasons.add(refused(tmp_path / "models", bytes(content)))
    assert reasons <= {"", "model_unreadable", "model_format", "model_labels"}
    assert "model_unreadable" in reasons


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=400))
def test_any_bytes_are_refused(tmp_path: Path, content: bytes) -> None:
    assert refused(tmp_path / "models", content) == "model_unreadable"
