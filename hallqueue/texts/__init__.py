"""Every sentence and word the hall shows, read once from the room files beside this module.

A room file `kiosk.toml` holds entries written with their full key, so that a search finds them:

    [kiosk.take]
    zh = "取号"
    en = "Take a number"
    mn = "…"            # traditional Mongolian, may be missing: Chinese is shown instead

Parameters are plain `{names}`. `citizen = true` marks an entry of a staff room that citizens meet too. A hall may word
any entry in its own way: whoever serves it says so by `worded`, and its words go before those of the files.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("zh", "mn", "en")
DEFAULT_LANGUAGE = "zh"
HTML_LANGUAGES = {"zh": "zh-CN", "mn": "mn-Mong", "en": "en"}
"""What goes into a page's `lang` attribute."""

PUBLIC_ROOMS = frozenset({"board", "help", "kiosk", "rules", "slip", "ticket", "wall", "words"})
"""The rooms whose every text citizens meet."""

Entry = dict[str, Any]
Overlay = Mapping[str, Mapping[str, str]]
"""A hall's own words: by key and language."""

_QUOTED = re.compile(r"“\{(\w+)\}”")
_INNER = str.maketrans("“”", "‘’")
_NONE: dict[str, Any] = {}
_own_words: ContextVar[Overlay] = ContextVar("own_words")


class BadRoomFileError(Exception):
    """A room file is not written as this module's docstring says; the message says where."""


def text(key: str, lang: str = DEFAULT_LANGUAGE, **params: object) -> str:
    """The text of `key` in `lang`, parameters filled in; KeyError for an unknown key or parameter."""
    found = _in_language(key, all_entries()[key], lang)
    return found.format(**_quoted_inside(found, params))


def _quoted_inside(found: str, params: dict[str, object]) -> dict[str, object]:
    """The parameters, those that stand in quotation marks with single ones inside: “‘办不成事’反映”."""
    if "“{" not in found:
        return params
    return params | {
        name: str(params[name]).translate(_INNER) for name in _QUOTED.findall(found) if name in params
    }


def named(name: str, english: str, lang: str) -> str:
    """What a thing of the hall is called in `lang`: by its English name in English, if it has one."""
    return english if lang == "en" and english else name


def has_text(key: str) -> bool:
    """Whether `key` is known, for texts chosen by a code from outside."""
    return key in all_entries()


def is_public(key: str) -> bool:
    """Whether citizens meet this text, so that it is wanted in Chinese and in Mongolian."""
    entry = all_entries()[key]
    return key.split(".")[0] in PUBLIC_ROOMS or bool(entry.get("citizen") or entry.get("mn"))


@contextmanager
def worded(own: Overlay) -> Iterator[None]:
    """Inside, a hall's own words (see `Wording.overlay`) go before those of the files."""
    before = _own_words.set(own)
    try:
        yield
    finally:
        _own_words.reset(before)


def use_words(own: Overlay) -> None:
    """From here to the end of the surrounding `worded`, these words: for a door that learns late which hall it is."""
    _own_words.set(own)


def texts_of(room: str, lang: str = DEFAULT_LANGUAGE) -> dict[str, str]:
    """All texts of one room by full key, parameters still in braces: what a page hands to its JavaScript."""
    found = {
        key: _in_language(key, entry, lang)
        for key, entry in all_entries().items()
        if key.startswith(f"{room}.")
    }
    if not found:
        raise KeyError(room)
    return found


@cache
def all_entries() -> dict[str, Entry]:
    """Every entry of every room file, by full key."""
    entries: dict[str, Entry] = {}
    for file in sorted(Path(__file__).parent.glob("*.toml")):
        entries.update(read_room(file))
    return entries


def read_room(file: Path) -> dict[str, Entry]:
    """The entries of one room file; a table outside the room of the file's name is refused."""
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    if strangers := set(tables) - {file.stem}:
        raise BadRoomFileError(f"{file.name}: write [{file.stem}.{min(strangers)}…], not [{min(strangers)}…]")
    return dict(_entries_under(file.stem, tables.get(file.stem, {})))


def _entries_under(key: str, table: Entry) -> Iterator[tuple[str, Entry]]:
    if isinstance(table.get("zh"), str):
        yield key, table
        return
    for name, inner in table.items():
        if not isinstance(inner, dict):
            raise BadRoomFileError(f"[{key}] has no zh")
        yield from _entries_under(f"{key}.{name}", inner)


def _in_language(key: str, entry: Entry, lang: str) -> str:
    if lang not in LANGUAGES:
        lang = DEFAULT_LANGUAGE
    own = _own_words.get(_NONE).get(key, _NONE)
    found: str = own.get(lang) or entry.get(lang) or own.get(DEFAULT_LANGUAGE) or entry[DEFAULT_LANGUAGE]
    return found
