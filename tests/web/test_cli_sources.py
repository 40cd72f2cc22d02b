"""flask intake source, sources and poll, and files read with a saved mapping."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner

from tests.intake.servers import serving
from tests.intake.test_feed import TWO
from tests.intake.test_import_file import MAPPING, write
from tests.web.test_cli import answer, runner  # noqa: F401 - a fixture


def test_a_file_is_read_with_the_mapping_of_its_source(
    runner: FlaskCliRunner,  # noqa: F811
    tmp_path: Path,
) -> None:
    kind = ["--kind", "file", "--channel", "letter", "--name", "来信登记"]
    answer(runner, "intake", "source", "add", "letters", *kind, "--map", MAPPING)
    file = write(tmp_path / "m.csv", 3)
    done = answer(runner, "intake", "import", str(file), "--source", "letters")
    assert (done["accepted"], done["rejected"]) == (3, 0)
    done = answer(runner, "intake", "import", str(file), "--source", "letters")
    assert (done["accepted"], done["duplicates"]) == (0, 3)
    (file.with_name("m.csv.rejected.csv")).unlink(missing_ok=True)
    fault = runner.invoke(args=["intake", "import", str(file), "--source", "nothing"])
    assert fault.exit_code == 1
    assert "Traceback" not in fault.output
    fault = runner.invoke(args=["intake", "import", str(file)])
    assert fault.exit_code == 1
    assert "列对应" in fault.output


def test_a_feed_from_adding_to_messages(runner: FlaskCliRunner) -> None:  # noqa: F811
    with serving() as server:
        server.answer["/feed"] = (200, {}, TWO)
        given = ["--set", f"url={server.url}/feed", "--quiet-after", "60"]
        kind = ["--kind", "feed", "--channel", "mailbox", "--name", "市长信箱"]
        answer(runner, "intake", "source", "add", "mayor", *kind, *given)
        refused = runner.invoke(args=["intake", "poll", "mayor", "--json"])
        assert refused.exit_code == 1
        assert "private_address" in json.loads(refused.stdout)["error"]
        allowed = f"allow_private={json.dumps(server.allowed)}"
        answer(runner, "intake", "source", "change", "mayor", "--set", allowed)
        assert answer(runner, "intake", "poll", "mayor")["new"] == 2
    (source,) = answer(runner, "intake", "sources")["sources"]
    assert (source["items"], source["failures"], source["quiet"]) == (2, 0, False)
    assert "mayor" in runner.invoke(args=["intake", "sources"]).output


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--set", "url=ftp://x"], "ftp://x"),
        (["--set", "url=https://x", "--set", "every_minutes=0"], "every_minutes"),
        (["--set", "connector=none_such"], "none_such"),
        (["--set", "connector=os.path"], "os.path"),
        (["--set", "connector=times"], "times"),
        (["--set", "nonsense"], "nonsense"),
    ],
)
def test_settings_that_make_no_sense(
    runner: FlaskCliRunner,  # noqa: F811
    given: list[str],
    words: str,
) -> None:
    kind = ["--kind", "feed", "--channel", "mailbox", "--name", "x"]
    done = runner.invoke(args=["intake", "source", "add", "x", *kind, *given])
    assert done.exit_code == 1
    assert words in done.output
    assert "Traceback" not in done.output
