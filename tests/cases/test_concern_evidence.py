"""Evidence photos: only pictures come in, and nothing but the picture is kept."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from hallqueue import sealing
from hallqueue.errors import Refused
from hallqueue.files import evidence


def encoded(kind: str = "PNG", size: tuple[int, int] = (640, 480), **details: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "olive").save(out, kind, **details)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of a few bytes that says it is 60,000 pixels a side."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def code_of(raw: bytes) -> str:
    with pytest.raises(Refused) as refused:
        evidence.redrawn(raw)
    return refused.value.code


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_every_usual_kind_becomes_a_jpeg(kind: str) -> None:
    with Image.open(io.BytesIO(evidence.redrawn(encoded(kind)))) as drawn:
        assert (drawn.format, drawn.size) == ("JPEG", (640, 480))


def test_nothing_about_place_or_camera_is_kept_and_the_picture_stands_upright() -> None:
    about = Image.Exif()
    about[0x0112], about[0x010F], about[0x8825] = 6, "camera of Zhang San", {1: "N", 2: (39.0, 40.0, 0.0)}
    raw = encoded("JPEG", exif=about, comment=b"Zhang San")
    assert b"Zhang San" in raw
    drawn = evidence.redrawn(raw)
    assert b"Zhang San" not in drawn
    with Image.open(io.BytesIO(drawn)) as image:
        assert image.size == (480, 640)
        assert not image.getexif()


def test_what_follows_the_picture_is_cut_off() -> None:
    assert b"<script>" not in evidence.redrawn(encoded("JPEG") + b"<script>alert(1)</script>")


def test_a_large_picture_is_made_smaller() -> None:
    with Image.open(io.BytesIO(evidence.redrawn(encoded("JPEG", (5000, 1000))))) as drawn:
        assert drawn.size == (2400, 480)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not a photo",
        b"%PDF-1.7",
        b"GIF89a" + bytes(40),
        b"<svg onload='x'/>",
        encoded()[:300],
        encoded("GIF"),
    ],
    ids=["empty", "words", "pdf", "broken gif", "svg", "half a png", "gif"],
)
def test_a_photo_that_is_no_photo_is_refused(raw: bytes) -> None:
    assert code_of(raw) == "photo_unreadable"


def test_a_bomb_is_refused_unopened() -> None:
    assert code_of(bomb()) == "photo_too_many_pixels"


def test_more_than_ten_megabytes_are_refused() -> None:
    assert code_of(bytes(evidence.LARGEST_FILE + 1)) == "photo_too_large"


def test_a_full_disk_keeps_nothing_half(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    name = evidence.file_name("k" * 8, b"x")
    on_a_full_disk(evidence.path_of(name))
    with pytest.raises(Refused) as refused:
        evidence.keep(name, b"x" * 100)
    assert (refused.value.code, refused.value.status) == ("disk_full", 507)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def on_a_full_disk(path: Path) -> None:
    """What is written for this file goes to the device that is always full."""
    path.parent.mkdir(parents=True)
    path.with_suffix(".part").symlink_to("/dev/full")


@pytest.mark.parametrize("name", ["../secret", "a.jpg", "/etc/passwd", ""])
def test_no_other_file_is_reached(name: str) -> None:
    with pytest.raises(Refused):
        evidence.path_of(name)


def test_a_sealed_text_is_read_with_the_same_secret_alone(settings: Any) -> None:
    sealed = sealing.seal("欧阳静")
    assert sealed != sealing.seal("欧阳静")
    assert sealing.unseal(sealed) == "欧阳静"
    assert sealing.unseal("") == ""
    settings.SECRET_KEY = "another installation"
    sealing._key.cache_clear()
    assert sealing.unseal(sealed) == ""
    sealing._key.cache_clear()


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三", "张*"), ("欧阳静", "欧阳*"), ("乌云其其格", "乌*"), ("Smith", "S*"), ("", ""), ("欧阳", "欧*")],
)
def test_names_are_masked(name: str, masked: str) -> None:
    assert sealing.masked_name(name) == masked


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("电话13804731234。", "电话138****1234。"),
        ("138 0473 1234", "138****1234"),
        ("138-0473-1234", "138****1234"),
        ("138.0473.1234", "138****1234"),
        ("138 04 73 12 34", "138****1234"),
        ("１３８０４７３１２３４", "１３８****１２３４"),
        ("１３８－０４７３－１２３４", "１３８****１２３４"),
        ("150302199003071234", "1503**********1234"),
        ("１５０３０２１９９００３０７１２３Ｘ", "１５０３**********１２３Ｘ"),
        ("150302 1990-03-07 123x", "1503**********123x"),
        ("20261130-A012-1", "20261130-A012-1"),
        ("2026-11-30 13:05", "2026-11-30 13:05"),
        ("办公电话 0473-2998877", "办公电话 0473-2998877"),
        ("造价138001234.56元", "造价138001234.56元"),
        ("电话13804731234.56号院", "电话138****1234.56号院"),
    ],
)
def test_numbers_of_people_are_masked_however_they_are_typed(typed: str, kept: str) -> None:
    assert sealing.masked_inside(typed) == kept


@pytest.mark.parametrize(
    "typed", ["0473-2998877", "(0473)2998877", "（0473）299 8877", "2998877", "０４７３２９９８８７７"]
)
def test_the_own_landline_is_masked_however_it_is_typed_and_no_other(typed: str) -> None:
    assert sealing.masked_number(f"打{typed}没人接", "04732998877").rstrip("没人接").endswith("****77")
    assert sealing.masked_number("打0473-3998877、1229988770", "04732998877") == "打0473-3998877、1229988770"


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("13804731234", "138****1234"), ("04732998877", "****77"), ("12345", "****45"), ("", "")],
)
def test_phones_are_masked(phone: str, masked: str) -> None:
    assert sealing.masked_phone(phone) == masked
