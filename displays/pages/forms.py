"""What the displays' pages of staff share: one post with a key, a refusal shown on the page, a way back."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect

from hallqueue.errors import Refused
from hallqueue.problems import sentence_of
from hallqueue.web.access import HallRequest, actor_of
from hallqueue.web.pages import language_of

Context = dict[str, Any]


def saying(request: HallRequest) -> tuple[int, Any, str]:
    """Hall, person and key: what every command begins with."""
    return request.hall.pk, actor_of(request), request.POST.get("key", "")


def answered(request: HallRequest, act: Callable[[], Any], back: str) -> HttpResponse | Context:
    """Act and lead to `back`; what is refused comes as {sentence, status}, for the page to show."""
    try:
        act()
    except Refused as refusal:
        return {"sentence": sentence_of(refusal, language_of(request)), "status": refusal.status}
    return HttpResponseRedirect(f"{back}{'&' if '?' in back else '?'}done=1", status=303)


def whole(typed: str) -> int:
    """A whole number as typed, or one that no rule accepts."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else -1


def whole_numbers(typed: list[str]) -> list[int]:
    """Each of them."""
    return [whole(each) for each in typed]
