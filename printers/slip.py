"""The slip a citizen takes away: its texts, how they are laid out, and the bytes a printer gets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from printers.escpos_bytes import sheet_bytes
from printers.parts import Code, Columns, Gap, Line, Paper, Part, Rule
from printers.wording import clean, columns_of, wrap

NAME_LIMIT = 120  # characters; the longest real service name has 110
SHORT_LIMIT = 60
URL_LIMIT = 300
RULES_LIMIT = 8
USUAL_PERCENT = 90
_MONGOLIAN_LARGE = (40, 216)  # size and height of a column in dots
_MONGOLIAN_SMALL = (30, 168)


@dataclass(frozen=True, slots=True)
class Slip:
    """Everything on one slip, already worded in the citizen's language; an empty text takes no room.

    `hall` and `service` hold names by language ("zh", "mn", "en"); `languages` is the order they stand in,
    the first one large; `mongolian_percent` is the size of Mongolian beside Chinese.
    `copy_mark` says that this paper is not the first ("补打 第2份").
    """

    number: str
    hall: Mapping[str, str]
    service: Mapping[str, str]
    url: str = ""
    class_word: str = ""
    ahead: str = ""
    waiting: str = ""
    place: str = ""
    issued: str = ""
    scan: str = "扫码查看实时进度"
    rules: tuple[str, ...] = ()
    copy_mark: str = ""
    languages: tuple[str, ...] = field(default=("zh", "mn", "en"))
    mongolian_percent: int = 90


def slip_bytes(slip: Slip, paper: Paper) -> bytes:
    """The whole print of `slip`, from reset to cut, whatever its texts contain."""
    return sheet_bytes(list(slip_parts(slip, paper)), paper)


def slip_parts(slip: Slip, paper: Paper) -> Iterator[Part]:
    """The layout, top to bottom: hall, number, service, the wait, the way to follow it, the rules."""
    yield from _head(slip, paper)
    yield from _number(slip, paper)
    yield from _names(slip, slip.service, paper)
    yield from _wait(slip, paper)
    yield from _code(slip)
    yield from _foot(slip)


def _head(slip: Slip, paper: Paper) -> Iterator[Part]:
    yield from _names(slip, slip.hall, paper)
    yield Gap(10)
    yield Rule()


def _names(slip: Slip, names: Mapping[str, str], paper: Paper) -> Iterator[Part]:
    leading = True
    for language in slip.languages:
        text = clean(names.get(language, ""), NAME_LIMIT)
        if not text:
            continue
        if not leading:
            yield Gap(10)
        if language == "mn":
            size, height = _MONGOLIAN_LARGE if leading else _MONGOLIAN_SMALL
            yield Columns(text, round(size * slip.mongolian_percent / USUAL_PERCENT), height)
        else:
            yield Line(text, size=_size(text, paper, lines=2) if leading else 1, bold=leading)
        leading = False


def _size(text: str, paper: Paper, lines: int) -> int:
    """Double where that takes at most `lines` lines, else single."""
    return 2 if len(wrap(text, paper.columns // 2)) <= lines else 1


def _number(slip: Slip, paper: Paper) -> Iterator[Part]:
    number = clean(slip.number, 24)
    mark = clean(slip.copy_mark, SHORT_LIMIT)
    word = clean(slip.class_word, SHORT_LIMIT)
    yield Gap(24)
    if mark:
        yield Line(f"【{mark}】", size=_size(mark, paper, lines=1), bold=True)
        yield Gap(12)
    if word:
        yield Line(word, bold=True)
        yield Gap(6)
    yield Line(number, size=_hero_size(number, paper), bold=True)
    yield Gap(20)


def _hero_size(number: str, paper: Paper) -> int:
    """As large as seven eighths of the width allow, at most 7 and at least 1."""
    return max(1, min(7, paper.columns * 7 // 8 // max(columns_of(number), 1)))


def _wait(slip: Slip, paper: Paper) -> Iterator[Part]:
    yield Gap(16)
    yield Rule()
    yield Gap(18)
    ahead = clean(slip.ahead, SHORT_LIMIT)
    if ahead:
        yield Line(ahead, size=_size(ahead, paper, lines=1), bold=True)
        yield Gap(10)
    waiting = clean(slip.waiting, SHORT_LIMIT)
    if waiting:
        yield Line(waiting, size=_size(waiting, paper, lines=1))
        yield Gap(14)
    for text in filter(None, (clean(slip.place, NAME_LIMIT), clean(slip.issued, SHORT_LIMIT))):
        yield Line(text)
        yield Gap(4)


def _code(slip: Slip) -> Iterator[Part]:
    """The QR; an address that is too long or not plain ASCII is left out: a shortened one leads nowhere."""
    if not 0 < len(slip.url) <= URL_LIMIT or not all("!" <= character <= "~" for character in slip.url):
        return
    yield Gap(16)
    yield Code(slip.url)
    yield Gap(8)
    yield Line(clean(slip.scan, SHORT_LIMIT))


def _foot(slip: Slip) -> Iterator[Part]:
    rules = [clean(rule, NAME_LIMIT) for rule in slip.rules[:RULES_LIMIT]]
    if not any(rules):
        return
    yield Gap(14)
    yield Rule()
    yield Gap(10)
    for rule in filter(None, rules):
        yield Line(rule, align="left")
        yield Gap(2)
