"""A browser without a window: fetches pages, checks each of them, fills in forms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask

HTML = "{http://www.w3.org/1999/xhtml}"
FIELDS = ("input", "select", "textarea")
NO_LABEL = {"hidden", "submit", "button"}
HAN = re.compile(r"[一-鿿]")


@dataclass(frozen=True)
class Page:
    """A fetched page, parsed. Making one checks it."""

    status: int
    headers: Any
    text: str
    tree: Element

    def all(self, tag: str) -> list[Element]:
        return list(self.tree.iter(HTML + tag))

    def words(self) -> str:
        """What a reader reads, in one line."""
        body = self.tree.find(f"{HTML}body")
        assert body is not None
        return re.sub(r"\s+", " ", "".join(body.itertext()))

    def field(self, name: str) -> str:
        """The value of a hidden field or input."""
        for element in self.all("input"):
            if element.get("name") == name:
                return element.get("value", "")
        raise AssertionError(f"no field {name}")


def parse(text: str) -> Element:
    """Parsed by the rules of HTML; anything a browser would have to guess is an error."""
    tree: Element = html5lib.HTMLParser(strict=True).parse(text)
    return tree


class Browser:
    """Keeps cookies between requests, as a browser does."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def choose(self, **appearance: str) -> None:
        for name, value in appearance.items():
            self.client.set_cookie(f"ms-{name}", value)

    def get(self, path: str, status: int = 200) -> Page:
        """Fetch a page and check it."""
        return checked(self.client.get(path), status)

    def token(self, path: str = "/progress") -> str:
        """The token of a page with a form; the page itself is checked by those who get it."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.client.get(path).text)
        assert found is not None, f"no token on {path}"
        return found[1]

    def send(self, path: str, fields: dict[str, Any] | None = None) -> Any:
        """Send a form and return the answer as it is."""
        data = {"csrf_token": self.token("/progress"), **(fields or {})}
        return self.client.post(path, data=data)

    def post(self, path: str, fields: dict[str, Any] | None = None, status: int = 200) -> Page:
        """Send a form and check the page that answers."""
        return checked(self.send(path, fields), status)


def checked(response: Any, status: int) -> Page:
    text = response.get_data(as_text=True)
    assert response.status_code == status, (response.status_code, text[:3000])
    assert response.mimetype == "text/html"
    page = Page(response.status_code, response.headers, text, parse(text))
    check(page)
    return page


def check(page: Page) -> None:
    """What every page promises."""
    titles = page.all("title")
    assert len(titles) == 1
    assert (titles[0].text or "").strip(" ·")
    assert len(page.all("h1")) == 1, "one h1"
    root = page.tree
    language = root.get("lang")
    assert language in ("zh-CN", "en")
    ids = [e.get("id") for e in page.tree.iter() if e.get("id")]
    assert len(ids) == len(set(ids)), f"ids twice: {sorted(i for i in ids if ids.count(i) > 1)}"
    _check_policy(page)
    _check_labels(page)
    _check_references(page, set(ids))
    _check_headers(page)
    if language == "en":
        left = chinese_left(root)
        assert not left, f"not translated: {left}"


def _check_policy(page: Page) -> None:
    for element in page.tree.iter():
        for name, value in element.attrib.items():
            assert name != "style", f"style attribute on {element.tag}"
            assert not name.startswith("on"), f"{name} on {element.tag}"
            if name in ("src", "href", "action", "formaction", "poster"):
                assert not re.match(r"(?i)\s*(https?:)?//", value), f"another host: {value}"
                assert not value.lower().startswith("javascript:")
    assert not page.all("style"), "inline styles"
    for script in page.all("script"):
        assert script.get("src"), "inline script"
        assert not (script.text or "").strip()


def _check_labels(page: Page) -> None:
    labelled = {label.get("for") for label in page.all("label")}
    inside = {field for label in page.all("label") for field in label.iter()}
    for tag in FIELDS:
        for field in page.all(tag):
            if field.get("type") in NO_LABEL:
                continue
            named = field.get("aria-label") or field.get("id") in labelled or field in inside
            assert named, f"no label: {tag} {field.get('name')}"


def _check_references(page: Page, ids: set[Any]) -> None:
    for element in page.tree.iter():
        for name in ("for", "aria-describedby", "aria-labelledby", "form"):
            for reference in (element.get(name) or "").split():
                assert reference in ids, f"{name}={reference} leads nowhere"
        href = element.get("href", "")
        if element.tag == HTML + "a" and href.startswith("#") and len(href) > 1:
            assert href[1:] in ids, f"{href} leads nowhere"


def _check_headers(page: Page) -> None:
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "no-" in page.headers["Cache-Control"]


def chinese_left(element: Element) -> list[str]:
    """Chinese words outside of what is marked as Chinese: names and citizens' own words."""
    found = []
    if element.get("lang", "").startswith("zh"):
        return found
    for name in ("placeholder", "aria-label", "title", "alt", "content"):
        if HAN.search(element.get(name, "")):
            found.append(element.get(name, ""))
    if element.text and HAN.search(element.text):
        found.append(element.text.strip())
    for child in element:
        found += chinese_left(child)
        if child.tail and HAN.search(child.tail):
            found.append(child.tail.strip())
    return found
