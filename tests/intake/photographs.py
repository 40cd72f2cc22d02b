"""Photographs as cameras write them: with place, time, device and comments."""

from __future__ import annotations

from io import BytesIO

from PIL import Image
from PIL.PngImagePlugin import PngInfo

GPS = {1: "N", 2: (30.0, 15.0, 1.5), 3: "E", 4: (120.0, 9.0, 2.5)}


def photograph(
    form: str = "JPEG",
    size: tuple[int, int] = (60, 40),
    orientation: int = 1,
    colour: tuple[int, int, int] = (0, 60, 160),
) -> bytes:
    """A picture with a red corner at its upper left."""
    image = Image.new("RGB", size, colour)
    image.paste((255, 0, 0), (0, 0, 12, 12))
    exif = image.getexif()
    exif[0x010F] = "SecretCamera"
    exif[0x0112] = orientation
    exif[0x0132] = "2026:11:20 23:10:00"
    exif[0x8825] = GPS
    out = BytesIO()
    if form == "PNG":
        text = PngInfo()
        text.add_text("Comment", "secret comment")
        image.save(out, form, exif=exif, pnginfo=text)
    elif form == "JPEG":
        image.save(out, form, exif=exif, comment=b"secret comment", quality=95)
    else:
        image.save(out, form, exif=exif, xmp=b"<x>secret comment</x>", quality=95)
    return out.getvalue()
