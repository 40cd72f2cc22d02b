"""Nothing on the pages is left untranslated."""

from __future__ import annotations

import re

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.web.browser import HAN
from web.compile_translations import TRANSLATIONS

WEB = TRANSLATIONS.parent
CATALOGUE = TRANSLATIONS / "en" / "LC_MESSAGES" / "messages.po"
METHODS = [("static/**", "ignore"), ("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}
KEYWORDS = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None}
PLACEHOLDER = re.compile(r"%\(\w+\)s|</?b>")


def used() -> set[str]:
    found = set()
    for _, _, message, _, _ in extract_from_dir(
        str(WEB), METHODS, OPTIONS, keywords=KEYWORDS, strip_comment_tags=False
    ):
        found.add(message[0] if isinstance(message, tuple) else message)
    return found


def test_every_word_has_its_english_and_no_more() -> None:
    with CATALOGUE.open("rb") as stream:
        known = {
            message.id[0] if isinstance(message.id, tuple) else message.id: message.string
            for message in read_po(stream)
            if message.id
        }
    assert used() - set(known) == set()
    assert set(known) - used() == set()
    for key, english in known.items():
        for text in english if isinstance(english, tuple) else (english,):
            assert text.strip() or not key.strip(), key
            assert not HAN.search(text), key
            assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(key)), key
