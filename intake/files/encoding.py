"""Which encoding a text file is in: UTF-8, GB18030 or UTF-16."""

from __future__ import annotations

import codecs
import unicodedata
from pathlib import Path

from casework.errors import FileUnreadable

BROKEN = "minsheng-broken"
SAMPLE = 65_536
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NEVER_IN_TEXT = frozenset({"Cn", "Cc", "Co", "Cs"})


def _lone_surrogate(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\udcff", error.end


# Bytes that do not decode become lone surrogates, so that only their row is refused. Python's own
# "surrogateescape" does so too, but not for every pair of bytes of UTF-16.
codecs.register_error(BROKEN, _lone_surrogate)


def errors_for(encoding: str) -> str:
    """How bytes that do not decode become lone surrogates."""
    return BROKEN if encoding.startswith("utf-16") else "surrogateescape"


def find_encoding(file: Path) -> str:
    """UTF-8 or UTF-16 (with or without BOM), or GB18030.

    GB18030 decodes nearly anything, while Chinese text in GB18030 hardly ever decodes as UTF-8: a
    file with at least as many good non-ASCII lines as broken ones is UTF-8, and its broken lines
    are refused one by one. UTF-16 without a BOM is believed when only one order of bytes makes
    text. Raises FileUnreadable when the file cannot be opened.
    """
    good = broken = 0
    try:
        with file.open("rb") as stream:
            head = stream.read(SAMPLE)
            for mark, encoding in _MARKS:
                if head.startswith(mark):
                    return encoding
            if b"\0" in head and (encoding := _utf_16(head)):
                return encoding
            stream.seek(0)
            # In pieces, so that a file without line ends does not fill the memory.
            while line := stream.readline(SAMPLE):
                if line.isascii():
                    continue
                if _is_utf8(line):
                    good += 1
                else:
                    broken += 1
    except OSError as error:
        raise FileUnreadable("unreadable", file=file.name, detail=error.strerror) from error
    return "utf-8-sig" if good >= broken else "gb18030"


def _utf_16(head: bytes) -> str:
    """ "utf-16-le", "utf-16-be", or "" when not exactly one of them makes text."""
    readable = [name for name in ("utf-16-le", "utf-16-be") if _makes_text(head, name)]
    return readable[0] if len(readable) == 1 else ""


def _makes_text(head: bytes, encoding: str) -> bool:
    """Every character is assigned, and there are line ends, without which it is no table."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return False
    plain = text.replace("\r", "").replace("\n", "").replace("\t", "")
    if "\n" not in text:
        return False
    return all(unicodedata.category(sign) not in _NEVER_IN_TEXT for sign in plain)


def _is_utf8(line: bytes) -> bool:
    try:
        # A piece may end within a character.
        codecs.getincrementaldecoder("utf-8")().decode(line, final=line.endswith(b"\n"))
    except UnicodeDecodeError:
        return False
    return True
