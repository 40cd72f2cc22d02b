from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from casework.errors import Rejected
from runtime.settings import SETTINGS, read_settings

ROOT = Path(__file__).resolve().parents[2]


def test_the_defaults(tmp_path: Path) -> None:
    settings = read_settings({"MINSHENG_HOME": str(tmp_path)})
    assert settings.home == tmp_path
    assert settings.database_url == f"sqlite:///{tmp_path}/records.sqlite"
    assert settings.zone == ZoneInfo("Asia/Shanghai")
    assert settings.automatic_topics is None


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("MINSHENG_ZONE", "Nowhere/City"),
        ("MINSHENG_PORT", "eighty"),
        ("MINSHENG_PORT", "70000"),
        ("MINSHENG_HTTPS", "maybe"),
        ("MINSHENG_DISPATCH_CONFIDENCE", "2"),
        ("MINSHENG_SENTIMENT_ENGINE", "magic"),
        ("ELASTICSEARCH_URL", "localhost:9200"),
        ("ELASTICSEARCH_URL", "http://one:9200 http://two:9200"),
        ("ELASTICSEARCH_CA_FILE", "/nowhere/ca.pem"),
        ("ELASTICSEARCH_NAME", "Two-Cities"),
        ("ELASTICSEARCH_SNIFF", "perhaps"),
        ("MINSHENG_INDEX_MONTHS", "-1"),
        ("MINSHENG_QUIET_HOURS", "20:00"),
        ("MINSHENG_QUIET_HOURS", "25:00-08:00"),
        ("MINSHENG_DIGEST_MINUTES", "-5"),
    ],
)
def test_a_value_that_makes_no_sense_is_named(variable: str, value: str) -> None:
    with pytest.raises(Rejected) as caught:
        read_settings({variable: value})
    assert caught.value.field == variable


def test_several_nodes_with_their_secrets() -> None:
    settings = read_settings({"ELASTICSEARCH_URL": "https://me:a%20b@one:9200/, http://two:9200"})
    assert settings.elasticsearch_urls == ("https://me:a%20b@one:9200", "http://two:9200")
    with pytest.raises(Rejected) as caught:
        read_settings({"ELASTICSEARCH_URL": "me:secret@one"})
    assert "secret" not in str(caught.value.values)


def test_topics_that_are_dispatched_without_a_person() -> None:
    def topics(value: str) -> frozenset[str] | None:
        return read_settings({"MINSHENG_AUTOMATIC_DISPATCH": value}).automatic_topics

    assert topics("all") is None
    assert topics("off") == frozenset()
    assert topics("城乡建设, 交通运输") == {"城乡建设", "交通运输"}


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for setting in SETTINGS:
        assert f"`{setting.variable}`" in text, setting.variable
