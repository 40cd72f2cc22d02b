"""The classifier's page: who may see it, who may change it, and what it shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from casework.storage import models, trainings
from casework.storage.corrections import Labels, record_corrections
from casework.storage.tables import TicketRow
from classifier import training
from classifier.challenger import Challenger, Teaching, make_challenger
from classifier.loading import SHIPPED, load
from classifier.report import written
from classifier.rows import Row
from classifier.seeds import read_seeds
from runtime.wiring import City
from tests.builders import draft, new_case, record_one
from tests.conftest import NOW
from tests.web.browser import Browser
from tests.web.conftest import PEOPLE
from web.classifier.matrix import MOST_LABELS, matrix, matrix_of

PAGE = "/classifier/"
NEW = "冰雪运动"


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Challenger:
    """A challenger that knows a topic of the city's own."""
    rows = [Row(text, label, "office") for text, label in read_seeds("topic")][::4]
    rows += [Row(f"第{n}滑冰馆冰面太软，{n}号冰刀租不到", NEW, "office") for n in range(20)]
    patch = pytest.MonkeyPatch()
    patch.setattr(training, "FOLDS", 2)
    folder = tmp_path_factory.mktemp("models")
    done = make_challenger(
        Teaching("topic", "office", rows, 5, (), {"政法": 200}),
        folder,
        load(),
        date(2026, 11, 20),
        lambda _step, _percent: None,
    )
    patch.undo()
    return done


@pytest.fixture
def trained(city: City, made: Challenger) -> str:
    """The version of a model this city has trained."""
    folder = city.settings.models_folder / made.version
    folder.mkdir(parents=True)
    for path in made.folder.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    with city.records.write() as work:
        models.add_model(
            work, made.version, "topic", made.digest, written(made.report), "administrator", NOW
        )
        work.commit()
    return made.version


@pytest.fixture
def corrected(city: City) -> None:
    """Messages of this month and the last, some of them corrected."""
    for number in range(6):
        at = NOW - timedelta(days=10 * number + 1)
        of = draft(subject="", body=f"第{number}件，楼下的烧烤店油烟很大", received_at=at)
        recorded = record_one(city.records, new_case(of=of, lead="CGJ"))
        with city.records.write() as work:
            before = Labels("环境保护/大气污染/油烟", "投诉", "normal", "", "negative")
            after = Labels("商贸旅游", "求助", "urgent", "", "neutral")
            record_corrections(work, recorded.message_id, before, after, "e", "li", NOW)
            work.commit()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("who", ["screener", "administrator"])
def test_the_page_is_whole(
    sign_in: Callable[[str], Browser], city: City, lang: str, who: str
) -> None:
    reader = sign_in(who)
    reader.choose(lang=lang)
    for task in ("topic", "kind", "sentiment", "unit", "nothing"):
        reader.get(f"{PAGE}?task={task}")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_is_whole_with_models_and_corrections(
    sign_in: Callable[[str], Browser], city: City, trained: str, corrected: None, lang: str
) -> None:
    reader = sign_in("screener")
    reader.choose(lang=lang)
    for task in ("topic", "kind", "sentiment", "unit"):
        page = reader.get(f"{PAGE}?task={task}")
        assert "6" in page.words()
    page = reader.get(PAGE)
    assert trained in page.words()
    assert NEW in page.words()
    assert page.text.count('class="ms-matrix__plot"') == 2
    assert not [f for f in page.all("form") if f.get("action") == f"{PAGE}use"]


@pytest.mark.parametrize("who", sorted(set(PEOPLE) - {"screener", "administrator"}))
def test_others_do_not_enter(sign_in: Callable[[str], Browser], who: str) -> None:
    sign_in(who).get(PAGE, 403)


def test_a_screener_reads_and_changes_nothing(
    sign_in: Callable[[str], Browser], city: City, trained: str
) -> None:
    reader = sign_in("screener")
    reader.post(f"{PAGE}use", {"version": trained}, 403)
    reader.post(f"{PAGE}train", {"task": "topic"}, 403)


def test_a_model_is_put_to_use_and_back(
    sign_in: Callable[[str], Browser], city: City, trained: str
) -> None:
    admin = sign_in("administrator")
    assert admin.send(f"{PAGE}use", {"task": "topic", "version": trained}).status_code == 303
    with city.records.read() as work:
        used = models.use_of(work, "topic")
    assert used is not None
    assert (used.version, used.by) == (trained, "administrator")
    admin.post(f"{PAGE}use", {"task": "topic", "version": trained}, 409)
    assert "退回上一个" in admin.get(PAGE).words()
    assert admin.send(f"{PAGE}use", {"task": "topic", "do": "previous"}).status_code == 303
    assert admin.send(f"{PAGE}use", {"task": "topic", "version": trained}).status_code == 303
    assert admin.send(f"{PAGE}use", {"task": "topic", "do": "shipped"}).status_code == 303
    admin.post(f"{PAGE}use", {"task": "kind", "do": "previous"}, 409)
    admin.post(f"{PAGE}use", {"task": "topic", "version": "topic-none"}, 404)


def test_a_damaged_model_is_told_and_not_used(
    sign_in: Callable[[str], Browser], city: City, trained: str
) -> None:
    (city.settings.models_folder / trained / "topic.npz").write_bytes(b"PK")
    page = sign_in("administrator").post(f"{PAGE}use", {"task": "topic", "version": trained}, 400)
    assert "在用的模型不变" in page.words()
    with city.records.read() as work:
        assert models.use_of(work, "topic") is None


def test_a_training_is_asked_for_once_and_followed(
    sign_in: Callable[[str], Browser], city: City
) -> None:
    admin = sign_in("administrator")
    assert admin.send(f"{PAGE}train", {"task": "kind"}).status_code == 303
    admin.post(f"{PAGE}train", {"task": "kind"}, 409)
    assert "hx-get" in admin.get(f"{PAGE}?task=kind").text
    with city.records.write() as work:
        taken = trainings.take_next(work, NOW)
        assert taken is not None
        trainings.progress(work, taken.id, "comparing", 45)
        work.commit()
    answer = admin.client.get(f"{PAGE}trainings/{taken.id}")
    assert 'value="45"' in answer.text
    assert "HX-Refresh" not in answer.headers
    with city.records.write() as work:
        trainings.end(work, taken.id, "", "too_few_labelled 3", NOW)
        work.commit()
    assert admin.client.get(f"{PAGE}trainings/{taken.id}").headers["HX-Refresh"] == "true"
    assert "3行" in admin.get(PAGE).words()
    assert admin.client.get(f"{PAGE}trainings/nothing").status_code == 404


def test_the_matrix_leaves_out_what_stands_nowhere() -> None:
    found = matrix(("甲", "乙", "丙"), ((3, 0, 1), (0, 0, 0), (0, 0, 2)))
    assert found.labels == ("甲", "丙")
    assert found.counts == ((3, 1), (0, 2))
    assert (found.total, found.right) == (6, 5)
    assert {(cell.count, cell.right) for cell in found.cells} == {(3, True), (1, False), (2, True)}
    assert all(0 < cell.full <= 1 for cell in found.cells)
    assert all(cell.x + 19 < found.size > cell.y + 19 for cell in found.cells)


def test_a_matrix_counts_what_it_has_no_room_for() -> None:
    many = MOST_LABELS + 3
    found = matrix(
        [str(n) for n in range(many)], [[int(r == c) for c in range(many)] for r in range(many)]
    )
    assert (len(found.labels), found.left_out) == (MOST_LABELS, 3)
    assert (found.total, found.right) == (many, many)


def test_units_have_their_names_on_the_page(sign_in: Callable[[str], Browser], city: City) -> None:
    """Dispatched against the suggestion: said, held, and how often."""
    for number in range(3):
        of = draft(subject="", body=f"第{number}件，河里漂着死鱼")
        recorded = record_one(city.records, new_case(of=of, lead="CGJ"))
        with city.records.write() as work:
            ticket = work.session.get_one(TicketRow, recorded.ticket_id)
            ticket.lead_department, ticket.assigned_by = "SLJ", "li"
            ticket.assigned_at = NOW
            work.commit()
    page = sign_in("screener").get(f"{PAGE}?task=unit")
    rows = [[("".join(c.itertext())).strip() for c in row] for row in page.all("tr")]
    assert ["承办单位", "3", "3"] in rows
    assert ["市城市管理和综合执法局", "市水利局", "3"] in rows


def test_a_matrix_of_what_people_held() -> None:
    found = matrix_of({("甲", "乙"): 2, ("乙", "乙"): 5, ("甲", ""): 1})
    assert found.labels == ("乙", "甲", "")
    assert found.counts == ((5, 0, 0), (2, 0, 1), (0, 0, 0))
    assert matrix_of({}).labels == ()


@pytest.mark.parametrize("task", models.TRAINED_TASKS)
def test_the_shipped_model_says_how_right_each_class_is(
    sign_in: Callable[[str], Browser], task: str
) -> None:
    page = sign_in("administrator").get(f"{PAGE}?task={task}")
    rows = [
        [("".join(c.itertext())).strip() for c in r if c.tag.endswith("td")] for r in page.all("tr")
    ]
    card = json.loads((SHIPPED / f"{task}.json").read_text(encoding="utf-8"))
    for label, number in card["classes"].items():
        score = card["per_class"][label]
        shown = [f"{number:,}", f"{score['support']:,}"]
        shown += [f"{100 * score[what]:.1f}" for what in ("precision", "recall")]
        assert shown in [cells[1:] for cells in rows if len(cells) == 5], label
