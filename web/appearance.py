"""Language, theme and size of letters: kept in cookies, chosen by plain links."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Response, current_app, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

ONE_YEAR = 365 * 24 * 3600
CHOICES = {"lang": ("zh-CN", "en"), "theme": ("light", "dark"), "size": ("normal", "elder")}
LOCALES = {"zh-CN": "zh_CN", "en": "en"}


@dataclass(frozen=True, slots=True)
class Appearance:
    """How a page is to look. lang: "zh-CN" or "en"."""

    lang: str
    theme: str
    size: str

    @property
    def other_lang(self) -> str:
        return "en" if self.lang == "zh-CN" else "zh-CN"

    @property
    def other_theme(self) -> str:
        return "light" if self.theme == "dark" else "dark"

    @property
    def other_size(self) -> str:
        return "normal" if self.size == "elder" else "elder"


def appearance() -> Appearance:
    """What the cookies of this request ask for; the first choice when they ask for nothing."""
    if "appearance" not in g:
        chosen = {}
        for name, allowed in CHOICES.items():
            value = request.cookies.get(f"ms-{name}", "")
            chosen[name] = value if value in allowed else allowed[0]
        g.appearance = Appearance(**chosen)
    found: Appearance = g.appearance
    return found


def language() -> str:
    """ "zh" or "en"."""
    return appearance().lang[:2]


def locale() -> str:
    """The locale of this request, for Babel."""
    return LOCALES[appearance().lang]


def choose() -> BaseResponse:
    """Set the cookies that the address asks for and go back to where the link stood."""
    response: Response = redirect(own_path(request.args.get("next", "")), 303)  # type: ignore[assignment]  # Flask's own class
    for name, allowed in CHOICES.items():
        value = request.args.get(name, "")
        if value in allowed:
            response.set_cookie(
                f"ms-{name}",
                value,
                max_age=ONE_YEAR,
                secure=current_app.config["SESSION_COOKIE_SECURE"],
                httponly=True,
                samesite="Lax",
            )
    return response


def own_path(target: str, otherwise: str = "/") -> str:
    """The target when it is a path of this site, else `otherwise`: nobody is sent elsewhere."""
    parts = urlsplit(target.replace("\\", "/"))
    plain = target.isprintable() and not any(sign in target for sign in ("\\", "//"))
    if parts.scheme or parts.netloc or not plain or not target.startswith("/"):
        return otherwise
    return target
