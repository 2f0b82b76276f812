"""How a Chinese name sounds, for finding services by pinyin and by initials."""

from functools import cache, lru_cache
from typing import Any


@lru_cache(maxsize=8192)
def pinyin_of(name: str) -> str:
    """The name in plain pinyin, joined: 身份证 → shenfenzheng; letters and digits stay, marks fall away."""
    return "".join(
        syllable.lower() for syllable in _dictionary().lazy_pinyin(name, errors=_letters_and_digits)
    )


@lru_cache(maxsize=8192)
def initials_of(name: str) -> str:
    """The first letters of the name's syllables: 身份证 → sfz; letters and digits stay whole."""
    first = _dictionary().Style.FIRST_LETTER
    return "".join(_dictionary().lazy_pinyin(name, style=first, errors=_letters_and_digits)).lower()


@cache
def _dictionary() -> Any:
    """The dictionary, loaded when a name is first spelt: its 40 MB would weigh on every idle server."""
    import pypinyin

    # It reads these words of service halls otherwise.
    pypinyin.load_phrases_dict({"调档": [["diào"], ["dàng"]], "年长者": [["nián"], ["zhǎng"], ["zhě"]]})
    return pypinyin


def _letters_and_digits(marks: str) -> str:
    return "".join(sign for sign in marks if sign.isascii() and sign.isalnum())
