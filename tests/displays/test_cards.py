"""Cards' encoders against frames that makers printed or produced, and against an independent check sum."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from crccheck.crc import CrcArc  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from displays.cards import eq, huidu, onbon_bitmap, onbon_font
from displays.cards.area import Area, Colour, Motion, gbk
from displays.cards.bar import strip_of
from displays.cards.eq import EqCard
from displays.cards.errors import BadFrameError, BadValueError, RefusedByCardError
from displays.cards.frame import FrameReader, crc16, unwrap, wrap
from displays.cards.mongolian import drawn
from displays.cards.onbon_bitmap import BitmapCard, Picture
from displays.cards.onbon_font import FontCard

GOLDEN = tomllib.loads((Path(__file__).parent / "golden" / "cards.toml").read_text("utf-8"))
CALL = "请A001到3号窗口"


def golden(group: str, name: str) -> bytes:
    return bytes.fromhex(GOLDEN[group][name])


# Onbon's frame


@pytest.mark.parametrize("name", GOLDEN["manual"])
def test_check_sum_is_the_one_the_manual_prints(name: str) -> None:
    header, data, crc = (bytes.fromhex(part) for part in GOLDEN["manual"][name])
    checked = header + len(data).to_bytes(2, "little") + data
    assert crc16(checked).to_bytes(2, "little") == crc


@given(st.binary(max_size=300))
def test_check_sum_is_the_one_of_an_independent_library(data: bytes) -> None:
    assert crc16(data) == CrcArc.calc(data)


@given(st.binary(max_size=300))
def test_what_was_wrapped_unwraps_to_itself_and_hides_every_mark(body: bytes) -> None:
    frame = wrap(body)
    assert unwrap(frame) == body
    assert not {0xA5, 0x5A} & set(frame[8:-1])


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=5), st.integers(1, 17))
def test_frames_are_found_in_a_stream_cut_anywhere(bodies: list[bytes], cut: int) -> None:
    stream = b"noise" + b"".join(wrap(body) for body in bodies)
    reader = FrameReader()
    found = [frame for at in range(0, len(stream), cut) for frame in reader.feed(stream[at : at + cut])]
    assert [unwrap(frame) for frame in found] == bodies


def test_frame_without_an_end_is_given_up() -> None:
    with pytest.raises(BadFrameError, match="longer"):
        FrameReader().feed(b"\xa5" * 8 + bytes(70_000))


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"\xa5" * 8 + b"\x5a",
        wrap(b"abc")[:-1],
        wrap(b"abc").replace(b"a", b"b"),
        wrap(b"\xa5")[:9] + b"\x03\x00\x00\x5a",
    ],
)
def test_damaged_frame_is_none(damaged: bytes) -> None:
    with pytest.raises(BadFrameError):
        unwrap(damaged)


# BX-5K and 6K


def test_text_on_a_5k_is_what_the_makers_library_sends() -> None:
    area = Area(CALL, width=128, height=32, several_lines=True)
    assert FontCard().show([area]) == golden("java", "show_5k")


def test_text_on_a_6k_is_what_the_makers_library_sends() -> None:
    area = Area(CALL, x=16, y=8, width=96, height=16, number=1, several_lines=True)
    assert FontCard(units="pixels").show([area]) == golden("java", "show_6k")


def test_light_and_dark_are_what_the_makers_library_sends() -> None:
    assert FontCard().power(on=True) == golden("java", "on")
    assert FontCard().power(on=False) == golden("java", "off")


def test_ping_is_the_manuals() -> None:
    header, data, crc = (bytes.fromhex(part) for part in GOLDEN["manual"]["ping"])
    sent = unwrap(FontCard(address=1).ping())
    assert sent == header + len(data).to_bytes(2, "little") + data
    assert crc == crc16(sent).to_bytes(2, "little")


def test_card_that_agrees_is_believed_and_one_that_refuses_says_why() -> None:
    onbon_font.answer_of(golden("card", "agreed"))
    with pytest.raises(RefusedByCardError, match="wrong check sum") as refused:
        onbon_font.answer_of(golden("card", "wrong_check_sum"))
    assert refused.value.code == 5


def test_answer_that_is_none_is_not_taken_for_one() -> None:
    with pytest.raises(BadFrameError):
        onbon_font.answer_of(FontCard().ping())
    onbon_font.answer_of(golden("card", "agreed"), address=1)
    with pytest.raises(BadFrameError, match="0x0001"):
        onbon_font.answer_of(golden("card", "agreed"), address=2)


def test_brightness_goes_as_the_makers_sdk_names_it() -> None:
    assert unwrap(FontCard().brightness(9))[14:] == bytes.fromhex("a302010000 01 09") + bytes([9]) * 48


def test_cards_with_fonts_forget_all_areas() -> None:
    assert unwrap(FontCard().clear())[14:] == bytes.fromhex("a306010000 ff 00")
    assert EqCard(7).clear() == b"!#007%ZD00$$"


def test_broadcast_wants_no_answer() -> None:
    assert unwrap(FontCard(address=onbon_font.EVERYBODY).ping())[16] == 2


def test_card_that_counts_in_bytes_has_no_place_between_them() -> None:
    with pytest.raises(BadValueError, match="between"):
        FontCard().show([Area("1", x=3, width=64, height=16)])


def test_backslash_and_colour_are_kept_apart() -> None:
    sent = unwrap(FontCard().show([Area("a\\C2b", width=64, height=16, colour=Colour.GREEN)]))
    assert sent.endswith("\\C2a＼C2b".encode("gbk"))


def test_signs_a_card_cannot_have_become_question_marks() -> None:
    assert gbk("䶮A\x07ᠮ").decode("gbk") == "？A？？"


def test_spaces_and_dots_of_office_programs_are_those_of_cards() -> None:
    assert gbk("停水　　放假\u00a0•\u200b¥3").decode("gbk") == "停水　　放假 ·￥3"
    told = huidu.Programme("f7b3b451", "hq").update(Area("停水　　\ue000", width=128, height=32))
    assert ElementTree.fromstring(heard(told)).findtext(".//string") == "停水　　\ue000"


# BX-6Q


def test_deleting_on_a_6q_is_what_the_makers_library_sends() -> None:
    assert BitmapCard().forget(1) == golden("java", "delete_area_1")
    assert BitmapCard().forget() == golden("java", "delete_all")


def test_picture_on_a_6q_carries_its_pixels_and_its_lengths() -> None:
    pixels = bytes(range(48)) * 2
    body = unwrap(BitmapCard().show(Picture(pixels, width=8, height=4, x=2, y=1)))
    assert body.endswith(pixels)
    assert int.from_bytes(body[12:16], "little") == len(body) - 16
    parameters = int.from_bytes(body[23:27], "little")
    assert 27 + parameters + len(pixels) == len(body)


def test_picture_on_a_6q_is_what_the_makers_library_sends() -> None:
    pixels = bytes(light for y in range(4) for x in range(8) for light in (x * 30, y * 60, (x + y) * 20))
    assert BitmapCard().show(Picture(pixels, 8, 4, x=2, y=1, number=1)) == golden("java", "picture")


def test_6q_that_agrees_is_believed_and_one_that_refuses_says_why() -> None:
    onbon_bitmap.answer_of(golden("card_6q", "agreed"))
    with pytest.raises(RefusedByCardError, match="wrong check sum"):
        onbon_bitmap.answer_of(golden("card_6q", "wrong_check_sum"))
    for wrong in (golden("card", "agreed"), BitmapCard().forget()):
        with pytest.raises(BadFrameError):
            onbon_bitmap.answer_of(wrong)


def test_picture_of_another_size_is_refused() -> None:
    with pytest.raises(BadValueError):
        Picture(bytes(10), width=8, height=4)


# EQ


def test_text_on_an_eq_card_is_the_packet_seen_working() -> None:
    area = Area("DL48", width=48, height=16, number=1, motion=Motion.STILL, speed=3)
    assert EqCard(1).show(area, hold=6000) == GOLDEN["eq"]["shown"].encode("ascii")


def test_signs_that_would_break_the_frame_go_out_in_full_width() -> None:
    sent = EqCard(1).show(Area("100%$$!#", width=48, height=16))
    assert sent.count(b"$$") == 1
    assert sent.endswith("100％＄＄！＃".encode("gbk") + b"$$")


def test_eq_card_is_believed_only_in_its_own_words() -> None:
    eq.answer_of(b"##FOK$$$")
    with pytest.raises(BadFrameError):
        eq.answer_of(b"##FOK$$")


# Huidu


def test_hello_search_and_heartbeat_are_the_recorded_ones() -> None:
    assert huidu.hello() == golden("huidu", "version_ask")
    assert huidu.search() == golden("huidu", "search")
    assert huidu.heartbeat() == golden("huidu", "heartbeat")


def test_question_for_the_guid_has_the_recorded_head_and_length() -> None:
    assert huidu.who()[:12] == golden("huidu", "who_head")
    assert len(huidu.who()) == 132


def heard(sent: bytes) -> str:
    card = huidu.Conversation()
    texts = [card.heard(data) for command, data in card.feed(sent) if command == huidu.ASK_XML]
    assert texts[-1] is not None
    return texts[-1]


@pytest.mark.parametrize("text", [CALL, "<&>\"' 请", "到三号窗口" * 4000])
def test_programme_arrives_whole_in_any_number_of_packets(text: str) -> None:
    told = huidu.Programme("f7b3b451", "hq").update(Area(text, width=128, height=32))
    assert ElementTree.fromstring(heard(told)).findtext(".//string") == text


def test_signs_that_no_document_may_hold_are_left_out() -> None:
    told = huidu.Programme("f7b3b451", "hq").update(Area("A\x07\0B", width=128, height=32))
    assert ElementTree.fromstring(heard(told)).findtext(".//string") == "AB"


def test_chinese_is_counted_in_bytes() -> None:
    told = list(huidu.spoken("请" * 4000))
    parts = [(int.from_bytes(each[4:8], "little"), len(each) - 12) for each in told]
    assert {total for total, _ in parts} == {12000}
    assert sum(length for _, length in parts) == 12000
    assert max(len(each) for each in told) <= huidu.LONGEST_PACKET


def test_guid_of_the_card_is_read_and_a_refusal_is_told() -> None:
    out = (
        '<?xml version="1.0" encoding="utf-8"?><sdk guid="{}"><out method="GetIFVersion" result="{}"/></sdk>'
    )
    assert huidu.guid_of(out.format("f7b3", "kSuccess")) == "f7b3"
    with pytest.raises(RefusedByCardError, match="kVersionTooLow"):
        huidu.guid_of(out.format("f7b3", "kVersionTooLow"))
    with pytest.raises(BadFrameError):
        huidu.guid_of(out.format("##GUID", "kSuccess"))
    with pytest.raises(BadFrameError):
        huidu.agreed("<sdk")
    with pytest.raises(BadFrameError, match="declarations"):
        huidu.agreed('<!DOCTYPE a [<!ENTITY b "c">]><sdk>&b;</sdk>')


@pytest.mark.parametrize("damaged", [b"\x03\x00\x04\x20", b"\xff\xff\x04\x20"])
def test_packet_of_an_impossible_length_is_none(damaged: bytes) -> None:
    with pytest.raises(BadFrameError):
        huidu.Conversation().feed(damaged)


def test_part_out_of_its_place_is_none() -> None:
    with pytest.raises(BadFrameError):
        huidu.Conversation().heard(bytes([20, 0, 0, 0, 5, 0, 0, 0]) + b"abc")


# What cannot be said


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Area("1", width=0, height=16),
        lambda: Area("1", width=16, height=16, x=-1),
        lambda: Area("1", width=8193, height=16),
        lambda: Area("1", width=16, height=16, speed=99),
        lambda: Area("1", width=16, height=16, letters=17),
        lambda: Area("1", width=16, height=16, number=255),
        lambda: Area("1", width=16, height=16, stay=256),
        lambda: Picture(bytes(3), width=1, height=1, number=255),
        lambda: FontCard().brightness(16),
        lambda: huidu.brightness("f7b3", 0),
        lambda: FontCard(device=0x99),
        lambda: FontCard(units="inches"),
        lambda: BitmapCard("6X"),
        lambda: EqCard(1000),
        lambda: EqCard(1).show(Area("1", width=16, height=17)),
        lambda: huidu.Programme('"><x', "hq").add(Area("1", width=16, height=16)),
    ],
)
def test_value_that_no_card_has_is_refused_before_it_is_sent(wrong: object) -> None:
    with pytest.raises(BadValueError):
        wrong()  # type: ignore[operator]


def lit(area: Area) -> Image.Image:
    return strip_of(area).dots.convert("L").point(lambda light: 255 if light else 0).convert("1")


def test_mongolian_stands_in_columns_beside_the_text_or_lies_where_the_bar_is_low() -> None:
    text = "ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ"
    columns, line = drawn(text, 24, 128, 64), drawn(text, 24, 200, 32)
    assert columns is not None
    assert line is not None
    assert (columns.height, columns.width < 128) == (64, True)
    assert line.width > 3 * line.height
    assert (drawn(text, 24, 20, 16), drawn("A1 ᠮᠣᠩᠭᠣᠯ", 24, 200, 64), drawn("", 24, 200, 64)) == (
        None,
        None,
        None,
    )
    area = Area("一号窗口", 200, 64, letters=24, mongolian=text, mongolian_letters=24, mongolian_left=True)
    left, right = (lit(each) for each in (area, replace(area, mongolian_left=False)))
    assert left.crop((0, 0, columns.width, 64)).tobytes() == columns.tobytes()
    assert right.crop((200 - columns.width, 0, 200, 64)).tobytes() == columns.tobytes()
    middle = right.crop((0, 0, 200 - columns.width, 64)).getbbox()
    assert middle is not None
    assert middle[2] < 200 - columns.width
