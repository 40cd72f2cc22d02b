"""Strangers' files: found by content, written anew, refused when they act or are too much."""

from __future__ import annotations

import stat
import time
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from casework.errors import RecordsUnavailable, Rejected
from intake.attached.apart import clean_apart
from intake.attached.clean_file import PHOTOGRAPHS
from intake.attached.content import clean
from intake.attached.photograph import LONGEST_SIDE
from intake.attached.take_file import FileRules, take_file
from tests.intake.photographs import photograph

SECRETS = (b"SecretCamera", b"secret comment", b"Exif", b"2026:11:20")


def reason(data: bytes) -> str:
    with pytest.raises(Rejected) as caught:
        clean(data)
    return caught.value.reason


def rules(folder: Path, **changes: Any) -> FileRules:
    return FileRules(
        **{"folder": folder, "largest_mb": 1, "most": 5, "scan_command": "", **changes}
    )


# Photographs


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_of_a_photograph_only_the_picture_is_left(form: str) -> None:
    sent = photograph(form)
    for secret in SECRETS[:1]:
        assert secret in sent
    done = clean(sent)
    assert not any(secret in done.data for secret in SECRETS)
    left = Image.open(BytesIO(done.data))
    assert not left.getexif()
    assert not {"exif", "xmp", "comment", "icc_profile", "XML:com.adobe.xmp"} & left.info.keys()
    assert left.format == form
    assert done.kind in PHOTOGRAPHS


def test_a_photograph_taken_upright_stays_upright() -> None:
    done = Image.open(BytesIO(clean(photograph("JPEG", orientation=6)).data))
    assert done.size == (40, 60), "the camera was held on its side"
    red, _, blue = done.convert("RGB").getpixel((37, 3))  # type: ignore[misc]
    assert red > 200 > blue, "the red corner has turned with it"


def test_a_large_photograph_is_made_smaller() -> None:
    done = Image.open(BytesIO(clean(photograph("JPEG", size=(9000, 6000))).data))
    assert max(done.size) == LONGEST_SIDE


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_sort_of_picture_is_read(mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (20, 10)).save(out, "PNG")
    assert Image.open(BytesIO(clean(out.getvalue()).data)).size == (20, 10)


def test_a_picture_for_the_press_is_read() -> None:
    out = BytesIO()
    Image.new("CMYK", (20, 10)).save(out, "JPEG")
    assert Image.open(BytesIO(clean(out.getvalue()).data)).mode == "RGB"


def png_of(width: int, height: int) -> bytes:
    """A picture of a few bytes that says it is large."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    pixels = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def test_a_picture_that_would_fill_the_memory_is_refused_unopened() -> None:
    assert reason(png_of(60_000, 60_000)) == "file_pixels"


def test_a_page_hidden_behind_a_picture_is_gone() -> None:
    done = clean(photograph("JPEG") + b"<html><script>alert(1)</script></html>")
    assert b"script" not in done.data
    assert clean_apart(photograph("PNG") + zip_of({"a": b"1"})).data.count(b"PK\x03\x04") == 0


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_cut_off_is_refused(form: str) -> None:
    sent = photograph(form, size=(600, 400))
    assert reason(sent[: len(sent) // 2]) == "file_damaged"
    assert reason(sent[:12]) == "file_damaged"


# PDF


def script() -> DictionaryObject:
    return DictionaryObject(
        {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject("app.alert(1)"),
        }
    )


def note(subtype: str, **entries: PdfObject) -> DictionaryObject:
    made = DictionaryObject({NameObject("/Subtype"): NameObject(subtype)})
    made[NameObject("/Rect")] = ArrayObject([NumberObject(0)] * 4)
    for name, value in entries.items():
        made[NameObject(f"/{name}")] = value
    return made


def pdf(password: str = "", pages: int = 1) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        page = writer.add_blank_page(100, 100)
    launch = DictionaryObject(
        {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")}
    )
    web = DictionaryObject(
        {
            NameObject("/S"): NameObject("/URI"),
            NameObject("/URI"): TextStringObject("https://example.org"),
            NameObject("/Next"): script(),
        }
    )
    notes = [
        note("/Link", A=launch),
        note("/Link", A=web),
        note("/FileAttachment", FS=DictionaryObject()),
        note("/Widget", A=script(), AA=DictionaryObject({NameObject("/K"): script()})),
    ]
    page[NameObject("/Annots")] = ArrayObject([writer._add_object(each) for each in notes])
    page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): script()})
    writer.root_object[NameObject("/OpenAction")] = script()
    writer.add_metadata({"/Author": "SecretAuthor"})
    writer.add_attachment("worm.exe", b"MZ worm")
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


ACTING = (b"JavaScript", b"/JS", b"Launch", b"/AA", b"OpenAction", b"worm", b"SecretAuthor")


def test_of_a_pdf_only_its_pages_are_left_and_nothing_on_them_acts() -> None:
    sent = pdf()
    assert all(word in sent for word in ACTING)
    done = clean(sent)
    assert not [word for word in ACTING if word in done.data]
    (page,) = PdfReader(BytesIO(done.data)).pages
    notes = [each.get_object() for each in page["/Annots"]]  # type: ignore[attr-defined]
    assert [each["/Subtype"] for each in notes] == ["/Link", "/Link", "/Widget"]
    assert [each.get("/A", {}).get("/S") for each in notes] == [None, "/URI", None]


def test_a_pdf_with_a_password_or_too_many_pages_or_cut_off_is_refused() -> None:
    assert reason(pdf(password="x")) == "file_protected"
    assert reason(pdf(pages=501)) == "file_bomb"
    assert reason(b"%PDF-1.7\nnothing") == "file_damaged"


def test_what_follows_the_end_of_a_pdf_is_gone() -> None:
    assert b"PK\x03\x04" not in clean(pdf() + zip_of({"a": b"1"})).data


# DOCX, XLSX

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
CORE = b"<cp:coreProperties xmlns:cp='x'><creator>SecretAuthor</creator></cp:coreProperties>"
RELS = "<Relationships><Relationship TargetMode='External' Target='http://a/b' Type='x/{}'/></Relationships>"


def zip_of(parts: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def docx(types: str = WORD, **parts: bytes) -> bytes:
    usual = {
        "[Content_Types].xml": f"<Types><Override ContentType='{types}'/></Types>".encode(),
        "word/document.xml": "<document>路灯已修好</document>".encode(),
        "docProps/core.xml": CORE,
        "docProps/app.xml": b"<Properties><Company>SecretCompany</Company></Properties>",
        "word/media/image1.jpeg": photograph("JPEG"),
    }
    return zip_of({**usual, **parts})


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_of_a_document_the_words_are_left_and_not_who_wrote_them() -> None:
    done = clean(docx())
    parts = parts_of(done.data)
    assert "路灯已修好" in parts["word/document.xml"].decode()
    assert not any(b"Secret" in content for content in parts.values())
    assert done.kind.ending == ".docx"


def test_a_real_workbook_still_opens() -> None:
    book, out = Workbook(), BytesIO()
    book.properties.creator = "SecretAuthor"
    book.active["A1"] = "路灯"  # type: ignore[index]
    book.save(out)
    from openpyxl import load_workbook

    done = clean(out.getvalue())
    opened = load_workbook(BytesIO(done.data))
    assert opened.active["A1"].value == "路灯"  # type: ignore[index]
    assert opened.properties.creator != "SecretAuthor"
    assert done.kind.ending == ".xlsx"


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (lambda: docx("application/vnd.ms-word.document.macroEnabled.main+xml"), "file_macros"),
        (lambda: docx(**{"word/vbaProject.bin": b"x"}), "file_macros"),
        (lambda: docx(**{"word/embeddings/oleObject1.bin": b"x"}), "file_macros"),
        (lambda: docx(**{"word/_rels/a.rels": RELS.format("attachedTemplate").encode()}), "file_outside"),
        (lambda: docx(**{"word/_rels/a.rels": b"<!DOCTYPE a><a/>"}), "file_damaged"),
        (lambda: docx(**{"word/media/a.png": photograph("JPEG")}), "file_damaged"),
        (lambda: docx(**{"WORD/document.xml": b"other"}), "file_damaged"),
        (lambda: docx(**{"word/zeros": b"\0" * 210 * 1024**2}), "file_bomb"),
        (lambda: docx("application/zip"), "file_type"),
        (lambda: zip_of({"a.txt": b"1"}), "file_type"),
        (lambda: docx()[:-30], "file_damaged"),
    ],
)  # fmt: skip
def test_a_document_that_acts_fetches_or_lies_is_refused(
    sent: Callable[[], bytes], why: str
) -> None:
    assert reason(sent()) == why


def test_a_link_to_press_may_lead_out_of_a_document() -> None:
    clean(docx(**{"word/_rels/a.rels": RELS.format("hyperlink").encode()}))


def test_an_old_or_protected_office_file_is_no_file_we_take() -> None:
    assert reason(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600) == "file_type"


# Text and the rest


def test_text_is_left_as_it_is() -> None:
    for sent in ("路灯\r\n已修好\t。".encode(), "路灯已修好".encode("gb18030"), b"\xef\xbb\xbfabc"):
        assert clean(sent).data == sent


@pytest.mark.parametrize(
    "sent",
    [
        b"<html><script>alert(1)</script></html>",
        b"\n <?xml version='1.0'?><svg/>",
        b"MZ\x90\0\x03",
        b"GIF89a\x01\0\x01\0\0\0\0;",
        b"abc\x1b[2Jdef",
        bytes(range(256)),
    ],
)
def test_anything_else_is_refused_by_content(sent: bytes) -> None:
    assert reason(sent) == "file_type"


def test_heic_is_refused_with_words_of_its_own() -> None:
    assert reason(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic") == "file_heic"


# Taking a file


def test_a_file_is_kept_under_its_digest_with_a_harmless_true_name(tmp_path: Path) -> None:
    kept = take_file(rules(tmp_path), "..\\../夜里\u202e的\x00照片.exe", photograph("JPEG"))
    assert kept.name == "夜里的照片.exe.jpg"
    assert kept.media_type == "image/jpeg"
    (file,) = tmp_path.glob("*/*")
    assert file.name == kept.digest
    again = take_file(rules(tmp_path), "another.jpg", photograph("JPEG"))
    assert again.digest == kept.digest
    assert list(tmp_path.glob("*/*")) == [file], "the same file twice is kept once"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "file_empty"),
        (b"x" * (1024**2 + 1), "file_too_large"),
        (b"only words", "file_no_photograph"),
        (b"%PDF-1.7 that nobody reads", "file_no_photograph"),
    ],
)
def test_a_file_that_is_not_taken_is_named(tmp_path: Path, data: bytes, why: str) -> None:
    with pytest.raises(Rejected) as caught:
        take_file(rules(tmp_path), "a/b.jpg", data, photographs_only=True)
    assert (caught.value.reason, caught.value.values["name"]) == (why, "b.jpg")
    assert list(tmp_path.iterdir()) == []


def scanner(folder: Path, lines: str) -> str:
    script = folder / "scanner"
    script.write_text(f"#!/bin/sh\n{lines}\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return str(script)


def test_the_scanner_sees_the_file_as_sent_and_has_the_last_word(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    command = scanner(tmp_path, f'cp "$2" {tmp_path}/seen; ! grep -q EICAR "$2"')
    sent = photograph("JPEG")
    take_file(rules(folder, scan_command=f"{command} --quiet"), "a.jpg", sent)
    assert (tmp_path / "seen").read_bytes() == sent
    with pytest.raises(Rejected, match="file_unsafe"):
        take_file(rules(folder, scan_command=f"{command} --quiet"), "a.txt", b"EICAR")
    with pytest.raises(Rejected, match="file_unscanned"):
        take_file(rules(folder, scan_command="/no/such/scanner"), "a.jpg", sent)
    assert len(list(folder.glob("*/*"))) == 1


def test_a_scanner_that_does_not_end_lets_nothing_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.attached.scan.MOST_SECONDS", 0.2)
    command = scanner(tmp_path, "exec sleep 30")
    began = time.monotonic()
    with pytest.raises(Rejected, match="file_unscanned"):
        take_file(rules(tmp_path, scan_command=command), "a.txt", b"words")
    assert time.monotonic() - began < 20


def test_the_reader_has_no_secrets_and_its_death_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.attached.apart.MOST_BYTES", 10)
    with pytest.raises(Rejected, match="file_damaged"):
        clean_apart(b"words that are longer than ten bytes")
    monkeypatch.undo()
    monkeypatch.setattr("intake.attached.apart.MOST_SECONDS", 0.001)
    with pytest.raises(Rejected, match="file_damaged"):
        clean_apart(b"words")


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(RecordsUnavailable):
        take_file(rules(tmp_path / "file"), "a.txt", b"words")
