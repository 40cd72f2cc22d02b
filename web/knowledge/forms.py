"""Articles and phrases as their forms hold them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from werkzeug.datastructures import MultiDict

from casework.errors import Rejected
from casework.storage.knowledge import Article, ArticleDraft
from casework.storage.phrases import CALL, Phrase
from classifier.segmentation import search_words
from web.typed import typed


@dataclass(frozen=True, slots=True)
class ArticleForm:
    """valid_until: as typed, YYYY-MM-DD or ""."""

    owner: str
    title: str
    body: str
    topic: str
    valid_until: str
    version: int

    def draft(self) -> ArticleDraft:
        """What the records take. Raises Rejected for a day that is none."""
        try:
            until = date.fromisoformat(self.valid_until) if self.valid_until else None
        except ValueError:
            raise Rejected("day", "valid_until") from None
        cut = search_words(f"{self.title}\n{self.body}")
        return ArticleDraft(self.owner, self.title, self.body, self.topic, until, cut)


def new_form(owner: str) -> ArticleForm:
    """An empty article of a department."""
    return ArticleForm(owner, "", "", "", "", 0)


def form_of(article: Article) -> ArticleForm:
    """An article to be changed."""
    until = article.valid_until.isoformat() if article.valid_until else ""
    return ArticleForm(
        article.owner, article.title, article.body, article.topic, until, article.version
    )


def read_article_form(sent: MultiDict[str, str]) -> ArticleForm:
    """The form as sent."""
    return ArticleForm(
        owner=sent.get("owner", ""),
        title=typed(sent.get("title", "")),
        body=typed(sent.get("body", "")),
        topic=typed(sent.get("topic", ""))[:100],
        valid_until=sent.get("valid_until", "").strip(),
        version=sent.get("version", 0, type=int),
    )


def read_phrase(sent: MultiDict[str, str]) -> Phrase:
    """A phrase as sent; without an id that makes sense a new one."""
    try:
        phrase_id = UUID(hex=sent.get("id", ""))
    except ValueError:
        phrase_id = None
    return Phrase(
        department=sent.get("department", ""),
        place=sent.get("place", CALL),
        state=sent.get("state", ""),
        title=typed(sent.get("title", "")),
        text=typed(sent.get("text", "")),
        id=phrase_id,
    )
