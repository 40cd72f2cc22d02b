"""Plain text: nothing but signs that are read."""

from __future__ import annotations

import unicodedata

from casework.errors import Rejected
from intake.attached.clean_file import TEXT, CleanFile

_MARKUP = ("<!", "<html", "<svg", "<?", "<script", "<head", "<body", "{\\rtf")
_LAYOUT = "\t\n\r\f"
_NO_SIGNS = frozenset({"Cc", "Cn", "Co", "Cs"})


def clean_text(data: bytes) -> CleanFile:
    """The text as it is. Raises Rejected("file_type") for anything that is not read by people."""
    text = _decoded(data)
    if text.lstrip("\ufeff \t\r\n").lower().startswith(_MARKUP):
        raise Rejected("file_type")
    for sign in set(text):
        if sign not in _LAYOUT and unicodedata.category(sign) in _NO_SIGNS:
            raise Rejected("file_type")
    return CleanFile(TEXT, data)


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Rejected("file_type")
