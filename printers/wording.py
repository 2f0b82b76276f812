"""What may stand on paper: cleaning, width in columns, wrapping, and the printer's own characters."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# The same sign in a form that every Chinese printer has; anything else outside its ROM becomes a picture.
_SUBSTITUTES = {
    "\u00a0": " ",
    "\u2011": "-",
    "\u2022": "·",
    "\u2013": "-",
    "\u00a5": "￥",
    "\u2028": " ",
    "\u2029": " ",
}
# Format characters that Mongolian spelling needs: ZWNJ, ZWJ, Mongolian vowel separator.
_MONGOLIAN_FORMATS = frozenset("\u200c\u200d\u180e")
_MONGOLIAN = re.compile("[\u1800-\u18af\u202f\u200c\u200d\U00011660-\U0001167f]")
_UNIT = re.compile(
    r" +"
    r"|[（《〈“‘【〔「『]*"
    r"(?:[\u1800-\u18af\u202f\u200c\u200d]+|[!-~]+|[^ ])"
    r"[，。、；：！？）》〉”’】〕」』…—]*"
)


def clean(text: str, limit: int) -> str:
    """`text` without anything a printer could take for a command, on one line, at most `limit` characters."""
    allowed = "".join(_allowed(character) for character in text[: limit * 4])
    joined = re.sub(" {2,}", " ", allowed).strip(" ")
    return joined if len(joined) <= limit else joined[: limit - 1] + "…"


def _allowed(character: str) -> str:
    if character in "\t\n\v\f\r\x85":
        return " "
    category = unicodedata.category(character)
    if category in ("Cc", "Cs") or (category == "Cf" and character not in _MONGOLIAN_FORMATS):
        return ""
    return _SUBSTITUTES.get(character, character)


def is_mongolian(character: str) -> bool:
    """Whether `character` belongs to a run that must be shaped as traditional Mongolian."""
    return _MONGOLIAN.match(character) is not None


@lru_cache(maxsize=8192)
def in_rom(character: str, rom: str) -> bool:
    """Whether a printer with the character set `rom` (a Python codec) can print `character` by itself."""
    if " " <= character <= "~":
        return True
    try:
        return len(character.encode(rom)) >= 2
    except UnicodeEncodeError:
        return False


def columns_of(text: str) -> int:
    """Columns on paper: one for ASCII, two for everything else, as the ROM of a Chinese printer spaces it."""
    return sum(1 if character <= "~" else 2 for character in text)


def wrap(text: str, columns: int) -> list[str]:
    """Lines of at most `columns`; words stay whole where they fit, punctuation stays with its character."""
    lines = [""]
    for unit in _units(text, max(columns, 2)):
        if columns_of(lines[-1]) + columns_of(unit) > columns and lines[-1]:
            lines[-1] = lines[-1].rstrip(" ")
            lines.append("")
        if lines[-1] or unit.strip(" "):
            lines[-1] += unit
    return [line.rstrip(" ") for line in lines if line.strip(" ")]


def balance(text: str, columns: int) -> list[str]:
    """As many lines as `wrap` needs, but of about the same width: no character is left over."""
    wanted = len(wrap(text, columns))
    pair = _sentence_pair(text, columns) if wanted == 2 else None
    if pair:
        return pair
    low, high = 2, columns
    while low < high:
        middle = (low + high) // 2
        if len(wrap(text, middle)) <= wanted:
            high = middle
        else:
            low = middle + 1
    return wrap(text, high)


def _sentence_pair(text: str, columns: int) -> list[str] | None:
    """Two lines parted where a reader takes breath, as near to the middle as can be."""
    places = [match.end() for match in re.finditer("[，。；！？：] *(?=.)", text)]
    pairs = [(text[:place].rstrip(" "), text[place:]) for place in places]
    fitting = [pair for pair in pairs if max(map(columns_of, pair)) <= columns]
    best = min(fitting, key=lambda pair: max(map(columns_of, pair)), default=None)
    return list(best) if best else None


def _units(text: str, columns: int) -> Iterator[str]:
    for match in _UNIT.finditer(text):
        yield from _pieces(match.group(), columns)


def _pieces(unit: str, columns: int) -> Iterator[str]:
    """A unit too long for any line, cut between characters."""
    piece = ""
    for character in unit:
        if columns_of(piece + character) > columns:
            yield piece
            piece = ""
        piece += character
    yield piece
