"""What a call says: order, completeness and refusals."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from displays.voice.errors import UnsayableError
from displays.voice.phrases import (
    LETTERS,
    VOCABULARY,
    Kind,
    Unit,
    call_phrase,
    label_units,
    number_units,
    window_units,
)

labels = st.from_regex(r"[A-Z]{1,2}[0-9]{1,5}", fullmatch=True)
digits = "零一二三四五六七八九"


def names(units: Iterable[Unit]) -> list[str]:
    return [unit.name for unit in units]


def test_call_says_chime_then_every_unit_in_order() -> None:
    said = names(call_phrase("A001", "3").units)
    assert said == ["chime", "请", "A", "零", "零", "一", "号", "到", "三", "号", "窗口", "办理"]


def test_call_has_pinyin_with_tone_numbers() -> None:
    expected = "qing3 A ling2 ling2 yi1 hao4 dao4 san1 hao4 chuang1kou3 ban4li3"
    assert call_phrase("A001", "3").pinyin == expected


def test_yao_is_said_in_ticket_numbers_only() -> None:
    assert call_phrase("A011", "1", yao=True).text == "请A零幺幺号 到一号窗口 办理"
    assert call_phrase("A011", "1").text == "请A零一一号 到一号窗口 办理"


def test_fallback_window_is_called_by_its_name_and_number() -> None:
    assert call_phrase("C120", "9", fallback=True).text == "请C一二零号 到九号兜底窗口 办理"
    assert call_phrase("C120", "", fallback=True).text == "请C一二零号 到兜底窗口 办理"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "零"),
        (9, "九"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (24, "二十四"),
        (99, "九十九"),
        (100, "一百"),
        (101, "一百零一"),
        (108, "一百零八"),
        (110, "一百一十"),
        (112, "一百一十二"),
        (230, "二百三十"),
        (999, "九百九十九"),
    ],
)
def test_window_numbers_are_read_as_numbers(number: int, said: str) -> None:
    assert "".join(names(number_units(number))) == said


@pytest.mark.parametrize("number", [-1, 1000])
def test_number_without_a_reading_is_refused(number: int) -> None:
    with pytest.raises(UnsayableError):
        number_units(number)


def test_window_with_letters_zeros_or_four_digits_is_still_said() -> None:
    assert names(window_units("B12")) == ["B", "十", "二"]
    assert names(window_units("03")) == ["三"]
    assert names(window_units("2-1")) == ["二", "一"]
    assert names(window_units("1024")) == ["一", "零", "二", "四"]


def test_full_width_and_small_letters_are_read_alike() -> None:
    assert call_phrase("Ａ００１", "３") == call_phrase("a-001", "3")


@pytest.mark.parametrize(
    "label", ["", " ", "-", "综001", "A001; rm", "<b>", "A" * 17, "A\x00", "٣", "²½", "ß🙂"]
)
def test_label_that_nothing_says_is_refused(label: str) -> None:
    with pytest.raises(UnsayableError):
        call_phrase(label, "3")


def test_call_without_a_window_is_refused() -> None:
    with pytest.raises(UnsayableError):
        call_phrase("A001", "")


@given(labels)
def test_every_sign_of_a_label_is_said_once_and_in_order(label: str) -> None:
    said = names(label_units(label))
    assert said == [sign if sign in LETTERS else digits[int(sign)] for sign in label]


@given(labels, st.integers(1, 999), st.booleans(), st.booleans())
def test_every_unit_of_a_call_is_in_the_vocabulary(
    label: str, window: int, fallback: bool, yao: bool
) -> None:
    phrase = call_phrase(label, str(window), fallback=fallback, yao=yao)
    assert all(VOCABULARY[unit.name] is unit for unit in phrase.units)
    assert [unit.kind for unit in phrase.units].count(Kind.CHIME) == 1
    assert "".join(names(phrase.units[1:])) == phrase.text.replace(" ", "")


@given(labels, labels, st.integers(1, 999), st.integers(1, 999))
def test_different_calls_never_say_the_same(one: str, other: str, here: int, there: int) -> None:
    alike = call_phrase(one, str(here)).text == call_phrase(other, str(there)).text
    assert alike == ((one, here) == (other, there))


@given(st.text(max_size=30))
def test_any_text_is_said_or_refused_by_name(text: str) -> None:
    try:
        phrase = call_phrase(text, "3")
    except UnsayableError:
        return
    assert all(unit in VOCABULARY.values() for unit in phrase.units)
