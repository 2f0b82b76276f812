"""What a call says, unit by unit: 请 A 零 零 一 号 到 三 号 窗口 办理."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from displays.voice.errors import UnsayableError

LONGEST_TEXT = 16
SILENT = frozenset(" -_./·")


class Kind(StrEnum):
    """How a unit is made."""

    CHIME = "chime"
    WORD = "word"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest thing that is recorded by itself; `pinyin` has tone numbers and is empty for letters."""

    name: str
    kind: Kind
    pinyin: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Groups of units said in one breath; a short pause stands between groups, a chime before the first.

    `second` holds the same call in a second language, `times` how often it is said (0: as `Speech` usually does).
    """

    groups: tuple[tuple[Unit, ...], ...]
    second: tuple[tuple[Unit, ...], ...] = ()
    times: int = 0

    @property
    def units(self) -> tuple[Unit, ...]:
        """Everything that sounds, in order, the chime first."""
        return (CHIME, *(unit for group in self.groups for unit in group))

    @property
    def text(self) -> str:
        """The words as a person would write them, one blank between groups."""
        return " ".join("".join(unit.name for unit in group) for group in self.groups)

    @property
    def second_alone(self) -> "Phrase":
        """Only what is said in the second language, after whoever says the first: without a chime."""
        return replace(self, groups=())

    @property
    def pinyin(self) -> str:
        """The words with tone numbers; a letter stands for itself."""
        return " ".join(unit.pinyin or unit.name for unit in self.units[1:])


CHIME = Unit("chime", Kind.CHIME)

_DIGITS = ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九")

_PINYIN = {
    "零": "ling2",
    "一": "yi1",
    "二": "er4",
    "三": "san1",
    "四": "si4",
    "五": "wu3",
    "六": "liu4",
    "七": "qi1",
    "八": "ba1",
    "九": "jiu3",
    "幺": "yao1",
    "十": "shi2",
    "百": "bai3",
    "请": "qing3",
    "号": "hao4",
    "到": "dao4",
    "窗口": "chuang1kou3",
    "兜底": "dou1di3",
    "办理": "ban4li3",
    "过号": "guo4hao4",
}

WORDS = {name: Unit(name, Kind.WORD, pinyin) for name, pinyin in _PINYIN.items()}
LETTERS = {letter: Unit(letter, Kind.LETTER) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
VOCABULARY = {CHIME.name: CHIME, **WORDS, **LETTERS}


def call_phrase(label: str, window: str, *, fallback: bool = False, yao: bool = False) -> Phrase:
    """The phrase of a call; a recall says the same.

    `label` is the displayed number ("A001"), read one by one, with `yao` every 一 of it as 幺. `window` is
    read as a number (12 → 十二). `fallback` names the window 兜底窗口; it may then go without a number ("").
    Raises UnsayableError.
    """
    ticket = (WORDS["请"], *label_units(label, yao=yao), WORDS["号"])
    return Phrase((ticket, (WORDS["到"], *_place(window, fallback=fallback)), (WORDS["办理"],)))


def label_units(label: str, *, yao: bool = False) -> tuple[Unit, ...]:
    """A ticket's number: letters as letters, digits one by one."""
    return tuple(_sign(sign, yao=yao) for sign in _sayable(label))


def window_units(window: str) -> tuple[Unit, ...]:
    """A window's number: every run of digits as a Chinese number, letters as letters."""
    _sayable(window)
    return tuple(unit for run in re.findall("[A-Z]+|[0-9]+", _plain(window)) for unit in _run(run))


def number_units(number: int) -> tuple[Unit, ...]:
    """0–999 as one says it: 10 十, 12 十二, 108 一百零八, 110 一百一十."""
    if not 0 <= number <= 999:
        raise UnsayableError(f"{number} has no place in 0–999")
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    said = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        said += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        said += "零"
    if ones or not number:
        said += _DIGITS[ones]
    return tuple(WORDS[sign] for sign in said)


def _place(window: str, *, fallback: bool) -> Iterator[Unit]:
    if window.strip() or not fallback:
        yield from window_units(window)
        yield WORDS["号"]
    if fallback:
        yield WORDS["兜底"]
    yield WORDS["窗口"]


def _run(run: str) -> tuple[Unit, ...]:
    if run[0] in LETTERS or int(run) > 999:
        return tuple(_sign(sign) for sign in run)
    return number_units(int(run))


def _sign(sign: str, *, yao: bool = False) -> Unit:
    if sign in LETTERS:
        return LETTERS[sign]
    return WORDS["幺"] if yao and sign == "1" else WORDS[_DIGITS[int(sign)]]


def _sayable(text: str) -> str:
    """The letters and digits of the text; separators are silent, anything else is refused."""
    signs = "".join(sign for sign in _plain(text) if sign not in SILENT)
    strange = [sign for sign in signs if sign not in LETTERS and sign not in "0123456789"]
    if strange or not 0 < len(signs) <= LONGEST_TEXT:
        raise UnsayableError(f"cannot say {text[:40]!r}")
    return signs


def _plain(text: str) -> str:
    """Full-width signs made narrow, letters made large."""
    return unicodedata.normalize("NFKC", text).upper()


def file_name(unit: Unit) -> str:
    """A plain name for the clip: qing3.wav, letter_a.wav, chime.wav."""
    if unit.name in LETTERS:
        return f"letter_{unit.name.lower()}.wav"
    return f"{unit.pinyin or unit.name}.wav"
