"""What the manager's hands post: borrow, move, tell, put a notice, begin and end an emergency, take advice, undo."""

from collections.abc import Callable
from types import GenericAlias

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from hallqueue.actions import advising, borrowing, messages, notices, undoing
from hallqueue.actions.command import Answer
from hallqueue.actions.line import moving
from hallqueue.errors import Refused
from hallqueue.models import HANDS
from hallqueue.topics.advice import as_reason, standing
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.pages import language_of
from hallqueue.web.reading import done, posted

# What may be posted, with the fields each takes beside the key; those after the dash must be there.
VERBS: dict[str, tuple[Callable[..., Answer], dict[str, type | GenericAlias], tuple[str, ...]]] = {
    "borrow": (
        borrowing.borrow,
        {"window": int, "service": str, "department": str, "minutes": int, "reason": str},
        ("window", "reason"),
    ),
    "take-back": (borrowing.take_back, {"borrowing": int}, ("borrowing",)),
    "move": (
        moving.redirect,
        {"tickets": list[int], "reason": str, "service": str, "to_window": int, "fallback": bool},
        ("tickets", "reason"),
    ),
    "message": (messages.send, {"text": str, "window": int}, ("text",)),
    "notice": (
        notices.put,
        {"zh": str, "mn": str, "en": str, "minutes": int, "places": list[str]},
        ("zh", "minutes", "places"),
    ),
    "take-down": (notices.take_down, {"notice": int}, ("notice",)),
    "emergency": (notices.begin_emergency, {"zh": str, "mn": str, "en": str}, ("zh",)),
    "emergency-over": (notices.end_emergency, {}, ()),
    "undo": (undoing.undo, {"act": int}, ("act",)),
}


@allowed(*HANDS)
@require_POST
def hand(request: HallRequest, hall: str, verb: str) -> HttpResponse:
    """Do one of VERBS."""
    if verb not in VERBS:
        raise Refused("page_unknown", 404)
    perform, types, needed = VERBS[verb]
    details = posted(request, **types)
    key = details.pop("key")
    for name in needed:
        if name not in details:
            raise Refused("reason_required" if name == "reason" else "bad_input", 400, detail=name)
    return done(perform(request.hall.pk, actor_of(request), key, **details))


@allowed(*HANDS)
@require_POST
def advise(request: HallRequest, hall: str) -> HttpResponse:
    """Take a piece of advice that stands, or send it away for a while."""
    fields = posted(request, advice=str, take=bool)
    found = standing(request.hall, fields.get("advice", ""))
    say = (request.hall.pk, actor_of(request), fields["key"])
    if not fields.get("take"):
        return done(advising.dismiss(*say, advice=found))
    return done(advising.take(*say, advice=found, reason=as_reason(found, language_of(request))))


urls: list[URLPattern] = [
    path("<slug:hall>/manager/advice/", advise, name="manager-advice"),
    path("<slug:hall>/manager/hands/<slug:verb>/", hand, name="manager-hands"),
]
