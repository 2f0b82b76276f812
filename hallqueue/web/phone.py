"""The ticket's own page, on the citizen's phone: behind a link nobody can guess, without personal data."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_POST

from hallqueue.actions.command import Answer
from hallqueue.actions.line import citizens
from hallqueue.errors import Refused
from hallqueue.models import WALKERS, Hall, Ticket
from hallqueue.rating_reasons import CURRENT, VERSIONS
from hallqueue.texts import LANGUAGES, text
from hallqueue.topics import Topic, frame_of
from hallqueue.topics.reading import Reading
from hallqueue.topics.rules import what_to_know
from hallqueue.transactions import one_read
from hallqueue.web.access import ANYONE, STAFF, Viewer, allowed, holder, viewer_of
from hallqueue.web.kiosk import tongues
from hallqueue.web.pages import LANGUAGE_COOKIE, come_in, language_of, page, page_data
from hallqueue.web.reading import done, posted


@allowed(ANYONE)
@require_GET
def ticket(request: HttpRequest, token: str) -> HttpResponse:
    """The page of one ticket; an unknown token gets a plain sentence."""
    with one_read():
        found = Ticket.objects.filter(token=token).select_related("hall").first()
        frame = frame_of(Reading(found.hall), Topic("ticket", found.hall.slug, token)) if found else None
    if found is None or frame is None:
        return _private(page(request, "hallqueue/ticket_unknown.html", status=404))
    come_in(request, found.hall)
    lang = _language(request, found)
    data = page_data(
        request,
        tongues=tongues("ticket", "help", "words", "fallback", "journeys", "rating", "wall"),
        frame=frame,
        names=_names(found.hall),
        reasons=VERSIONS[CURRENT],
    )
    data |= {"lang": lang, "token": token, "rules": "\n".join(what_to_know(found.hall, lang, found.klass))}
    viewer = viewer_of(request, STAFF)
    data |= {"staff": viewer.user is not None}
    data |= {"along": None if frame["data"]["over"] else _along(viewer, found, lang)}
    return _private(
        page(request, "hallqueue/ticket.html", {"data": data, "lang": lang, "frame": frame["data"]})
    )


@allowed(ANYONE)
@require_POST
def requeue(request: HttpRequest, token: str) -> JsonResponse:
    """Whoever holds the ticket's address comes back into the line after a no-show."""
    return _say(request, token, citizens.requeue_own)


@allowed(ANYONE)
@require_POST
def cancel(request: HttpRequest, token: str) -> JsonResponse:
    """Whoever holds the ticket's address gives the number back."""
    return _say(request, token, citizens.cancel_own)


def _say(request: HttpRequest, token: str, verb: Callable[..., Answer]) -> JsonResponse:
    fields = posted(request)
    found = Ticket.objects.filter(token=token).first()
    if found is None:
        raise Refused("unknown_ticket", 404)
    return done(verb(found.hall_id, holder(found), fields["key"], token=token))


def _along(viewer: Viewer, found: Ticket, lang: str) -> dict[str, str] | None:
    """Where one of the staff begins to walk along, {href, words}: any phone's camera is then the scanner of slips."""
    if not viewer.kinds(found.hall) & set(WALKERS):
        return None
    href = f"{reverse('walkthrough-new', args=[found.hall.slug])}?ticket={found.label}"
    return {"href": href, "words": text("walkthrough.along", lang)}


def _names(hall: Hall) -> dict[str, str]:
    return {"zh": hall.name, "mn": hall.name_mn, "en": hall.name_en}


def _language(request: HttpRequest, found: Ticket) -> str:
    """What the visitor chose, else the language in which the number was taken."""
    chosen = request.GET.get("lang") in LANGUAGES or request.COOKIES.get(LANGUAGE_COOKIE) in LANGUAGES
    return language_of(request) if chosen else found.language


def _private(response: HttpResponse) -> HttpResponse:
    """The address is the key to the page: it goes to no other site and to no search engine."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


urls: list[URLPattern] = [
    path("t/<str:token>/", ticket, name="ticket"),
    path("t/<str:token>/requeue/", requeue, name="ticket-requeue"),
    path("t/<str:token>/cancel/", cancel, name="ticket-cancel"),
]
