"""Photographs, drawn anew: what the camera wrote beside the picture (place, time, device, comments,
preview pictures) and whatever else was hidden in the file is not in the new one."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageCms, ImageOps

from casework.errors import Rejected
from intake.attached.clean_file import JPEG, PNG, WEBP, CleanFile

MOST_PIXELS = 60_000_000
"""More than the camera of a telephone takes in its usual way; asked before anything is unpacked."""
LONGEST_SIDE = 4096
"""A larger picture is made smaller: a sheet of paper is still read on it."""
QUALITY = 88
_KINDS = {"JPEG": JPEG, "MPO": JPEG, "PNG": PNG, "WEBP": WEBP}
_FORMATS = ("JPEG", "PNG", "WEBP")
_THROUGH = frozenset({"RGBA", "LA", "PA", "La", "RGBa"})

Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and refused in our words


def clean_photograph(data: bytes) -> CleanFile:
    """The picture alone, upright. Raises Rejected("file_pixels") for one with too many pixels, and
    whatever Pillow raises for a damaged one. Of a moving picture the first is kept."""
    with Image.open(BytesIO(data), formats=_FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise Rejected("file_pixels", limit=MOST_PIXELS // 1_000_000)
        kind = _KINDS[str(image.format)]
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is unpacked smaller
        upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain = _usual_colours(upright)
    fresh = Image.new(plain.mode, plain.size)  # nothing but pixels goes over
    fresh.paste(plain)
    out = BytesIO()
    fresh.save(out, {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}[kind], quality=QUALITY)
    return CleanFile(kind, out.getvalue())


def _usual_colours(image: Image.Image) -> Image.Image:
    """In sRGB: the profile that said otherwise is left behind, as it names the device."""
    clear = image.mode in _THROUGH or "transparency" in image.info
    mode = "RGBA" if clear and image.format not in ("JPEG", "MPO") else "RGB"
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA"):
        try:
            into = ImageCms.createProfile("sRGB")
            made = ImageCms.profileToProfile(
                image, ImageCms.ImageCmsProfile(BytesIO(profile)), into
            )
            image = made if made is not None else image
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile nobody can read says nothing about colours either
    return image if image.mode == "L" else image.convert(mode)
