"""Loudspeakers: the page of one, what it tells, and the staff's page that shows whether each can be heard."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from displays.actions.voice import tell, test_speaker
from displays.loudspeakers import rows_of
from displays.models import Voicing
from displays.pages.glass import BOARD, display
from displays.programme import name_for
from hallqueue.models import AT_THE_DESK, DEVICE_WATCHERS
from hallqueue.transactions import one_read
from hallqueue.web.access import STAFF, HallRequest, actor_of, allowed
from hallqueue.web.pages import page, page_data
from hallqueue.web.reading import done, posted


@allowed(BOARD, *STAFF)
@require_GET
def speaker(request: HallRequest, hall: str) -> HttpResponse:
    """The page of a computer that only speaks: calls of its zone, and the choice of a browser's own voice."""
    device = request.viewer.device(BOARD, request.hall)
    zone = request.GET.get("zone", "")
    name = name_for(request.hall, device, zone)
    return display(request, "displays/speaker.html", f"board:{hall}:{name}", "voice", zone=zone)


@allowed(BOARD)
@require_POST
def report(request: HallRequest, hall: str) -> HttpResponse:
    """A paired board tells how it sounds."""
    fields = posted(request, state=str, volume=int, voice=str, said=str, dropped=list)
    device = request.viewer.device(BOARD, request.hall)
    key = fields.pop("key")
    dropped = [str(label) for label in fields.pop("dropped", [])]
    told = {"state": "", "volume": -1, "device": device.pk if device else 0} | fields
    return done(tell(request.hall.pk, actor_of(request, BOARD), key, dropped=dropped, **told))


@allowed(*DEVICE_WATCHERS)
@require_GET
def speakers(request: HallRequest, hall: str) -> HttpResponse:
    """Which loudspeakers live, what each said last, how loud it is now, and a test for each."""
    context = _context(request) | {"data": page_data(request, "voice")}
    return page(request, "displays/speakers.html", context)


@allowed(*DEVICE_WATCHERS)
@require_GET
def speaker_list(request: HallRequest, hall: str) -> HttpResponse:
    """The list anew, as the page shows it."""
    return render(request, "displays/speakers_list.html", _context(request))


@allowed(*AT_THE_DESK)
@require_POST
def test(request: HallRequest, hall: str) -> JsonResponse:
    """Let one of them speak a test call."""
    fields = posted(request, device=int)
    say = (request.hall.pk, actor_of(request), fields["key"])
    return done(test_speaker(*say, device=fields.get("device", 0)))


def _context(request: HallRequest) -> dict[str, Any]:
    user = request.viewer.user
    with one_read():
        request.hall.refresh_from_db()
        rows = rows_of(request.hall, timezone.now())
        rules = Voicing.of(request.hall)
    return {"rows": rows, "rules": rules, "may_test": user is not None and user.role in AT_THE_DESK}


urls: list[URLPattern] = [
    path("<slug:hall>/speaker/", speaker, name="speaker"),
    path("<slug:hall>/speakers/", speakers, name="speakers"),
    path("<slug:hall>/speakers/list/", speaker_list, name="speaker-list"),
    path("<slug:hall>/speakers/report/", report, name="speaker-report"),
    path("<slug:hall>/speakers/test/", test, name="speaker-test"),
]
