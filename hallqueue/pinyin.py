"""How a Chinese name sounds, for finding services by pinyin and by initials."""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin, load_phrases_dict

# The usual dictionary reads these words of service halls otherwise.
load_phrases_dict({"调档": [["diào"], ["dàng"]], "年长者": [["nián"], ["zhǎng"], ["zhě"]]})


@lru_cache(maxsize=8192)
def pinyin_of(name: str) -> str:
    """The name in plain pinyin, joined: 身份证 → shenfenzheng; letters and digits stay, marks fall away."""
    return "".join(_syllables(name))


@lru_cache(maxsize=8192)
def initials_of(name: str) -> str:
    """The first letters of the name's syllables: 身份证 → sfz; letters and digits stay whole."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors=_letters_and_digits)).lower()


def _syllables(name: str) -> list[str]:
    return [syllable.lower() for syllable in lazy_pinyin(name, errors=_letters_and_digits)]


def _letters_and_digits(marks: str) -> str:
    return "".join(sign for sign in marks if sign.isascii() and sign.isalnum())
