"""Mails as they arrive, whole and broken."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

LAMPS = "望湖区松涛路从路口到学校这一段有四盏路灯不亮，晚上孩子走路很危险，请尽快维修。"


def mail(body: str = LAMPS, html: str = "", files: Any = (), **headers: str) -> bytes:
    """A mail; headers with _ for -, an empty one is left out."""
    message = EmailMessage()
    usual = {
        "From": "周某 <zhou@example.org>",
        "To": "box@city.example",
        "Subject": "路灯不亮",
        "Message-ID": "<one@example.org>",
        "Date": "Fri, 20 Nov 2026 14:00:00 +0800",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in usual.items():
        if value:
            message[name] = value
    message.set_content(body)
    if html:
        message.add_alternative(html, subtype="html")
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def raw(headers: str, body: bytes = LAMPS.encode()) -> bytes:
    """A mail byte by byte, however broken."""
    return headers.replace("\n", "\r\n").encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body
