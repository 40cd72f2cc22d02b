"""Refusing XML that declares a document type, before anything else reads it.

Entities are the way to make a small document large or to have it fetch files, and they can only be
declared in a document type, which stands before the first element. No workbook has one, and no
feed needs one.
"""

from __future__ import annotations

from typing import IO
from xml.parsers import expat

from casework.errors import FileUnreadable

CHUNK = 4096
LONGEST_PROLOG = 65_536


class _Begun(Exception):
    """The first element has come."""


def check_prolog(stream: IO[bytes], name: str) -> None:
    """Read up to the first element. Raises FileUnreadable("doctype" | "xml"); detail says why."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = _begun
    parser.StartDoctypeDeclHandler = _doctype
    read = 0
    try:
        while read < LONGEST_PROLOG and (chunk := stream.read(CHUNK)):
            read += len(chunk)
            parser.Parse(chunk)
        parser.Parse(b"", True)
    except _Begun:
        return
    except expat.ExpatError as error:
        raise FileUnreadable("xml", file=name, detail=str(error)) from error
    raise FileUnreadable("xml", file=name, detail="no element")


def _begun(_name: str, _attributes: object) -> None:
    raise _Begun


def _doctype(name: str, *_rest: object) -> None:
    raise FileUnreadable("doctype", file=name)
