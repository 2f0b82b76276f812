"""Words on a bar: as wide as they are counted, shortened before they run, in even pages where they cannot run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from displays.cards.area import Area, Motion
from displays.cards.dots import dots_of, width_of
from displays.cards.fitting import fit, fitted, pages_of


def test_chinese_is_as_wide_as_high_and_digits_half() -> None:
    assert width_of("请A001", 16) == 16 + 4 * 8


def test_words_go_before_a_text_must_scroll_and_the_number_never_does() -> None:
    assert fit("请A001到3号窗口办理", 200, 16).text == "请A001到3号窗口办理"
    assert fit("请A001到3号窗口办理", 120, 16).text == "请A001到3号窗口"
    assert fit("请A001到3号窗口办理", 104, 16).text == "请A001到3窗口"
    assert fit("请A001到3号窗口办理", 48, 16) == fit("请A001到3号窗口办理", 10, 16)
    assert fit("请A001到3号窗口办理", 48, 16).scrolls


def test_wordings_are_tried_from_the_fullest_to_the_shortest() -> None:
    wordings = ("请A001到3号窗口办理", "请A001", "A001")
    assert [fit(wordings, width, 16).text for width in (160, 60, 40)] == [*wordings]
    assert fit(wordings, 20, 16) == fit((wordings[0],), 20, 16)


@pytest.mark.parametrize(
    ("text", "width", "pages"),
    [
        ("乌海市政务服务大厅", 128, "乌海市政|务服务大厅"),  # not: one letter alone on the last page
        ("请C027到一楼左侧12号窗口办理", 96, "请C027到一|楼左侧12号|窗口办理"),
        ("上午提示　　全天提示", 96, "上午提示|全天提示"),
        ("《办事指南》已更新，请看大屏", 96, "《办事指南》|已更新，|请看大屏"),
        ("从东门离开。不要坐电梯！", 112, "从东门离开。|不要坐电梯！"),
        ("请听从工作人员指挥，从最近的出口有序离开", 106, "请听从工作|人员指挥，|从最近的|出口有序离开"),
        ("2026-11-29 18:00闭馆", 96, "2026-11-29|18:00闭馆"),
        ("ABCDEFGHIJK", 64, "ABCDE|FGHIJK"),
        ("请号", 8, "请|号"),
        ("", 64, ""),
    ],
)
def test_pages_are_even_and_cut_neither_figures_nor_words(text: str, width: int, pages: str) -> None:
    assert pages_of(text, width, 16) == pages.split("|")


@given(st.text("请到窗口A1，。 《》　", max_size=40), st.integers(2, 20))
def test_pages_hold_every_sign_and_fit(text: str, letters: int) -> None:
    found = pages_of(text, letters * 8, 16)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(width_of(page, 16) <= letters * 8 for page in found)
    assert all(found) or found == [""]


@pytest.mark.parametrize("height", [16, 24, 32])
def test_drawn_letters_are_as_wide_as_they_are_counted(height: int) -> None:
    assert dots_of("请A001·䶮", height).size == (width_of("请A001·䶮", height), height)
    assert dots_of("䶮", height).tobytes() == dots_of("？", height).tobytes()


def test_text_that_fits_stands_and_one_that_does_not_runs() -> None:
    assert fitted(Area("A001", width=64, height=16)).motion is Motion.QUICK
    assert fitted(Area("A001" * 9, width=64, height=16)).motion is Motion.LEFT
