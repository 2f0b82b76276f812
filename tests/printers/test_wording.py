"""Texts on paper: nothing harmful gets through, lines fit, characters stay whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printers.wording import balance, clean, columns_of, in_rom, wrap
from tests.printers.papers import LONGEST_NAME


def test_control_characters_never_reach_a_printer() -> None:
    assert clean("A\x1b@\x1dV\x00\x10\x04\x01B\x9b\x7f\u202eC", 50) == "A@VBC"


def test_line_breaks_and_tabs_become_one_space() -> None:
    assert clean(" 一\r\n\t二\u2028三\x85四 ", 50) == "一 二 三 四"


def test_lone_surrogates_are_left_out() -> None:
    assert clean("号\ud800码", 50) == "号码"


def test_mongolian_spelling_characters_are_kept() -> None:
    text = "ᠬᠣᠲᠠ\u202fᠶᠢᠨ ᠠᠢᠮᠠᠭ\u180eᠠ\u180b\u200d"
    assert clean(text, 50) == text


def test_ten_thousand_characters_are_cut_with_a_sign() -> None:
    assert clean("长" * 10_000, 60) == "长" * 59 + "…"


@pytest.mark.parametrize(
    ("character", "rom", "there"),
    [
        ("请", "gb2312", True),
        ("镕", "gb2312", False),
        ("镕", "gbk", True),
        ("䶮", "gbk", False),
        ("㐀", "gbk", False),
        ("𫖯", "gbk", False),
        ("𫖯", "gb18030", True),
        ("ᠮ", "gbk", False),
        ("—", "gbk", True),
        ("…", "gbk", True),
        ("€", "gbk", False),
    ],
)
def test_the_rom_of_a_printer_is_known(character: str, rom: str, there: bool) -> None:
    assert in_rom(character, rom) is there


def test_wide_character_moves_to_the_next_line_instead_of_straddling_the_edge() -> None:
    assert wrap("A一二三", 6) == ["A一二", "三"]


def test_words_stay_whole_and_punctuation_never_begins_a_line() -> None:
    assert wrap("Company registration", 12) == ["Company", "registration"]
    assert wrap("一二三四，五", 8) == ["一二三", "四，五"]


def test_one_character_is_never_left_alone_on_a_second_line() -> None:
    assert balance("乌海市政务服务大厅", 16) == ["乌海市政务", "服务大厅"]


def test_two_lines_part_where_a_reader_takes_breath() -> None:
    assert balance("请在二楼 B 区等候，5-9 号窗口办理", 32) == ["请在二楼 B 区等候，", "5-9 号窗口办理"]


@pytest.mark.parametrize("columns", [4, 16, 24, 32, 48])
def test_longest_real_name_keeps_every_character_in_order(columns: int) -> None:
    for lines in (wrap(LONGEST_NAME, columns), balance(LONGEST_NAME, columns)):
        assert "".join(lines) == LONGEST_NAME
        assert all(columns_of(line) <= columns for line in lines)


@given(text=st.text(max_size=200), columns=st.integers(2, 48))
def test_no_line_is_wider_than_asked_and_nothing_but_spaces_is_lost(text: str, columns: int) -> None:
    cleaned = clean(text, 150)
    for lines in (wrap(cleaned, columns), balance(cleaned, columns)):
        assert all(columns_of(line) <= columns for line in lines)
        assert "".join(lines).replace(" ", "") == cleaned.replace(" ", "")
