"""What the writer of a mail wrote anew, without what the program quoted for them."""

from __future__ import annotations

import re

_QUOTE_BEGINS = re.compile(
    r"""^(?:
        -{2,}\s*(?:original\ message|原始邮件|forwarded\ message|转发邮件).*
      | on\ .{5,200}\ wrote:
      | 在\s?.{5,200}(?:写道|写到)\s?[:：]
      | .{0,120}于.{5,80}写道\s?[:：]
      | _{10,}
      | (?:from|发件人)\s?[:：].{1,200}
    )$""",
    re.VERBOSE | re.IGNORECASE,
)
_HEADER_FOLLOWS = re.compile(r"^(?:sent|date|to|发送时间|日期|收件人|时间)\s?[:：]", re.IGNORECASE)
_FROM = re.compile(r"^(?:from|发件人)\s?[:：]", re.IGNORECASE)


def own_words(text: str) -> str:
    """The text up to where an older mail is quoted, without quoted lines; the whole text when
    nothing else would be left."""
    lines = text.split("\n")
    kept: list[str] = []
    for number, line in enumerate(lines):
        if _begins_quote(line.strip(), lines[number + 1 : number + 4]):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line)
    return "\n".join(kept).strip() or text.strip()


def _begins_quote(line: str, following: list[str]) -> bool:
    if len(line) > 300 or not _QUOTE_BEGINS.match(line):
        return False
    # "From: the shop on the corner" may be how somebody begins to tell: only a block is a quote.
    return not _FROM.match(line) or any(_HEADER_FOLLOWS.match(each.strip()) for each in following)
