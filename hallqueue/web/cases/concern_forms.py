"""Raising a concern: the staff's form and the windows' dialog, and the citizen's page behind the ticket's own link."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from hallqueue.actions.cases.concern_rights import CITIZEN
from hallqueue.actions.cases.concerns import MOST_PER_TICKET, raise_concern
from hallqueue.actions.command import Actor, new_key
from hallqueue.counting import count
from hallqueue.errors import Refused
from hallqueue.models import Concern, Department, Hall, Service, Ticket
from hallqueue.problems import sentence_of
from hallqueue.texts import named
from hallqueue.web.access import ANYONE, HallRequest, actor_of, allowed, holder
from hallqueue.web.cases.concern_looks import LOOKS
from hallqueue.web.cases.concern_photos import dropping_unused, kept_photos
from hallqueue.web.limits import refuse_more
from hallqueue.web.pages import come_in, language_of, page
from hallqueue.web.reading import done, figure, posted

RAISERS = ("clerk", "desk", "manager", "administrator")
TEXTS = ("kind", "failed", "step", "wish", "name", "phone")
CHANNELS = ("desk", "phone", "window", "fallback")
MOST_TRIES, PER_SECONDS = 20, 3600
CITIZENS_PHOTOS = 3


@allowed(*RAISERS)
@require_http_methods(["GET", "POST"])
def new(request: HallRequest, hall: str) -> HttpResponse:
    """The form, and what comes of it: the new case, or the form again with a sentence and what was typed."""
    context: dict[str, Any] = {"typed": _offered(request), "key": new_key()}
    status = 200
    if request.method == "POST":
        try:
            answer = _raise_by_staff(request)
            return redirect(f"/{request.hall.slug}/concerns/{answer['concern']}/")
        except Refused as refusal:
            context |= {"error": sentence_of(refusal, language_of(request)), "typed": request.POST}
            status = refusal.status
    return page(request, "hallqueue/concern_new.html", context | _offers(request.hall), status=status)


@allowed(*RAISERS)
@require_POST
def raise_here(request: HallRequest, hall: str) -> JsonResponse:
    """From a window's console: the ticket in front of the clerk, in one dialog."""
    fields = posted(request, **dict.fromkeys(TEXTS, str), ticket=int, window=int, tries=int)
    key = fields.pop("key")
    for name in ("kind", "failed"):
        if not fields.get(name, "").strip():
            raise Refused(f"{name}_required", 400)
    return done(raise_concern(request.hall.pk, actor_of(request), key, channel="window", **fields))


@allowed(ANYONE)
@require_http_methods(["GET", "POST"])
def by_citizen(request: HttpRequest, token: str) -> HttpResponse:
    """没办成？告诉我们: without an account, by the ticket's own link; what was told before is listed with its state."""
    ticket = Ticket.objects.filter(token=token[:22]).select_related("hall", "service").first()
    if ticket is None:
        return _private(page(request, "hallqueue/ticket_unknown.html", status=404))
    come_in(request, ticket.hall)
    context: dict[str, Any] = {"ticket": ticket, "typed": {}, "key": new_key(), "status": 200}
    if request.method == "POST":
        try:
            answer = _raise_by_citizen(request, ticket)
            return _private(redirect(f"/t/{token}/concern/?done={answer['number']}"))
        except Refused as refusal:
            error = sentence_of(refusal, language_of(request))
            context |= {"error": error, "typed": request.POST, "status": refusal.status}
    return _private(
        page(
            request,
            "hallqueue/concern_citizen.html",
            context | _told(request, ticket),
            status=context["status"],
        )
    )


def _raise_by_staff(request: HallRequest) -> dict[str, Any]:
    fields = _typed(request)
    fields["channel"] = request.POST.get("channel", "")
    if fields["channel"] not in CHANNELS:
        raise Refused("bad_input", 400, detail="channel")
    fields |= {name: request.POST.get(name, "").strip() for name in ("department", "received_on")}
    fields["tries"] = figure(request.POST.get("tries", "") or "1")
    fields["service"] = _service(request.hall, request.POST.get("service", ""))
    if label := request.POST.get("ticket", "").strip().upper():
        fields["ticket"] = _ticket(request.hall, label)
    return _raised(request, request.hall, actor_of(request), fields)


def _raise_by_citizen(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    _count_try(ticket)
    fields = _typed(request) | {"channel": "web", "ticket": ticket.pk}
    fields["tries"] = figure(request.POST.get("tries", "") or "1")
    return _raised(request, ticket.hall, holder(ticket, CITIZEN), fields, CITIZENS_PHOTOS)


def _raised(
    request: HttpRequest, hall: Hall, by: Actor, fields: dict[str, Any], most: int = 6
) -> dict[str, Any]:
    key = request.POST.get("key", "")
    photos = kept_photos(request, key, most)
    with dropping_unused(photos):
        return raise_concern(hall.pk, by, key, photos=photos, **fields)


def _typed(request: HttpRequest) -> dict[str, Any]:
    fields: dict[str, Any] = {name: request.POST.get(name, "") for name in TEXTS}
    for name in ("kind", "failed"):
        if not fields[name].strip():
            raise Refused(f"{name}_required", 400)
    return fields


def _service(hall: Hall, text: str) -> str:
    """A service's code, from its code or its whole name."""
    asked = text.replace("\x00", "").strip()[:200]
    if not asked:
        return ""
    known = Service.objects.filter(hall=hall)
    found = known.filter(code=asked).first() or known.filter(name=asked).first()
    if found is None:
        raise Refused("unknown_service", 404)
    return found.code


def _ticket(hall: Hall, label: str) -> int:
    """Today's ticket of that number."""
    today = hall.business_date(timezone.now())
    asked = label.replace("\x00", "")[:10]
    found = Ticket.objects.filter(hall=hall, business_date=today, label=asked).first()
    if found is None:
        raise Refused("concern_ticket", 404, label=asked)
    return found.pk


def _offered(request: HallRequest) -> dict[str, str]:
    """What a link may fill in: the ticket's number, the channel."""
    return {name: request.GET.get(name, "")[:40] for name in ("ticket", "channel", "service")}


def _offers(hall: Hall) -> dict[str, Any]:
    return {
        "kinds": _kinds(),
        "channels": [(each, f"concern.channel.{each}") for each in CHANNELS],
        "departments": list(Department.objects.filter(hall=hall, is_active=True)),
        "services": list(Service.objects.filter(hall=hall, is_active=True).values_list("name", flat=True)),
        "today": hall.business_date(timezone.now()).isoformat(),
    }


def _kinds() -> list[tuple[str, str]]:
    return [(kind, f"concern.kind.{kind}") for kind in Concern.Kind.values]


def _told(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    """What this ticket's holder told already, with the state and, once it is given, the answer."""
    mine = Concern.objects.filter(ticket=ticket, raised_by=f"ticket:{ticket.pk}").order_by("id")
    rows = [
        {
            "concern": each,
            "state": f"words.concern_state.{each.state}",
            "look": LOOKS[each.state],
            "answer": _answer(each),
        }
        for each in mine
    ]
    lang = language_of(request)
    return {
        "kinds": _kinds(),
        "told": rows,
        "left": MOST_PER_TICKET - len(rows),
        "done": next((each.label for each in mine if each.label == request.GET.get("done")), ""),
        "most_photos": CITIZENS_PHOTOS,
        "service_name": named(ticket.service.name, ticket.service.name_en, lang),
        "hall_name": named(ticket.hall.name, ticket.hall.name_en, lang),
    }


def _answer(concern: Concern) -> str:
    """The answer, once the person was meant to hear it."""
    heard = (Concern.State.TOLD, Concern.State.CALLED_BACK, Concern.State.ARCHIVED)
    return concern.answer if concern.state in heard else ""


def _count_try(ticket: Ticket) -> None:
    """Twenty tries an hour for one ticket, also refused ones: decoding photos is work. Raises Refused("too_often")."""
    key = f"concern-tries-{ticket.pk}"
    refuse_more(key, MOST_TRIES, "too_often")
    count(key, PER_SECONDS)


def _private(response: HttpResponse) -> HttpResponse:
    """The address is the key to the page: it goes to no other site and to no search engine.

    Not `no-referrer`: with that a browser posts its form under the origin `null`, which is turned away as forged.
    """
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


urls = [
    path("<slug:hall>/concerns/new/", new, name="concern-new"),
    path("<slug:hall>/concerns/raise/", raise_here, name="concern-raise"),
    path("t/<str:token>/concern/", by_citizen, name="concern-citizen"),
]
