"""One mail, read as well as it can be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.mail_words import own_words
from intake.read_mail import read_mail
from tests.intake.mails import LAMPS, mail, raw


def test_an_ordinary_mail() -> None:
    read = read_mail(mail(files=[("照片.jpg", b"\xff\xd8\xff...")], In_Reply_To="<a@b>"))
    assert (read.name, read.address, read.subject) == ("周某", "zhou@example.org", "路灯不亮")
    assert (read.text, read.automatic, read.mail_id) == (LAMPS, "", "<one@example.org>")
    assert read.answers == ("<a@b>",)
    assert read.files == (("照片.jpg", b"\xff\xd8\xff..."),)


def test_html_alone_is_read_as_text() -> None:
    html = "<style>p{}</style><p>路灯<b>不亮</b></p><script>alert(1)</script><p>四盏&amp;更多</p>"
    message = raw(
        "From: a@b.example\nSubject: x\nContent-Type: text/html; charset=utf-8", html.encode()
    )
    assert read_mail(message).text == "路灯不亮\n四盏&更多"


@pytest.mark.parametrize(
    ("charset", "encoded"),
    [
        ("gb2312", LAMPS.encode("gb18030")),
        ("utf-8", LAMPS.encode("gb18030")),
        ("klingon", LAMPS.encode()),
        ("", LAMPS.encode("gb18030")),
    ],
)
def test_charsets_that_are_wrong_or_unknown(charset: str, encoded: bytes) -> None:
    kind = f"Content-Type: text/plain; charset={charset}" if charset else "X-None: 1"
    read = read_mail(raw(f"From: a@b.example\n{kind}\nContent-Transfer-Encoding: 8bit", encoded))
    assert read.text == LAMPS


@pytest.mark.parametrize(
    "headers",
    [
        "From: =?utf-8?B?5ZGo?= <zhou@example.org>\nSubject: =?gbk?Q?=C2?=",
        "From: zhou@example.org\nSubject: "
        + "路灯".encode("gb18030").decode("utf-8", "surrogateescape"),
        "From: zhou@example.org\nContent-Type: multipart/mixed; boundary=",
        'From: zhou@example.org\nContent-Type: text/plain; charset="\nDate: never',
        "From: zhou@example.org\nMessage-ID: broken\nIn-Reply-To: also broken <",
        "From: zhou@example.org\nContent-Disposition: attachment; filename*=utf-8'x",
        "From: zhou@example.org\nno colon here\nSubject: x",
        "From: zhou@example.org\nContent-Transfer-Encoding: base64\nSubject: x",
    ],
)
def test_broken_headers_do_not_lose_the_writer(headers: str) -> None:
    assert read_mail(raw(headers)).address == "zhou@example.org"


def test_a_subject_in_raw_bytes_is_read() -> None:
    bare = "路灯不亮".encode("gb18030").decode("utf-8", "surrogateescape")
    assert read_mail(raw(f"From: a@b.example\nSubject: {bare}")).subject == "路灯不亮"


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Auto_Submitted": "auto-replied"}, "automatic"),
        ({"Auto_Submitted": "no"}, ""),
        ({"Precedence": "bulk"}, "automatic"),
        ({"X_Autoreply": "yes"}, "automatic"),
        ({"List_Id": "<news.example.org>"}, "automatic"),
        ({"Return_Path": "<>"}, "bounce"),
        ({"Return_Path": "<zhou@example.org>"}, ""),
        ({"From": "MAILER-DAEMON@example.org"}, "automatic"),
        ({"From": "Box@City.example"}, "own"),
    ],
)
def test_what_machines_send(headers: dict[str, str], why: str) -> None:
    assert read_mail(mail(**headers), "box@city.example").automatic == why


def test_the_same_mail_twice_is_known_and_another_of_the_same_id_is_not() -> None:
    first = read_mail(mail())
    assert read_mail(b"Received: by another\r\n" + mail()).reference == first.reference
    assert read_mail(mail("再说一件事")).reference != first.reference
    no_id = read_mail(mail(Message_ID=""))
    assert no_id.mail_id == ""
    assert no_id.reference != read_mail(mail(Message_ID="", Subject="x")).reference


@pytest.mark.parametrize(
    "quote",
    [
        "------------------ 原始邮件 ------------------\n发件人: box",
        "-----Original Message-----\nFrom: box",
        "On Fri, 20 Nov 2026 at 14:00, box wrote:\n> 旧的",
        "在 2026年11月20日 14:00，box 写道：\n> 旧的",
        "发件人：box\n发送时间：2026年11月20日\n旧的",
    ],
)
def test_what_is_quoted_is_left_out(quote: str) -> None:
    assert own_words(f"还是没有修。\n{quote}") == "还是没有修。"


def test_words_that_only_look_like_a_quote_stay() -> None:
    text = "发件人：就是我\n路灯不亮\n在路口等到十点，他们写道路施工"
    assert own_words(text) == text
    assert own_words("> 只有引文") == "> 只有引文"


@given(st.binary(max_size=400))
def test_nothing_a_stranger_sends_raises(data: bytes) -> None:
    read_mail(data)
    read_mail(b"Subject: x\r\nFrom: " + data)
    read_mail(
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" + data
    )
