"""The slip: the exact bytes, what a reader finds on the paper, and that no text can command the printer."""

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pyzbar.pyzbar import ZBarSymbol, decode

from printers import draw
from printers.escpos_bytes import part_bytes, qr, raster
from printers.parts import PAPER_58, PAPER_80, Line, Paper, Picture
from printers.slip import Slip, slip_bytes, slip_parts
from tests.printers.papers import LONG_SLIP, LONGEST_NAME, SLIP, URL, printed, read

RASTER_80 = Paper(text="raster")
RESET_AND_CHINESE = bytes.fromhex("1b40 1c26 1c530000")


def _line(text: str, paper: Paper = PAPER_80, size: int = 1) -> bytes:
    return part_bytes(Line(text, size=size), paper)


@pytest.mark.parametrize("paper", [PAPER_80, PAPER_58, RASTER_80])
def test_every_print_begins_with_reset_and_chinese_mode_and_ends_with_a_cut(paper: Paper) -> None:
    data = slip_bytes(SLIP, paper)
    assert data.startswith(RESET_AND_CHINESE)
    assert data.endswith(bytes.fromhex("1d564200"))


def test_kiosk_without_cutter_feeds_to_the_edge() -> None:
    assert slip_bytes(SLIP, Paper(cutter=False)).endswith(b"\x1bd\x06")


def test_chinese_goes_out_as_a_vendors_own_encoder_writes_it() -> None:
    assert bytes.fromhex("c7eb41303031b5bd33bac5b4b0bfda") + b"\n" in _line("请A001到3号窗口")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("：", "a3ba"), ("（）", "a3a8a3a9"), ("—", "a1aa"), ("…", "a1ad"), ("￥", "a3a4"), ("“”", "a1b0a1b1")],
)
def test_punctuation_that_code_pages_lose_is_exact(text: str, expected: str) -> None:
    assert _line(text).endswith(bytes.fromhex(expected) + b"\n")


def test_yen_sign_becomes_the_one_every_chinese_printer_has() -> None:
    assert bytes.fromhex("a3a43230") in slip_bytes(replace(SLIP, place="¥20"), PAPER_80)


def test_sizes_go_by_gs_and_on_old_printers_by_fs_too() -> None:
    assert bytes.fromhex("1d2111") in _line("号", size=2)
    assert b"\x1c!" not in _line("号", size=2)
    assert bytes.fromhex("1d2111 1c210c") in _line("号", Paper(chinese_size_by_fs=True), size=2)
    assert bytes.fromhex("1d2100 1c2100") in _line("号", Paper(chinese_size_by_fs=True))


@pytest.mark.parametrize("character", ["䶮", "㐀", "𫖯", "ᠮ"])
def test_character_outside_the_rom_makes_its_line_a_picture(character: str) -> None:
    data = _line(f"王{character}先生")
    assert b"\x1dv0\x00" in data
    assert "先生".encode("gb18030") not in data


def test_printer_with_the_whole_gb18030_prints_rare_characters_itself() -> None:
    assert "𫖯".encode("gb18030") + b"\n" in _line("𫖯", Paper(rom="gb18030"))


def test_qr_is_stored_and_printed_by_the_printer() -> None:
    expected = (
        "1d286b0400 31413200 1d286b0300 314306 1d286b0300 314531 1d286b0600 315030 612f62 1d286b0300 315130"
    )
    assert qr(b"a/b", 6) == bytes.fromhex(expected)
    assert b"\x1ba\x01\x1d(k" in slip_bytes(SLIP, PAPER_80)


def test_picture_contains_no_command_that_printers_obey_at_once() -> None:
    ink = bytes.fromhex("1004011014010105")
    image = Image.frombytes("1", (8, 8), bytes(byte ^ 0xFF for byte in ink))
    assert raster(image)[8:] == bytes.fromhex("1804011814010105")


@pytest.mark.parametrize("paper", [PAPER_80, PAPER_58])
def test_the_paper_says_number_service_wait_and_address(paper: Paper) -> None:
    text = printed(SLIP, paper).text
    for words in (
        "A017",
        "企业设立登记",
        "Company registration",
        "前面还有 6 人",
        "15-25 分钟",
        f"[QR] {URL}",
    ):
        assert words in text
    assert "补打" not in text


@pytest.mark.parametrize("paper", [PAPER_80, PAPER_58])
def test_longest_real_name_is_whole_on_a_reprint(paper: Paper) -> None:
    text = printed(LONG_SLIP, paper).text
    assert LONGEST_NAME in text.replace("\n", "")
    assert "【补打 第2份】" in text
    assert "优先号" in text


@pytest.mark.parametrize("paper", [PAPER_80, PAPER_58, RASTER_80])
@pytest.mark.parametrize("slip", [SLIP, LONG_SLIP])
def test_the_code_on_the_picture_reads_back(slip: Slip, paper: Paper) -> None:
    picture = Image.open(io.BytesIO(printed(slip, paper).png())).convert("L")
    assert [found.data.decode() for found in decode(picture, symbols=[ZBarSymbol.QRCODE])] == [URL]


def test_a_slip_as_one_picture_comes_out_dot_for_dot_though_its_white_is_never_sent() -> None:
    sheet = draw.sheet(list(slip_parts(LONG_SLIP, RASTER_80)), RASTER_80)
    paper = printed(LONG_SLIP, RASTER_80).image
    assert paper.crop((0, 0, *sheet.size)).tobytes() == sheet.tobytes()
    assert len(slip_bytes(LONG_SLIP, RASTER_80)) < 0.6 * len(raster(sheet))


@pytest.mark.parametrize("paper", [PAPER_80, PAPER_58])
def test_the_number_is_the_largest_thing_on_the_slip(paper: Paper) -> None:
    data = slip_bytes(LONG_SLIP, paper)
    before = data[: data.index(b"A017\n")]
    assert before[before.rindex(b"\x1d!") + 2] == 0x66 if paper is PAPER_80 else 0x66
    assert max(data[at + 2] for at in range(len(before)) if data[at : at + 2] == b"\x1d!") == 0x66


def test_blocks_stand_in_the_order_of_the_design_and_empty_ones_leave_no_trace() -> None:
    steps = ("一个号走完全程：", *(f"{at}. 第{at}步 A区" for at in range(1, 5)))
    full = replace(
        SLIP, steps=steps, documents=("请带好：", "□ 身份证原件"), footer="办事顺心", footer_mn="ᠰᠠᠶᠢᠨ"
    )
    text = printed(full, PAPER_80).text
    assert [
        text.index(word) for word in ("A017", "前面还有", "4. 第4步 A区", "□ 身份证原件", "[QR]", "办事顺心")
    ] == sorted(
        text.index(word) for word in ("A017", "前面还有", "4. 第4步 A区", "□ 身份证原件", "[QR]", "办事顺心")
    )
    turned = printed(replace(full, lines=("code", "number", "footer")), PAPER_80).text
    assert turned.index("[QR]") < turned.index("A017") < turned.index("办事顺心")
    assert "企业设立登记" not in turned
    assert "请带好" not in turned
    nothing = replace(
        full, ahead="", waiting="", place="", issued="", steps=(), documents=(), lines=("number", "wait")
    )
    assert printed(nothing, PAPER_80).text == "A017"


def test_logo_is_on_the_paper_as_it_came_and_stays_off_paper_too_narrow_for_it() -> None:
    logo = Picture(16, 2, bytes.fromhex("f00f 8001"))
    with_logo = slip_bytes(replace(SLIP, logo=logo), PAPER_80)
    assert raster(draw.picture(logo, PAPER_80) or Image.new("1", (1, 1))) in with_logo
    assert b"\x02\x00\x02\x00\xf0\x0f\x80\x01" in with_logo
    assert "[picture 600" not in printed(replace(SLIP, logo=Picture(600, 1, bytes(75))), PAPER_80).text


def test_the_order_of_languages_is_a_setting() -> None:
    lines = printed(replace(SLIP, languages=("en", "zh")), PAPER_80).text.split("\n")
    assert lines.index("Company registration") < lines.index("企业设立登记")
    assert printed(replace(SLIP, languages=("mn", "zh")), PAPER_80).text.startswith("[picture")


def test_address_that_cannot_be_scanned_leaves_no_code() -> None:
    for url in ("", "http://厅/t/x", "http://hall/\x1b@", "http://hall/" + "a" * 10_000):
        assert b"\x1d(k" not in slip_bytes(replace(SLIP, url=url), PAPER_80)


def test_no_text_can_command_the_printer() -> None:
    evil = "<b>\x1b@\x1dV\x00\x10\x14\x01\x07\x1b=\x02\x9b\x00" * 500
    names = {"zh": evil, "mn": evil, "en": evil}
    many = (evil,) * 50
    slip = Slip(
        evil, names, names, URL, evil, evil, evil, evil, evil, many, many, evil, evil, many, evil, evil, evil
    )
    for paper in (PAPER_80, PAPER_58, RASTER_80):
        assert printed(slip, paper).image.height < 8000
        assert len(slip_bytes(slip, PAPER_80)) < 200_000


anything = st.text(max_size=150)


@settings(deadline=None, max_examples=60)
@given(
    number=anything,
    name=anything,
    mongolian=anything,
    other=anything,
    paper=st.sampled_from([PAPER_80, PAPER_58]),
)
def test_whatever_is_typed_a_strict_printer_understands_the_slip(
    number: str, name: str, mongolian: str, other: str, paper: Paper
) -> None:
    names = {"zh": name, "mn": mongolian, "en": other}
    listed = {"steps": (name, other), "documents": (other, number), "rules": (other,)}
    told = {"told_mn": mongolian, "place": other, "issued": name, "footer": other, "footer_mn": mongolian}
    slip = Slip(number, names, names, URL, other, name, number, copy_mark=number, **listed, **told)  # type: ignore[arg-type]
    printed(slip, paper)


@settings(deadline=None, max_examples=60)
@given(other=anything)
def test_full_picture_slips_take_any_text_too(other: str) -> None:
    printed(Slip(other, {"zh": other, "mn": other}, {"zh": other}, ahead=other), RASTER_80)


def test_slip_without_anything_but_a_number_is_still_a_slip() -> None:
    assert "A001" in printed(Slip("A001", {}, {}), PAPER_58).text


def test_the_twin_finds_what_is_wrong() -> None:
    paper = PAPER_58
    for wrong, complaint in (
        (b"\x1b@" + "号".encode("gb18030"), "outside Chinese mode"),
        (RESET_AND_CHINESE + b"A" * 33, "line overflows"),
        (RESET_AND_CHINESE + "𫖯".encode("gb18030"), "not in the ROM"),
        (b"\x1bp\x00\x19\xfa", "unknown: 1b 70"),
        (b"\x1dv0\x00\x40\x00\x01\x00" + bytes(64), "picture of 512 dots"),
    ):
        assert complaint in "; ".join(read(wrong + b"\x1dV\x00", paper).errors)
