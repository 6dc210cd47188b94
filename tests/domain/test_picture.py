"""Which pictures a shop may bring along."""

from io import BytesIO

import pytest
from PIL import Image

from pos.domain.picture import MAX_BYTES, NoPicture, read_picture

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'


def drawn(kind: str) -> bytes:
    file = BytesIO()
    Image.new("RGB", (8, 8), "red").save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
def test_a_picture_is_recognized_by_its_content(kind: str, media_type: str) -> None:
    assert read_picture(drawn(kind)).media_type == media_type


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"\xef\xbb\xbf",
        b'<?xml version="1.0"?>\n',
        b"<!-- by hand -->\n",
        b'<!DOCTYPE svg PUBLIC "x" "y">\n',
        b"\n ",
        b'<?xml version="1.0"?>\n' + b"<!-- by hand -->\n" * 9 + b'<!DOCTYPE svg PUBLIC "x" "y">',
    ],
)
def test_an_svg_may_have_its_usual_beginnings(before: bytes) -> None:
    assert read_picture(before + SVG).media_type == "image/svg+xml"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"red",
        b"<html><svg/></html>",
        b"<svgx/>",
        b"<!-- and -->" * 1000,
        b"<!-- a comment --><p --> " + SVG,
        drawn("GIF"),
        drawn("PNG")[:40],
        b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + SVG,
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(NoPicture, match="PNG, JPEG, WebP or SVG"):
        read_picture(data)


def test_a_large_one_is_refused() -> None:
    assert read_picture(SVG.ljust(MAX_BYTES)).media_type == "image/svg+xml"
    with pytest.raises(NoPicture, match="200 kB"):
        read_picture(SVG.ljust(MAX_BYTES + 1))
