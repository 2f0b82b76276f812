"""The page of the LED bars: what each should show, how its card is, the test, and in the demo the bars themselves."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from displays.bars import acts
from displays.bars.forms import FORM_FIELDS, present, typed_in
from displays.bars.orders import area_of, under_test
from displays.bars.saying import LONGEST, Saying, Sayings
from displays.bars.topics import ALL
from displays.bars.twins import running_twin
from displays.cards.area import Area
from displays.cards.bar import strip_of
from displays.models import Card, CardHealth
from displays.twins.bar import TwinBar
from displays.twins.twin import CardTwin, Fault
from hallqueue.actions.command import new_key
from hallqueue.errors import Refused
from hallqueue.hall_time import now_in
from hallqueue.models import AT_THE_DESK, DEVICE_WATCHERS, HANDS, Hall, Window
from hallqueue.problems import sentence_of
from hallqueue.topics import Topic, frame_of
from hallqueue.topics.reading import Reading, iso
from hallqueue.transactions import one_read
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.pages import language_of, page, page_data
from hallqueue.web.reading import done, posted

RESTART = "restart"
FAULTS = (*(fault.value for fault in Fault), RESTART)


@allowed(*DEVICE_WATCHERS)
@require_GET
def cards(request: HallRequest, hall: str) -> HttpResponse:
    """All bars, live."""
    with one_read():
        reading = Reading(Hall.objects.get(pk=request.hall.pk))
        frame = frame_of(reading, Topic("card", request.hall.slug, ALL))
    role = actor_of(request).role
    may = {"may_test": role in AT_THE_DESK, "may_change": role in HANDS, "faults": FAULTS}
    data = page_data(request, "cards", frame=frame, demo=settings.DEMO, **may)
    return page(request, "displays/cards.html", {"data": data, "may_change": role in HANDS})


@allowed(*DEVICE_WATCHERS)
@require_GET
def shows(request: HallRequest, hall: str) -> JsonResponse:
    """What is known beside the log, by card: the text acknowledged last, when, and the demo twin's state."""
    healths = CardHealth.objects.filter(hall=request.hall).select_related("card")
    return JsonResponse({str(health.card_id): _known(health) for health in healths})


@allowed(*DEVICE_WATCHERS)
@require_GET
def should(request: HallRequest, hall: str, card: int) -> HttpResponse:
    """The picture of what a bar should show now, test texts included."""
    return _picture(strip_of(_area_now(request, _card(request, card))).png())


@allowed(*DEVICE_WATCHERS)
@require_GET
def shown(request: HallRequest, hall: str, card: int) -> HttpResponse:
    """The picture of what a bar acknowledged last: one that is cut off shows it still, whatever it should show.

    Only the words are on record: a bar of two colours stands there in the colour that it should have now.
    """
    found = _card(request, card)
    area = _area_now(request, found)
    if area.text[:LONGEST] != found.health.shown:
        words = (found.health.shown,) if found.health.shown else ()
        area = area_of(found, Saying(words, area.colour), timezone.now())
    return _picture(strip_of(area).png())


def _area_now(request: HallRequest, card: Card) -> Area:
    """What the bar should show now."""
    with one_read():
        reading = Reading(Hall.objects.get(pk=request.hall.pk))
        now = timezone.now().astimezone(reading.hall.local_zone)
        said = under_test(card, Sayings(reading, now).of(card), now_in(reading.hall))
        return area_of(card, said, now)


@allowed(*DEVICE_WATCHERS)
@require_GET
def bar(request: HallRequest, hall: str, card: int) -> HttpResponse:
    """The picture of what a demo's bar shows."""
    return _picture(_twin_bar(_card(request, card)).strip.png())


@allowed(*AT_THE_DESK)
@require_POST
def test(request: HallRequest, hall: str, card: int) -> JsonResponse:
    """Send the test text."""
    told = posted(request, words=str)
    return done(
        acts.test_card(
            request.hall.pk, actor_of(request), told["key"], card=card, words=told.get("words", "")
        )
    )


@allowed(*AT_THE_DESK)
@require_POST
def fault(request: HallRequest, hall: str, card: int) -> JsonResponse:
    """Give the demo's twin a fault, take it away, or cut its power for a moment."""
    twin, wish = _twin(_card(request, card)), posted(request, fault=str).get("fault")
    if wish not in FAULTS:
        raise Refused("bad_input", 400, detail="fault")
    if wish == RESTART:
        twin.restart()
    else:
        twin.fault = Fault(wish)
    return JsonResponse({"fault": twin.fault.value})


@allowed(*HANDS)
@require_http_methods(["GET", "POST"])
def new(request: HallRequest, hall: str) -> HttpResponse:
    """The form of a new bar; a mistake keeps what was typed."""
    return _form(request, None)


@allowed(*HANDS)
@require_http_methods(["GET", "POST"])
def card(request: HallRequest, hall: str, card: int) -> HttpResponse:
    """The form of one bar, with its test beside the picture of what one should see."""
    return _form(request, _card(request, card))


def _form(request: HallRequest, found: Card | None) -> HttpResponse:
    typed, said = present(found), dict[str, Any]()
    if request.method == "POST":
        typed = {name: str(value) for name, value in request.POST.items()}
        said = _save(request, found, typed)
        if "card" in said:
            found = Card.objects.get(hall=request.hall, pk=said["card"])
    context = {
        "card": found,
        "fields": [each.filled(typed) for each in FORM_FIELDS],
        "windows": Window.in_use(request.hall),
        "zones": list(dict.fromkeys(each.zone for each in Window.in_use(request.hall) if each.zone)),
        "typed": typed,
        "key": new_key(),
        "data": page_data(
            request, "cards", card=found and found.pk, size=found and [found.width, found.height]
        ),
    }
    status = 400 if "sentence" in said else 200
    return page(request, "displays/card.html", context | said, status=status)


def _save(request: HallRequest, found: Card | None, typed: dict[str, str]) -> dict[str, Any]:
    try:
        fields = typed_in(typed)
        by, key = actor_of(request), typed.get("key", "")
        if found is None:
            return {"done": True} | acts.add_card(request.hall.pk, by, key, **fields)
        acts.change_card(request.hall.pk, by, key, card=found.pk, **fields)
        found.refresh_from_db()
    except Refused as refusal:
        return {"sentence": sentence_of(refusal, language_of(request))}
    return {"done": True}


def _card(request: HallRequest, card: int) -> Card:
    found = Card.objects.filter(hall=request.hall, pk=card).select_related("window", "health").first()
    if found is None:
        raise Refused("unknown_card", 404)
    return found


def _known(health: CardHealth) -> dict[str, Any]:
    known: dict[str, Any] = {
        "shown": health.shown,
        "shown_at": iso(health.shown_at),
        "seen_at": iso(health.seen_at),
    }
    twin = running_twin(health.card.address) if settings.DEMO and health.card.is_twin else None
    bar = twin.bars.get(health.card.station or 1) if twin else None
    if twin and bar:
        known |= {"version": bar.version, "runs": bar.strip.scrolls, "fault": twin.fault.value}
    return known


def _twin(card: Card) -> CardTwin:
    """The twin behind a card of the demo; raises Http404 outside the demo."""
    twin = running_twin(card.address) if settings.DEMO and card.is_twin else None
    if twin is None:
        raise Http404("twin")
    return twin


def _twin_bar(card: Card) -> TwinBar:
    return _twin(card).bars[card.station or 1]


def _picture(png: bytes) -> HttpResponse:
    return HttpResponse(png, "image/png", headers={"Cache-Control": "private, no-store"})


urls: list[URLPattern] = [
    path("<slug:hall>/cards/", cards, name="cards"),
    path("<slug:hall>/cards/shows/", shows, name="cards-show"),
    path("<slug:hall>/cards/new/", new, name="card-new"),
    path("<slug:hall>/cards/<int:card>/", card, name="card"),
    path("<slug:hall>/cards/<int:card>/should.png", should, name="card-should"),
    path("<slug:hall>/cards/<int:card>/shown.png", shown, name="card-shown"),
    path("<slug:hall>/cards/<int:card>/bar.png", bar, name="card-bar"),
    path("<slug:hall>/cards/<int:card>/test/", test, name="card-test"),
    path("<slug:hall>/cards/<int:card>/fault/", fault, name="card-fault"),
]
