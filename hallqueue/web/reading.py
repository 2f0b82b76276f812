"""Reads what a page posts: JSON with known fields of known types; the figures of a form, and the page to go on to."""

import json
from types import GenericAlias
from typing import Any

from django.http import HttpRequest, JsonResponse, QueryDict, RawPostDataException
from django.utils.http import url_has_allowed_host_and_scheme

from hallqueue.errors import Refused
from hallqueue.storable import storable

LONGEST_TEXT = 2000
NO_FIGURE = -1


def posted(request: HttpRequest, **types: type | GenericAlias) -> dict[str, Any]:
    """The fields of a JSON body: `key` and those named in `types` (all optional; absent ones are left out).

    `list[str]` and `list[int]` are lists of nothing but these.
    Raises Refused("bad_input") naming the first field that is unknown or of the wrong type.
    """
    try:
        body = storable(json.loads(request.body or b"{}"))
    except (
        ValueError,
        RecursionError,
        RawPostDataException,
    ):  # the last: a form with files, read as one already
        raise Refused("bad_input", 400, detail="JSON") from None
    if not isinstance(body, dict):
        raise Refused("bad_input", 400, detail="JSON")
    known = {"key": str, **types}
    for name, value in body.items():
        _check(name, value, known)
    if "key" not in body:
        raise Refused("bad_key", 400)
    return {name: value for name, value in body.items() if value is not None}


def clean(sent: QueryDict) -> QueryDict:
    """An address's or a form's fields without what no database keeps."""
    if all(storable(each) == each for name, values in sent.lists() for each in (name, *values)):
        return sent
    kept = QueryDict(mutable=True)
    for name, values in sent.lists():
        kept.setlist(storable(name), storable(values))
    return kept


def safe_next(request: HttpRequest) -> str:
    """The page asked for before another had to come first, if it is one of ours; else nothing."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours and wanted.startswith("/") else ""


def figure(typed: str) -> int:
    """A whole number as a form sends it; what is none is NO_FIGURE, which no action takes."""
    digits = typed.strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else NO_FIGURE


def done(answer: dict[str, Any]) -> JsonResponse:
    """A verb's answer."""
    return JsonResponse(answer)


def told_to_staff(answer: dict[str, Any]) -> dict[str, Any]:
    """A verb's answer without the ticket's own address: who knows it may rate, and see what waits to be rated."""
    return {name: value for name, value in answer.items() if name != "token"}


def _check(name: str, value: Any, known: dict[str, type | GenericAlias]) -> None:
    wanted = known.get(name)
    if wanted is None:
        raise Refused("bad_input", 400, detail=name[:40])
    if value is not None and not _is_a(value, wanted):
        raise Refused("bad_input", 400, detail=name)
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise Refused("text_too_long", 400, limit=LONGEST_TEXT)
    if isinstance(value, int) and not -(2**31) < value < 2**62:
        raise Refused("bad_input", 400, detail=name)


def _is_a(value: Any, wanted: type | GenericAlias) -> bool:
    if isinstance(wanted, GenericAlias):
        return isinstance(value, list) and all(_is_a(each, wanted.__args__[0]) for each in value)
    return isinstance(value, wanted) and not (wanted is int and isinstance(value, bool))
