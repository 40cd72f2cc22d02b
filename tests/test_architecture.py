"""Promises nobody remembers: sizes, origins, homes of libraries, names in documents."""

from __future__ import annotations

import importlib
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("casework", "classifier", "intake", "routing", "monitor", "runtime", "web")
MOST_LINES = 300
LONGER: dict[str, str] = {}
"""Source files over MOST_LINES, each with its reason."""


def sources() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    return [
        ROOT / name
        for name in listed
        if name.split("/")[0] in PACKAGES and "/migrations/versions/" not in name
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_are_ours(package: str) -> None:
    """The index has wheels called `intake` and `web`; ours come from the checkout."""
    file = importlib.import_module(package).__file__
    assert file is not None
    assert Path(file).resolve().is_relative_to(ROOT)


def test_no_source_file_is_too_long() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert set(long) == set(LONGER), long


def test_every_module_says_what_concept_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in sources()
        if not path.read_text(encoding="utf-8").startswith(('"""', "#!/"))
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("library", "home"),
    [
        ("apscheduler", "runtime/scheduler.py"),
        ("tantivy", "monitor/index/"),
        ("sqlalchemy", "casework/storage/"),
        ("cryptography", "casework/storage/vault.py"),
        ("argon2", "casework/storage/passwords.py"),
        ("elasticsearch", "monitor/index/elasticsearch"),
        ("waitress", "web/cli/serving.py"),
        ("sklearn", "classifier/"),
    ],
)
def test_each_library_has_one_home(library: str, home: str) -> None:
    pattern = re.compile(rf"^\s*(?:from|import) {library}\b", re.MULTILINE)
    users = [
        str(path.relative_to(ROOT))
        for path in sources()
        if pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert users
    assert all(user.startswith(home) for user in users), users


def test_models_are_data_and_never_code() -> None:
    pattern = re.compile(r"\b(?:import|from) (?:pickle|marshal|shelve|joblib)\b|allow_pickle=True")
    users = [str(p) for p in sources() if pattern.search(p.read_text(encoding="utf-8"))]
    assert users == []


def test_the_documents_name_files_that_exist() -> None:
    for document in [*ROOT.glob("docs/**/*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        text = document.read_text(encoding="utf-8")
        for name in re.findall(
            r"`((?:{}|docs|tests|tools)/[\w/.-]+)`".format("|".join(PACKAGES)), text
        ):
            assert (ROOT / name).exists(), f"{document.name}: {name}"


def test_every_dependency_has_its_line() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    wanted = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    for line in wanted:
        name = re.split(r"[<>=#[]", line)[0].strip()
        if name:
            assert f"**{name}**" in text, name
