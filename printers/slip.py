"""The slip a citizen takes away: its texts, how they are laid out, and the bytes a printer gets."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from printers.escpos_bytes import sheet_bytes
from printers.parts import Code, Columns, Gap, Line, Paper, Part, Picture, Rule
from printers.wording import clean, columns_of, wrap

NAME_LIMIT = 120  # characters; the longest real service name has 110
SHORT_LIMIT = 60
URL_LIMIT = 300
RULES_LIMIT = 8  # of the hall's own
_ALL_RULES = RULES_LIMIT + 3  # with what it does with passed numbers
USUAL_PERCENT = 90
LIST_LIMIT = 13  # a heading and twelve under it
FOOTER_LIMIT = 200
_MONGOLIAN_LARGE = (40, 216)  # size and height of a column in dots
_MONGOLIAN_SMALL = (30, 168)
_MONGOLIAN_FINE = (26, 168)  # beside Chinese of 24 dots


@dataclass(frozen=True, slots=True)
class Slip:
    """Everything on one slip, already worded in the citizen's language; an empty text takes no room.

    `lines` says which blocks of `LINES` stand on it, in order. `hall` and `service` hold names by language ("zh",
    "mn", "en"); `languages` is the order they stand in, the first one large; `mongolian_percent` is the size of
    Mongolian beside Chinese. The first of `steps` and of `documents` is their heading. `told_mn` says the wait and
    the place in Mongolian columns, `documents_mn` and `rules_mn` the documents and rules. `code` stands under the QR
    code. `copy_mark` says that this paper is not the first ("补打 第2份"); it and the class stand by the number.
    """

    number: str
    hall: Mapping[str, str]
    service: Mapping[str, str]
    url: str = ""
    class_word: str = ""
    ahead: str = ""
    waiting: str = ""
    told_mn: str = ""
    place: str = ""
    steps: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    issued: str = ""
    scan: str = "扫码查看实时进度"
    rules: tuple[str, ...] = ()
    footer: str = ""
    footer_mn: str = ""
    copy_mark: str = ""
    logo: Picture | None = None
    languages: tuple[str, ...] = field(default=("zh", "mn", "en"))
    mongolian_percent: int = USUAL_PERCENT
    lines: tuple[str, ...] = field(default_factory=lambda: tuple(LINES))
    code: str = ""
    rules_mn: tuple[str, ...] = ()
    documents_mn: tuple[str, ...] = ()


def slip_bytes(slip: Slip, paper: Paper) -> bytes:
    """The whole print of `slip`, from reset to cut, whatever its texts contain."""
    return sheet_bytes(list(slip_parts(slip, paper)), paper)


def slip_parts(slip: Slip, paper: Paper) -> Iterator[Part]:
    """The layout, top to bottom: the blocks of `slip.lines`, those that belong together without a rule between."""
    before = ""
    for name in slip.lines:
        group, block = LINES[name]
        parts = list(block(slip, paper))
        if not parts:
            continue
        if before and group != before:
            yield from _SEPARATORS[group]
        elif before:
            yield Gap(8)
        yield from parts
        before = group


def _logo(slip: Slip, paper: Paper) -> Iterator[Part]:
    if slip.logo is not None:
        yield slip.logo
        yield Gap(6)


def _hall(slip: Slip, paper: Paper) -> Iterator[Part]:
    return _names(slip, slip.hall, paper)


def _service(slip: Slip, paper: Paper) -> Iterator[Part]:
    return _names(slip, slip.service, paper)


def _names(slip: Slip, names: Mapping[str, str], paper: Paper) -> Iterator[Part]:
    leading = True
    for language in slip.languages:
        text = clean(names.get(language, ""), NAME_LIMIT)
        if not text:
            continue
        if not leading:
            yield Gap(10)
        if language == "mn":
            yield _columns(slip, text, _MONGOLIAN_LARGE if leading else _MONGOLIAN_SMALL)
        else:
            yield Line(text, size=_size(text, paper, lines=2) if leading else 1, bold=leading)
        leading = False


def _columns(slip: Slip, text: str, usual: tuple[int, int]) -> Columns:
    """Mongolian as large as the hall wants it beside Chinese."""
    return Columns(text, round(usual[0] * slip.mongolian_percent / USUAL_PERCENT), usual[1])


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
    yield Gap(12)


def _hero_size(number: str, paper: Paper) -> int:
    """As large as seven eighths of the width allow, at most 7 and at least 1."""
    return max(1, min(7, paper.columns * 7 // 8 // max(columns_of(number), 1)))


def _wait(slip: Slip, paper: Paper) -> Iterator[Part]:
    ahead, waiting = clean(slip.ahead, SHORT_LIMIT), clean(slip.waiting, SHORT_LIMIT)
    if ahead:
        yield Line(ahead, size=_size(ahead, paper, lines=1), bold=True)
        yield Gap(10)
    if waiting:
        yield Line(waiting, size=_size(waiting, paper, lines=1))
        yield Gap(6)
    told = clean(slip.told_mn, FOOTER_LIMIT)
    if told:
        yield _columns(slip, told, _MONGOLIAN_SMALL)


def _place(slip: Slip, paper: Paper) -> Iterator[Part]:
    return _sentence(slip.place, NAME_LIMIT)


def _issued(slip: Slip, paper: Paper) -> Iterator[Part]:
    return _sentence(slip.issued, SHORT_LIMIT)


def _sentence(text: str, limit: int) -> Iterator[Part]:
    shown = clean(text, limit)
    if shown:
        yield Line(shown)


def _steps(slip: Slip, paper: Paper) -> Iterator[Part]:
    return _listed(slip.steps)


def _documents(slip: Slip, paper: Paper) -> Iterator[Part]:
    yield from _listed(slip.documents)
    yield from _joined(slip, slip.documents_mn[:LIST_LIMIT])


def _listed(texts: tuple[str, ...]) -> Iterator[Part]:
    """A heading, and what stands under it, one a line."""
    shown = [text for text in (clean(each, NAME_LIMIT) for each in texts[:LIST_LIMIT]) if text]
    for place, text in enumerate(shown):
        yield Line(text, align="left", bold=place == 0)
        yield Gap(2)


def _code(slip: Slip, paper: Paper) -> Iterator[Part]:
    """The QR; an address that is too long or not plain ASCII is left out: a shortened one leads nowhere."""
    if not 0 < len(slip.url) <= URL_LIMIT or not all("!" <= character <= "~" for character in slip.url):
        return
    yield Code(slip.url)
    yield Gap(8)
    yield Line(clean(slip.scan, SHORT_LIMIT))
    if slip.code:
        yield Line(clean(slip.code, SHORT_LIMIT))


def _rules(slip: Slip, paper: Paper) -> Iterator[Part]:
    for rule in filter(None, (clean(rule, NAME_LIMIT) for rule in slip.rules[:_ALL_RULES])):
        yield Line(rule, align="left")
        yield Gap(2)
    yield from _joined(slip, slip.rules_mn[:_ALL_RULES])


def _joined(slip: Slip, texts: Iterable[str]) -> Iterator[Part]:
    """Mongolian sentences, one after the other in columns."""
    if told := " ".join(filter(None, (clean(each, NAME_LIMIT) for each in texts))):
        yield Gap(8)
        yield _columns(slip, told, _MONGOLIAN_FINE)


def _footer(slip: Slip, paper: Paper) -> Iterator[Part]:
    yield from _sentence(slip.footer, FOOTER_LIMIT)
    mongolian = clean(slip.footer_mn, FOOTER_LIMIT)
    if mongolian and "mn" in slip.languages:
        yield Gap(8)
        yield _columns(slip, mongolian, _MONGOLIAN_SMALL)


Block: TypeAlias = Callable[[Slip, Paper], Iterator[Part]]
LINES: dict[str, tuple[str, Block]] = {
    "logo": ("head", _logo),
    "hall": ("head", _hall),
    "number": ("ticket", _number),
    "service": ("ticket", _service),
    "wait": ("way", _wait),
    "place": ("way", _place),
    "steps": ("way", _steps),
    "documents": ("way", _documents),
    "issued": ("way", _issued),
    "code": ("code", _code),
    "rules": ("foot", _rules),
    "footer": ("foot", _footer),
}
"""What may stand on a slip, in the order of the house, and which belong together."""

_SEPARATORS: dict[str, tuple[Part, ...]] = {
    "head": (Gap(12), Rule(), Gap(12)),
    "ticket": (Gap(10), Rule()),
    "way": (Gap(16), Rule(), Gap(18)),
    "code": (Gap(16),),
    "foot": (Gap(14), Rule(), Gap(10)),
}
