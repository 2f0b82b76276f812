"""What a text must be to stand in its language: the right script, the right parameters, no damage; pure."""

import re
import string
import unicodedata

from hallqueue.errors import Refused

MONGOLIAN = re.compile("[\u1820-\u1878\u1880-\u18aa]")
CYRILLIC = re.compile("[\u0400-\u052f]")
HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
LATIN = re.compile("[A-Za-z]")
SCRIPTS = {"zh": HAN, "mn": MONGOLIAN, "en": LATIN}
SHAPING = frozenset("\u180e\u200c\u200d")
"""Invisible signs that a Mongolian typist needs; variation selectors are letters' marks and pass anyway."""

_PRIVATE = re.compile("[\ue000-\uf8ff]")


def params_of(text: str) -> frozenset[str]:
    """The names in braces; ValueError where the braces are not plain `{name}`."""
    found = set()
    for _, name, form, conversion in string.Formatter().parse(text):
        if name is None:
            continue
        if not name.isidentifier() or form or conversion:
            raise ValueError(name)
        found.add(name)
    return frozenset(found)


def check_wording(lang: str, text: str, beside: str, *, limit: int, takes_params: bool) -> None:
    """Whether `text` may stand in `lang` for the Chinese `beside`, kept sign by sign as it was typed.

    `takes_params` for texts of the program, whose braces are filled in. Raises Refused: wording_too_long,
    wording_private, wording_damaged, wording_control, wording_cyrillic, wording_wrong_script, wording_params.
    """
    if len(text) > limit:
        raise Refused("wording_too_long", 400, limit=limit, length=len(text))
    _check_signs(text)
    _check_script(lang, text, beside)
    if takes_params:
        _check_params(text, beside)


def _check_signs(text: str) -> None:
    if _PRIVATE.search(text):
        raise Refused("wording_private", 400)
    if "\ufffd" in text:
        raise Refused("wording_damaged", 400)
    for sign in text:
        if unicodedata.category(sign)[0] == "C" and sign not in SHAPING:
            raise Refused("wording_control", 400, sign=f"U+{ord(sign):04X}")


def _check_script(lang: str, text: str, beside: str) -> None:
    """Mongolian is written in its own letters, and only there; a number or a name in Latin needs no script."""
    if lang == "mn" and CYRILLIC.search(text):
        raise Refused("wording_cyrillic", 400)
    foreign = lang != "mn" and MONGOLIAN.search(text)
    spoken = HAN.search(beside) if lang == "mn" else any(sign.isalpha() for sign in _without_params(text))
    if foreign or (spoken and not SCRIPTS[lang].search(_without_params(text))):
        raise Refused("wording_wrong_script", 400, lang=lang)


def _without_params(text: str) -> str:
    return re.sub(r"\{\w*\}", "", text)


def _check_params(text: str, beside: str) -> None:
    wanted = params_of(beside)
    try:
        found = params_of(text)
    except ValueError:
        found = frozenset({"?"})
    if found != wanted:
        raise Refused("wording_params", 400, wanted=" ".join(f"{{{name}}}" for name in sorted(wanted)) or "—")
