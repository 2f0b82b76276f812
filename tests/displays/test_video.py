"""Which videos are let in, and why the others are not; what a camera noted about people is gone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from displays.video import BadVideoError, Video
from displays.video.mp4 import read_mp4
from displays.video.webm import read_webm
from tests.displays.videos import box, cleaned, element, mp4, read, track, webm


def test_a_plain_mp4_is_read_and_its_metadata_emptied() -> None:
    place = b"+39.6543+106.8123/"
    raw = mp4(inside=box(b"udta", place), more=box(b"uuid", b"Zhang San's phone"))
    video = read(raw, read_mp4)
    content = cleaned(raw, video)
    assert (video.ending, video.width, video.height, video.seconds) == ("mp4", 640, 360, 7)
    assert len(content) == len(raw)
    assert place not in content
    assert b"Zhang" not in content
    assert content.index(b"picture and sound") == raw.index(b"picture and sound")
    assert cleaned(content, read(content, read_mp4)) == content


@pytest.mark.parametrize("live", [False, True])
def test_a_plain_webm_is_read_and_its_tags_are_void(live: bool) -> None:
    raw = webm(live=live, tags=b"made by Li Si on a telephone")
    video = read(raw, read_webm)
    content = cleaned(raw, video)
    assert (video.ending, video.width, video.height, video.seconds) == ("webm", 640, 360, 4.5)
    assert b"Li Si" not in content
    assert len(content) == len(raw)
    assert replace(read(content, read_webm), blanks=video.blanks) == video


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "video_unknown"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "video_unknown"),
        (mp4(track(b"vide", b"mp4v", 8)), "video_codec"),
        (mp4(track(b"vide", b"encv", 8)), "video_codec"),
        (mp4(track(b"soun", b"mp4a", 8)), "video_tracks"),
        (mp4(track(b"vide", b"avc1", 8), track(b"text", b"tx3g", 8)), "video_tracks"),
        (mp4(track(b"vide", b"avc1", 8), track(b"vide", b"avc1", 8)), "video_tracks"),
        (mp4(track(b"vide", b"avc1", 10**6)), "video_broken"),
        (mp4(track(b"vide", b"avc1", 8, size=(8000, 8000))), "video_too_big"),
        (mp4(seconds=3600), "video_too_big"),
        (mp4(inside=box(b"mvex")), "video_tracks"),
        (mp4(more=box(b"moof")), "video_tracks"),
        (mp4(more=box(b"evil", b"<script>")), "video_broken"),
        (mp4() + b"PK\x03\x04 an archive", "video_broken"),
    ],
)
def test_any_other_mp4_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(BadVideoError) as refused:
        read(raw, read_mp4)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (webm(codec=b"V_MPEG4/ISO/AVC"), "video_codec"),
        (webm(kind=17), "video_tracks"),
        (webm(kind=2, codec=b"A_OPUS"), "video_tracks"),
        (webm(doc=b"matroska"), "video_unknown"),
        (webm(more=element(0x6D80, b"sealed")), "video_tracks"),
        (webm() + b"\xec\x81\x00", "video_broken"),
        (webm()[:-1], "video_broken"),
    ],
)
def test_any_other_webm_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(BadVideoError) as refused:
        read(raw, read_webm)
    assert refused.value.code == code


@given(st.data())
def test_no_bytes_make_a_reader_stumble(data: st.DataObject) -> None:
    """Cut off, changed anywhere, or made of noise: a video comes back whole, or a sentence does."""
    reader, whole = data.draw(
        st.sampled_from([(read_mp4, mp4()), (read_webm, webm()), (read_webm, webm(live=True))])
    )
    raw = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=4)):
        if place < len(raw):
            raw[place] = data.draw(st.integers(0, 255))
    try:
        found = read(bytes(raw), reader)
    except BadVideoError:
        return
    assert isinstance(found, Video)
    assert len(cleaned(bytes(raw), found)) == len(raw)


def test_a_file_of_nothing_but_tiny_boxes_is_refused_before_it_takes_long() -> None:
    """A box of eight bytes as often as 12 MB hold it: a film of that size has a thousandth of them."""
    with pytest.raises(BadVideoError, match="video_broken"):
        read(mp4(more=box(b"free") * (12 * 2**17)))


def test_no_claim_of_a_size_brings_a_film_into_memory() -> None:
    """A number of two megabytes is no number."""
    with pytest.raises(BadVideoError, match="video_broken"):
        read(webm(doc=bytes(2 * 2**20)))
