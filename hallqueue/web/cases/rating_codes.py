"""The QR code that stands at every window: who scans it says number and code of the slip, and rates on the own page."""

import re

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_http_methods

from hallqueue.actions.cases.ratings import with_slip
from hallqueue.errors import Refused
from hallqueue.models import HANDS, Window
from hallqueue.problems import sentence_of
from hallqueue.texts import named
from hallqueue.web.access import ANYONE, HallRequest, allowed
from hallqueue.web.cases.slip_tries import counted
from hallqueue.web.limits import address_of
from hallqueue.web.pages import language_of, page


@allowed(ANYONE)
@require_http_methods(["GET", "POST"])
def find(request: HallRequest, hall: str) -> HttpResponse:
    """Two fields; with the right ones the ticket's own page, where its matters are rated. `?window=` is only shown."""
    lang = language_of(request)
    context = {
        "hall_name": named(request.hall.name, request.hall.name_en, lang),
        "window": _shown(request),
        "slip": request.POST.get("slip", "")[:20],
    }
    status = 200
    if request.method == "POST":
        try:
            return redirect("ticket", _token(request))
        except Refused as refusal:
            context |= {"error": sentence_of(refusal, lang)}
            status = refusal.status
    answer = page(request, "hallqueue/rating_find.html", context, status=status)
    answer["Referrer-Policy"] = "same-origin"
    return answer


@allowed(*HANDS)
@require_GET
def codes(request: HallRequest, hall: str) -> HttpResponse:
    """The codes of all windows, to be printed and put up. They differ in the number alone, so the mask that was
    found best for one is taken for all: looking for it takes most of the time, and a hall has 150."""
    address = settings.ENVIRONMENT.url + reverse("rating-find", args=[request.hall.slug])
    codes, mask = list[tuple[Window, str]](), None
    for window in Window.in_use(request.hall):
        code = segno.make(f"{address}?window={window.number}", error="m", micro=False, mask=mask)
        mask = code.mask
        codes.append((window, code.svg_data_uri(border=2, scale=6)))
    return page(request, "hallqueue/rating_codes.html", {"codes": codes, "address": address})


def _token(request: HallRequest) -> str:
    """The secret address of the ticket whose slip somebody holds. Raises Refused: rating_slip, rating_slip_often."""
    slip, code = request.POST.get("slip", "")[:200], request.POST.get("code", "")[:20]
    with counted(request.hall, slip, address_of(request)):
        return with_slip(request.hall, slip, code).token


def _shown(request: HttpRequest) -> str:
    number = request.GET.get("window", "")
    return number if re.fullmatch(r"[0-9]{1,5}", number) else ""


urls: list[URLPattern] = [
    path("<slug:hall>/rate/", find, name="rating-find"),
    path("<slug:hall>/ratings/codes/", codes, name="rating-codes"),
]
