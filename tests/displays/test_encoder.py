"""What is made of a video: one known form, upright, silent, without a word about people; and which get a sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from displays.video import LARGEST_MADE, LONGEST_SECONDS, MOST_PIXELS, BadVideoError, apart, encoder
from displays.video.decoding import LATE
from displays.video.mp4 import read_mp4
from displays.video.pen import MOST_DRAWN, size_of
from hallqueue.texts import has_text
from tests.displays.films import (
    UPRIGHT,
    Seen,
    bright_corner,
    bright_film,
    film,
    lying,
    noted,
    packets_spoilt,
    smaller,
    turned,
    two_sizes,
)
from tests.displays.videos import box, cleaned, mp4, read, track, webm
from tests.ground.process import ROOT

PLACE = "Wuhai 39.65N 106.81E"


def made_of(raw: bytes, folder: Path) -> Seen:
    """What comes out behind the fence: the container is read first, as it is when somebody sends it."""
    video = read(raw)
    source, target = folder / f"sent.{video.ending}", folder / "out.made"
    source.write_bytes(cleaned(raw, video))
    encoder.encode(source, target, video.seconds, 1, lambda part: None)
    read(target.read_bytes(), read_mp4)
    return Seen(target)


def test_whatever_came_is_silent_h264_with_its_index_in_front(tmp_path: Path) -> None:
    seen = made_of(film(sound=True, notes={"title": PLACE, "comment": "Zhang San"}), tmp_path)
    assert seen.kinds == ["video"]
    assert (seen.codec, seen.profile, seen.pixels) == ("h264", "Main", "yuv420p")
    raw = (tmp_path / "out.made").read_bytes()
    assert raw.index(b"moov") < raw.index(b"mdat")
    assert PLACE.encode() not in raw
    assert b"Zhang" not in raw


@pytest.mark.parametrize("codec", ["libvpx", "libvpx-vp9"])
def test_a_webm_becomes_the_same_form(tmp_path: Path, codec: str) -> None:
    seen = made_of(film(codec=codec, form="webm", sound=True, notes={"title": PLACE}), tmp_path)
    assert (seen.kinds, seen.codec, seen.sizes) == (["video"], "h264", {(160, 90)})
    assert seen.moments[-1] == pytest.approx(1.9, abs=0.05)
    assert PLACE.encode() not in (tmp_path / "out.made").read_bytes()


@pytest.mark.parametrize(
    ("form", "pixels"),
    [("mp4", "yuv420p"), ("mov", "yuv420p"), ("mp4", "yuv420p10le"), ("mov", "yuv420p10le")],
)
def test_hevc_as_telephones_film_it_becomes_the_same_form(tmp_path: Path, form: str, pixels: str) -> None:
    quick = {"preset": "ultrafast", "x265-params": "log-level=error"}
    raw = film(codec="libx265", form=form, pixels=pixels, sound=True, choices=quick)
    seen = made_of(turned(raw, UPRIGHT), tmp_path)
    assert (seen.kinds, seen.codec, seen.pixels, seen.sizes) == (["video"], "h264", "yuv420p", {(90, 160)})
    assert bright_corner(seen.first) == bright_corner(seen.last) == "tr"
    assert seen.moments[-1] == pytest.approx(1.9, abs=0.05)


def test_what_a_telephone_notes_beside_its_pictures_goes_nowhere(tmp_path: Path) -> None:
    raw = film(codec="libx265", form="mov", sound=True, choices={"x265-params": "log-level=error"})
    notes = box(b"trak", box(b"mdia", box(b"hdlr", bytes(8), b"meta", PLACE.encode())))
    seen = made_of(noted(raw, notes, track(b"soun", b"apac", 8), track(b"tmcd", b"tmcd", 8)), tmp_path)
    assert (seen.kinds, seen.codec, seen.sizes) == (["video"], "h264", {(160, 90)})
    assert PLACE.encode() not in (tmp_path / "sent.mp4").read_bytes()


def middle(image: Image.Image) -> int:
    """How bright the picture's middle is, 0 to 255."""
    grey: Any = image.convert("L").getpixel((image.width // 2, image.height // 2))
    return int(grey)


@pytest.mark.parametrize(
    ("curve", "white", "brightest"), [("smpte2084", 0.58, 0.75), ("arib-std-b67", 0.75, 1.0)]
)
def test_hdr_is_as_bright_on_a_board_as_it_was_meant(
    tmp_path: Path, curve: str, white: float, brightest: float
) -> None:
    """A sheet of white paper (203 cd/m²: ITU-R BT.2408) is bright, lights above it are brighter, black stays black."""
    seen = made_of(bright_film(curve, [0, 0.3, white, brightest]), tmp_path)
    black, dark, paper, light = (middle(image) for image in seen.images)
    assert black < 8
    assert black < dark < paper < light
    assert paper > 0.6 * 255
    assert light > 0.75 * 255


@pytest.mark.parametrize(
    ("signs", "corner", "size"),
    [
        (UPRIGHT, "tr", (90, 160)),
        ((-1, 0, 0, -1), "br", (160, 90)),
        ((0, -1, 1, 0), "bl", (90, 160)),
        ((-1, 0, 0, 1), "tr", (160, 90)),
        ((1, 0, 0, -1), "bl", (160, 90)),
        ((0, 1, 1, 0), "tl", (90, 160)),
        ((0, -1, -1, 0), "br", (90, 160)),
        ((1, 0, 0, 1), "tl", (160, 90)),
    ],
)
def test_a_telephone_s_video_stands_as_it_was_filmed(
    tmp_path: Path, signs: tuple[int, int, int, int], corner: str, size: tuple[int, int]
) -> None:
    seen = made_of(turned(film(), signs), tmp_path)
    assert (seen.sizes, seen.turns) == ({size}, {0})
    assert bright_corner(seen.first) == bright_corner(seen.last) == corner


@pytest.mark.parametrize(
    ("size", "pixels", "codec", "form", "drawn"),
    [
        ((161, 91), "yuv444p", "libx264", "mp4", (160, 90)),
        ((161, 91), "yuv420p", "libvpx", "webm", (160, 90)),
        ((3840, 2160), "yuv420p", "libx264", "mp4", (1920, 1080)),
        ((720, 1600), "yuv420p", "libx264", "mp4", (720, 1600)),
    ],
)
def test_sizes_become_even_and_no_larger_than_a_board_needs(
    tmp_path: Path, size: tuple[int, int], pixels: str, codec: str, form: str, drawn: tuple[int, int]
) -> None:
    raw = film(size, range(0, 400, 100), codec, form, pixels, choices={"g": "2"})
    assert made_of(raw, tmp_path).sizes == {drawn}


class Frame:
    """A frame's size."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height


@pytest.mark.parametrize(
    "size", [(16, 8000), (2880, 2880), (2160, 3840), (17, 17), (3840, 2160), (1920, 1081)]
)
def test_no_shape_goes_beyond_what_a_tv_box_decodes(size: tuple[int, int]) -> None:
    frame: Any = Frame(*size)
    for turn in ("", "transpose=clock"):
        width, height = size_of(frame, turn, Fraction(1))
        assert width % 2 == height % 2 == 0
        assert max(width, height) <= 1920
        assert 4 <= width * height <= MOST_DRAWN


def test_dots_that_are_not_square_are_drawn_square(tmp_path: Path) -> None:
    seen = made_of(film((360, 288), range(0, 400, 100), dots=Fraction(64, 45)), tmp_path)
    assert seen.sizes == {(512, 288)}


def test_each_picture_keeps_its_moment_and_the_last_stands_to_the_end(tmp_path: Path) -> None:
    moments = [0, 40, 500, 540, 2000]
    seen = made_of(lying(film(moments=moments), 5), tmp_path)
    assert seen.moments[:5] == pytest.approx([each / 1000 for each in moments], abs=0.002)
    assert read((tmp_path / "out.made").read_bytes(), read_mp4).seconds == pytest.approx(5, abs=0.1)


def test_no_more_than_thirty_pictures_a_second_are_made(tmp_path: Path) -> None:
    seen = made_of(film(moments=[round(at * 1000 / 60) for at in range(120)]), tmp_path)
    assert 55 <= len(seen.moments) <= 62
    assert seen.moments[-1] == pytest.approx(2, abs=0.1)


def test_a_video_that_changes_its_size_stays_in_one(tmp_path: Path) -> None:
    seen = made_of(two_sizes((160, 90), (90, 160)), tmp_path)
    assert seen.sizes == {(160, 90)}
    assert seen.moments[-1] == pytest.approx(1.9, abs=0.05)
    assert max(seen.last.getpixel((5, 45))) < 40  # beside the upright picture it is dark


def test_a_damaged_picture_is_left_out(tmp_path: Path) -> None:
    raw = packets_spoilt(film(moments=range(0, 4000, 100), choices={"g": "1"}), 20)
    seen = made_of(raw, tmp_path)
    assert 36 <= len(seen.moments) < 40


@pytest.mark.parametrize(
    ("filmed", "code", "detail"),
    [
        (lambda: packets_spoilt(film(choices={"g": "1"}), 2), "video_damaged", "50"),
        (lambda: packets_spoilt(film(), 1), "video_damaged", "100"),
        (mp4, "video_empty", ""),
        (webm, "video_empty", ""),
        (lambda: lying(film(moments=range(0, 8000, 500)), 1), "video_longer", "1"),
        (lambda: smaller(film((4096, 2400), range(0, 300, 100)), (640, 360)), "video_damaged", "100"),
    ],
)
def test_a_video_without_pictures_or_with_more_than_it_told_gets_a_sentence(
    tmp_path: Path, filmed: Callable[[], bytes], code: str, detail: str
) -> None:
    with pytest.raises(BadVideoError) as refused:
        made_of(filmed(), tmp_path)
    assert (refused.value.code, refused.value.detail) == (code, detail)
    assert has_text(f"errors.{code}")


def test_a_size_that_changes_beyond_all_measure_is_not_decoded(tmp_path: Path) -> None:
    assert MOST_PIXELS < 4096 * 2400
    with pytest.raises(BadVideoError):
        made_of(two_sizes((160, 90), (4096, 2400), pictures=2), tmp_path)


@pytest.mark.parametrize("seconds", [1, 30, 60, LONGEST_SECONDS])
def test_what_is_made_is_never_larger_than_it_may_be(seconds: float) -> None:
    most = int(encoder.choices(seconds, 1)["maxrate"])  # and a second of it may wait in the encoder's store
    assert most * (seconds + LATE) / 8 < LARGEST_MADE


def apart_said(code: str) -> Any:
    """What a process says that bounded itself, and then did this."""
    order = [sys.executable, "-c", f"import resource; from displays.video.apart import *; confine(); {code}"]
    return json.loads(subprocess.run(order, cwd=ROOT, capture_output=True, check=True).stdout)


def test_the_process_bounds_itself_before_a_decoder_is_loaded() -> None:
    kinds = ["RLIMIT_DATA", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_CORE"]
    told = ", ".join(f"resource.getrlimit(resource.{kind})[1]" for kind in kinds)
    said = apart_said(f"say([{told}, os.getpriority(os.PRIO_PROCESS, 0), 'av' in sys.modules])")
    assert said == [apart.MOST_MEMORY, apart.LONGEST_CPU, LARGEST_MADE, 0, 19, False]


def test_the_process_has_no_more_memory_than_its_own() -> None:
    code = "\ntry:\n say([len(bytearray(2 * MOST_MEMORY))])\nexcept MemoryError:\n say(['no'])"
    assert apart_said(code) == ["no"]


def test_a_file_that_grows_too_large_is_ended_with_a_sentence(tmp_path: Path) -> None:
    source, target = tmp_path / "sent.mp4", tmp_path / "out.made"
    source.write_bytes(film())
    code = (
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)); "
        f"say(main(Path({str(source)!r}), Path({str(target)!r}), 2.0))"
    )
    order = [sys.executable, "-c", f"import resource; from displays.video.apart import *; {code}"]
    said = subprocess.run(order, cwd=ROOT, capture_output=True, check=True, text=True).stdout.splitlines()
    assert json.loads(said[-1]) == {"code": "video_too_big", "detail": "> 100 MB"}
