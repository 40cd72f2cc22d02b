"""The settings of one city: one frozen object, read once from the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from casework.errors import Rejected
from casework.quiet import QuietHours
from casework.workdays import DutyHours
from runtime.logs import LogForm


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: the variable that sets it, its default, and what it is for."""

    variable: str
    default: str
    help: str


SETTINGS = (
    Setting("MINSHENG_HOME", "var", "folder that holds all state of one city"),
    Setting("DATABASE_URL", "", "records; empty: SQLite, records.sqlite under the home"),
    Setting(
        "ELASTICSEARCH_URL",
        "",
        "trend index, https://user:password@host:port, several by commas; empty: embedded index",
    ),
    Setting("ELASTICSEARCH_API_KEY", "", "lets us in instead of user and password"),
    Setting("ELASTICSEARCH_CA_FILE", "", "certificate of the authority that signed the cluster's"),
    Setting("ELASTICSEARCH_NAME", "minsheng", "stands before all the city keeps in the cluster"),
    Setting("ELASTICSEARCH_SNIFF", "no", "yes: ask one node for the others; not through a proxy"),
    Setting(
        "MINSHENG_INDEX_MONTHS",
        "0",
        "months kept in the trend index, this one included; older are added up; 0: all",
    ),
    Setting("MINSHENG_ZONE", "Asia/Shanghai", "the city's time zone"),
    Setting("MINSHENG_DUTY_HOURS", "08:30-12:00,14:00-18:00", "when the office is on duty"),
    Setting("MINSHENG_HOST", "127.0.0.1", "address the web server listens on"),
    Setting("MINSHENG_PORT", "0", "port of the web server; 0: 8000, or a free one if it is taken"),
    Setting("MINSHENG_HTTPS", "no", "yes: cookies are sent over HTTPS only; behind a TLS proxy"),
    Setting("MINSHENG_THREADS", "8", "threads of a process of the web server"),
    Setting("MINSHENG_WORKERS", "2", "processes of the web server under gunicorn"),
    Setting("MINSHENG_LOG", "text", "text: log lines for people; json: one JSON object a line"),
    Setting(
        "MINSHENG_AUTOMATIC_DISPATCH",
        "all",
        "off, all, or first-level topics separated by commas that are assigned without a person",
    ),
    Setting(
        "MINSHENG_DISPATCH_CONFIDENCE", "0.87", "probability of the lead unit to assign at once"
    ),
    Setting(
        "MINSHENG_MENTION_CONFIDENCE",
        "0.8",
        "probability of the lead unit from which a public post that asks for something is a ticket",
    ),
    Setting("MINSHENG_SENTIMENT_ENGINE", "linear", "linear, or snownlp for the baseline"),
    Setting("MINSHENG_SMTP_URL", "", "smtp://user:password@host:port for mail; empty: no mail"),
    Setting("MINSHENG_SMTP_FROM", "", "sender address of mail"),
    Setting("MINSHENG_UPLOAD_MB", "200", "largest file that may be uploaded for an import, in MB"),
    Setting("MINSHENG_FILE_MB", "15", "largest file beside a message or an answer, in MB"),
    Setting("MINSHENG_FILES", "5", "most files of one message or answer"),
    Setting(
        "MINSHENG_SCAN_COMMAND",
        "",
        "virus scanner, run with the file's path as last argument; exit code 0 lets it in",
    ),
    Setting("MINSHENG_SMS_URL", "", "where text messages are posted, signed; empty: none are sent"),
    Setting("MINSHENG_SMS_SECRET", "", "signs what is posted there"),
    Setting("MINSHENG_CHAT_URL", "", "where messages in the office's chat are posted, signed"),
    Setting("MINSHENG_CHAT_SECRET", "", "signs what is posted there"),
    Setting("MINSHENG_OFFICE_MAIL", "", "where staff are told whose department has no address"),
    Setting("MINSHENG_QUIET_HOURS", "20:00-08:00", "staff are told of the urgent alone; or no"),
    Setting("MINSHENG_DIGEST_MINUTES", "60", "how long notices to one person are gathered"),
    Setting("MINSHENG_ADDRESS", "", "where citizens find the pages, https://…; for links in mails"),
    Setting("MINSHENG_HOTLINE", "12345", "telephone number shown to citizens"),
)
_DEFAULTS = {setting.variable: setting.default for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Settings:
    """See SETTINGS for what each field means. automatic_topics: None for all topics."""

    home: Path
    database_url: str
    elasticsearch_urls: tuple[str, ...]
    elasticsearch_api_key: str
    elasticsearch_ca_file: str
    elasticsearch_name: str
    elasticsearch_sniff: bool
    index_months: int
    zone: ZoneInfo
    duty_hours: DutyHours
    host: str
    port: int
    https: bool
    threads: int
    workers: int
    log: LogForm
    automatic_topics: frozenset[str] | None
    dispatch_confidence: float
    mention_confidence: float
    sentiment_engine: Literal["linear", "snownlp"]
    smtp_url: str
    smtp_from: str
    sms_url: str
    sms_secret: str
    chat_url: str
    chat_secret: str
    office_mail: str
    quiet_hours: QuietHours | None
    digest: timedelta
    hotline: str
    address: str
    upload_mb: int
    file_mb: int
    files: int
    scan_command: str

    @property
    def index_folder(self) -> Path:
        return self.home / "index"

    @property
    def key_file(self) -> Path:
        return self.home / "key"

    @property
    def uploads_folder(self) -> Path:
        return self.home / "uploads"

    @property
    def rejected_folder(self) -> Path:
        return self.home / "rejected"

    @property
    def attachments_folder(self) -> Path:
        return self.home / "attachments"

    @property
    def models_folder(self) -> Path:
        return self.home / "models"


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process. Raises Rejected("setting", variable) for a value that makes
    no sense."""

    def value(variable: str) -> str:
        return environment.get(variable, "").strip() or _DEFAULTS[variable]

    home = Path(value("MINSHENG_HOME")).resolve()
    return Settings(
        home=home,
        database_url=value("DATABASE_URL") or f"sqlite:///{home / 'records.sqlite'}",
        elasticsearch_urls=_urls("ELASTICSEARCH_URL", value("ELASTICSEARCH_URL")),
        elasticsearch_api_key=value("ELASTICSEARCH_API_KEY"),
        elasticsearch_ca_file=_file("ELASTICSEARCH_CA_FILE", value("ELASTICSEARCH_CA_FILE")),
        elasticsearch_name=_name("ELASTICSEARCH_NAME", value("ELASTICSEARCH_NAME")),
        elasticsearch_sniff=_yes("ELASTICSEARCH_SNIFF", value("ELASTICSEARCH_SNIFF")),
        index_months=int(_number("MINSHENG_INDEX_MONTHS", value("MINSHENG_INDEX_MONTHS"), 0, 1200)),
        zone=_zone(value("MINSHENG_ZONE")),
        duty_hours=_duty_hours(value("MINSHENG_DUTY_HOURS")),
        host=value("MINSHENG_HOST"),
        port=int(_number("MINSHENG_PORT", value("MINSHENG_PORT"), 0, 65535)),
        https=_yes("MINSHENG_HTTPS", value("MINSHENG_HTTPS")),
        threads=int(_number("MINSHENG_THREADS", value("MINSHENG_THREADS"), 1, 256)),
        workers=int(_number("MINSHENG_WORKERS", value("MINSHENG_WORKERS"), 1, 64)),
        log=_log(value("MINSHENG_LOG")),
        automatic_topics=_topics(value("MINSHENG_AUTOMATIC_DISPATCH")),
        dispatch_confidence=_number(
            "MINSHENG_DISPATCH_CONFIDENCE", value("MINSHENG_DISPATCH_CONFIDENCE"), 0, 1
        ),
        mention_confidence=_number(
            "MINSHENG_MENTION_CONFIDENCE", value("MINSHENG_MENTION_CONFIDENCE"), 0, 1
        ),
        sentiment_engine=_engine("MINSHENG_SENTIMENT_ENGINE", value("MINSHENG_SENTIMENT_ENGINE")),
        smtp_url=value("MINSHENG_SMTP_URL"),
        smtp_from=value("MINSHENG_SMTP_FROM"),
        sms_url=value("MINSHENG_SMS_URL"),
        sms_secret=value("MINSHENG_SMS_SECRET"),
        chat_url=value("MINSHENG_CHAT_URL"),
        chat_secret=value("MINSHENG_CHAT_SECRET"),
        office_mail=value("MINSHENG_OFFICE_MAIL"),
        quiet_hours=_quiet_hours(value("MINSHENG_QUIET_HOURS")),
        digest=_minutes("MINSHENG_DIGEST_MINUTES", value("MINSHENG_DIGEST_MINUTES")),
        hotline=value("MINSHENG_HOTLINE"),
        address=value("MINSHENG_ADDRESS").rstrip("/"),
        upload_mb=int(_number("MINSHENG_UPLOAD_MB", value("MINSHENG_UPLOAD_MB"), 1, 10_000)),
        file_mb=int(_number("MINSHENG_FILE_MB", value("MINSHENG_FILE_MB"), 1, 90)),
        files=int(_number("MINSHENG_FILES", value("MINSHENG_FILES"), 1, 20)),
        scan_command=value("MINSHENG_SCAN_COMMAND"),
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Rejected("setting", "MINSHENG_ZONE", value=name) from None


def _duty_hours(text: str) -> DutyHours:
    """08:30-12:00,14:00-18:00: spans in order, none across midnight."""
    try:
        spans = []
        for span in text.split(","):
            begin, end = span.split("-")
            spans.append((time.fromisoformat(begin.strip()), time.fromisoformat(end.strip())))
    except ValueError:
        raise Rejected("setting", "MINSHENG_DUTY_HOURS", value=text) from None
    moments = [moment for span in spans for moment in span]
    if any(first >= second for first, second in pairwise(moments)):
        raise Rejected("setting", "MINSHENG_DUTY_HOURS", value=text)
    return DutyHours(tuple(spans))


def _quiet_hours(text: str) -> QuietHours | None:
    """20:00-08:00, across midnight or not; no: None."""
    if text.lower() == "no":
        return None
    try:
        begin, end = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError:
        raise Rejected("setting", "MINSHENG_QUIET_HOURS", value=text) from None
    return QuietHours(begin, end)


def _number(variable: str, text: str, low: float, high: float) -> float:
    try:
        number = float(text)
    except ValueError:
        raise Rejected("setting", variable, value=text) from None
    if not low <= number <= high:
        raise Rejected("setting", variable, value=text)
    return number


def _minutes(variable: str, text: str) -> timedelta:
    return timedelta(minutes=_number(variable, text, 0, 24 * 60))


def _yes(variable: str, text: str) -> bool:
    return _one_of(variable, text.lower(), ("yes", "no")) == "yes"


def _urls(variable: str, text: str) -> tuple[str, ...]:
    urls = tuple(url.strip().rstrip("/") for url in text.split(",") if url.strip())
    if not all(re.fullmatch(r"https?://[^/\s]+", url) for url in urls):
        raise Rejected("setting", variable, value="…")  # not told: a password may stand in it
    return urls


def _file(variable: str, text: str) -> str:
    if text and not Path(text).is_file():
        raise Rejected("setting", variable, value=text)
    return text


def _name(variable: str, text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", text):
        raise Rejected("setting", variable, value=text)
    return text


def _one_of(variable: str, text: str, allowed: tuple[str, ...]) -> str:
    if text not in allowed:
        raise Rejected("setting", variable, value=text)
    return text


def _log(text: str) -> LogForm:
    return "json" if _one_of("MINSHENG_LOG", text, ("text", "json")) == "json" else "text"


def _engine(variable: str, text: str) -> Literal["linear", "snownlp"]:
    return "snownlp" if _one_of(variable, text, ("linear", "snownlp")) == "snownlp" else "linear"


def _topics(text: str) -> frozenset[str] | None:
    if text == "all":
        return None
    if text == "off":
        return frozenset()
    return frozenset(topic.strip() for topic in text.split(",") if topic.strip())
