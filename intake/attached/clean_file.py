"""What is left of a file once it is cleaned, and which kinds there are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that is taken. ending: what its name ends in, so that it opens at home.
    endings: what it may end in as well."""

    media_type: str
    ending: str
    endings: tuple[str, ...] = ()

    def named(self, name: str) -> str:
        """The name with an ending that is true of its content."""
        return name if name.lower().endswith((self.ending, *self.endings)) else name + self.ending


JPEG = Kind("image/jpeg", ".jpg", (".jpeg",))
PNG = Kind("image/png", ".png")
WEBP = Kind("image/webp", ".webp")
PDF = Kind("application/pdf", ".pdf")
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = Kind(_OFFICE + "wordprocessingml.document", ".docx")
XLSX = Kind(_OFFICE + "spreadsheetml.sheet", ".xlsx")
TEXT = Kind("text/plain", ".txt")

PHOTOGRAPHS = (JPEG, PNG, WEBP)
EVERY_KIND = (*PHOTOGRAPHS, PDF, DOCX, XLSX, TEXT)


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file written anew, without what it said about its maker."""

    kind: Kind
    data: bytes
