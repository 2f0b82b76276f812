"""Citizens at the kiosk take a number; staff may take one for somebody from the same page."""

from contextlib import nullcontext
from typing import Any

import segno
from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_POST

from hallqueue.actions import appointments
from hallqueue.actions.line import tickets
from hallqueue.actions.line.matters import MOST_MATTERS
from hallqueue.hours import timetable_of
from hallqueue.models import Department, Facility, Hall, Rules, Service, Slot, Wording
from hallqueue.rating_reasons import CURRENT, VERSIONS
from hallqueue.texts import LANGUAGES, texts_of
from hallqueue.topics.journeys import offered
from hallqueue.topics.kiosk import AUDIENCES, setup_of
from hallqueue.topics.reading import Reading
from hallqueue.topics.ticket import ticket_frame
from hallqueue.transactions import one_read
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.check_in_tries import counted
from hallqueue.web.pages import page, page_data
from hallqueue.web.reading import done, posted, told_to_staff

COMMON = 8
FOR_EVER = "private, max-age=604800, immutable"


@allowed(*AUDIENCES)
@require_GET
def kiosk(request: HallRequest, hall: str) -> HttpResponse:
    """The kiosk's one page; everything on it happens without leaving it."""
    names = {"zh": request.hall.name, "mn": request.hall.name_mn, "en": request.hall.name_en}
    device = request.viewer.device("kiosk", request.hall)
    data = page_data(
        request,
        tongues=tongues("kiosk", "help", "words", "fallback", "journeys", "rating", "wall"),
        names=names,
        rates=device is not None,
        reasons=VERSIONS[CURRENT],
        paper=str(device.pk) if device else "shared",
        priorities=tickets.PRIORITY_KINDS,
        most_matters=MOST_MATTERS,
        times=Rules.of(request.hall).calls_before_no_show,
    )
    return page(request, "hallqueue/kiosk.html", {"data": data})


@allowed(*AUDIENCES)
@require_GET
def catalogue(request: HallRequest, hall: str) -> HttpResponse:
    """Departments and services as JSON; `?setup=` names the version the caller wants to keep."""
    with one_read():
        request.hall.refresh_from_db()
        reading = Reading(request.hall)
        answer = JsonResponse({"setup": setup_of(reading), **catalogue_of(reading)})
    kept = request.GET.get("setup") == setup_of(reading)
    answer["Cache-Control"] = FOR_EVER if kept else "no-store"
    return answer


@allowed(*AUDIENCES)
@require_POST
def take(request: HallRequest, hall: str) -> HttpResponse:
    """Take a number. The same key gives the same number again, with the line as it is now."""
    fields = posted(
        request,
        service=str,
        also=list[str],
        priority=str,
        language=str,
        to_fallback=bool,
        unknown=bool,
        journey=str,
    )
    key, service = fields.pop("key"), fields.pop("service", "")
    source = "kiosk" if request.viewer.user is None else "desk"
    actor = actor_of(request, "kiosk")
    issued = tickets.issue(request.hall.pk, actor, key, service=service, source=source, **fields)
    return _given(request, issued)


@allowed(*AUDIENCES)
@require_POST
def check_in(request: HallRequest, hall: str) -> HttpResponse:
    """Somebody with an appointment has come: the number, its place in line and its link, as when taking one."""
    fields = posted(request, code=str, language=str)
    key, code = fields.pop("key"), fields.pop("code", "")
    device = request.viewer.device("kiosk", request.hall) if request.viewer.user is None else None
    actor, source = actor_of(request, "kiosk"), "kiosk" if request.viewer.user is None else "desk"
    with counted(request.hall, device, code) if device is not None else nullcontext():
        given = appointments.check_in(request.hall.pk, actor, key, code=code, source=source, **fields)
    return _given(request, given)


def catalogue_of(reading: Reading) -> dict[str, Any]:
    """What one can come for: active services, their departments, and the most wanted."""
    services = [each for each in reading.catalogue.services.values() if each.is_active]
    table = timetable_of(reading.hall)
    used = {each.department_id for each in services}
    wanted = sorted(services, key=lambda each: (-each.weight, each.order, each.pk))[:COMMON]
    return {
        "departments": [
            _department(reading.hall, each) for each in reading.catalogue.departments if each.pk in used
        ],
        "services": [_service(each) | {"hours": table.key_of_service(each.pk)} for each in services],
        "common": [each.pk for each in wanted],
        "journeys": offered(reading),
        "facilities": [_facility(each) for each in facilities_of(reading.hall)],
        "appointments": Slot.objects.filter(hall=reading.hall).exists(),
    }


def _given(request: HallRequest, ticket: dict[str, Any]) -> HttpResponse:
    """The number and its place in line; its own address and what it may rate are for a kiosk's glass, not for staff."""
    place = place_of(request, ticket["token"])
    if request.viewer.user is None:
        return done(ticket | place | link_of(ticket["token"]))
    place["frame"].pop("ratings")
    return done(told_to_staff(ticket) | place)


def place_of(request: HallRequest, token: str) -> dict[str, Any]:
    """The ticket's frame as its own page shows it."""
    with one_read():
        request.hall.refresh_from_db()
        return {"frame": ticket_frame(Reading(request.hall), token)}


def link_of(token: str) -> dict[str, str]:
    """The address of the ticket's own page as telephones reach it, and its QR code as an image address."""
    url = settings.ENVIRONMENT.url + reverse("ticket", args=[token])
    return {"url": url, "qr": segno.make(url, error="m", micro=False).svg_data_uri(border=2, scale=8)}


def tongues(*rooms: str) -> dict[str, dict[str, str]]:
    """The texts of rooms in every language, for pages that change language without a reload."""
    return {
        lang: {key: text for room in rooms for key, text in texts_of(room, lang).items()}
        for lang in LANGUAGES
    }


def _department(hall: Hall, each: Department) -> dict[str, Any]:
    names = {"zh": each.name, "mn": each.name_mn, "en": each.name_en}
    zone = Wording.phrase(hall, Wording.ZONE, each.zone)
    return {"id": each.pk, "names": names, "zone": zone, "icon": each.icon}


def facilities_of(hall: Hall) -> list[Facility]:
    """What stands where, in the order of the set-up."""
    return list(Facility.objects.filter(hall=hall, is_active=True))


def _facility(each: Facility) -> dict[str, Any]:
    names = {"zh": each.name, "mn": each.name_mn, "en": each.name_en}
    places = {"zh": each.place, "mn": each.place_mn, "en": each.place_en}
    return {"names": names, "places": places, "icon": each.icon}


def _service(each: Service) -> dict[str, Any]:
    return {
        "id": each.pk,
        "code": each.code,
        "department": each.department_id,
        "names": {"zh": each.name, "mn": each.name_mn, "en": each.name_en},
        "called": each.also_called,
        "tags": each.tags,
        "minutes": each.minutes,
        "pinyin": each.pinyin,
        "initials": each.initials,
    }


urls: list[URLPattern] = [
    path("<slug:hall>/kiosk/", kiosk, name="kiosk"),
    path("<slug:hall>/kiosk/catalogue.json", catalogue, name="kiosk-catalogue"),
    path("<slug:hall>/kiosk/take/", take, name="kiosk-take"),
    path("<slug:hall>/kiosk/check-in/", check_in, name="kiosk-check-in"),
]
