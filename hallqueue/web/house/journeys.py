"""The page of journeys: what the hall offers, how long each step takes, and changing it."""

import re
from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_http_methods

from hallqueue.actions.command import new_key
from hallqueue.actions.line.journeys import set_journey
from hallqueue.errors import Refused
from hallqueue.journey_times import journey_times
from hallqueue.models import HANDS, Journey, Service, WindowService
from hallqueue.problems import sentence_of
from hallqueue.transactions import one_read
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.pages import language_of, page

LONGEST = 4000


@allowed(*HANDS, "auditor")
@require_http_methods(["GET", "POST"])
def journeys(request: HallRequest, hall: str) -> HttpResponse:
    """The list, and the form of one (`?code=`); a mistake keeps what was typed."""
    said: dict[str, Any] = {}
    if request.method == "POST":
        said = _save(request)
    with one_read():
        request.hall.refresh_from_db()
        context = _context(request, said.pop("typed", None))
    status = 400 if "sentence" in said else 200
    return page(request, "hallqueue/journeys.html", context | said | {"key": new_key()}, status=status)


def _save(request: HallRequest) -> dict[str, Any]:
    form = request.POST
    try:
        if request.viewer.user is None or request.viewer.user.role not in HANDS:
            raise Refused("not_allowed", 403)
        answer = set_journey(
            request.hall.pk,
            actor_of(request),
            form.get("key", ""),
            stages=stages_of(request, form.get("stages", "")[:LONGEST]),
            returns="returns" in form,
            is_active="is_active" in form,
            **{name: form.get(name, "") for name in ("code", "name", "name_mn", "name_en")},
        )
    except Refused as refusal:
        return {"sentence": sentence_of(refusal, language_of(request)), "typed": form}
    return {"done": True, "unserved": "、".join(answer["unserved"])}


def stages_of(request: HallRequest, typed: str) -> list[list[str]]:
    """One step a line, those in any order with + between them; a service by its code or its whole name."""
    codes = dict(Service.objects.filter(hall=request.hall).values_list("name", "code"))
    lines = [line for line in typed.splitlines() if line.strip()]
    return [
        [codes.get(each.strip(), each.strip()) for each in re.split(r"[+＋]", line) if each.strip()]
        for line in lines
    ]


def _context(request: HallRequest, typed: Any) -> dict[str, Any]:
    hall = request.hall
    served = set(WindowService.objects.filter(hall=hall).values_list("service", flat=True))
    times = journey_times(hall, hall.business_date(hall.moved_at))
    found = list(Journey.objects.filter(hall=hall).prefetch_related("parts__service"))
    chosen = next((each for each in found if each.code == request.GET.get("code")), None)
    may_act = request.viewer.user is not None and request.viewer.user.role in HANDS
    return {
        "rows": [_row(each, times[each.pk], served) for each in found],
        "form": typed or (_form(chosen) if chosen else {"is_active": "on"}),
        "chosen": chosen,
        "services": Service.objects.filter(hall=hall, is_active=True) if may_act else (),
        "may_act": may_act,
    }


def _row(journey: Journey, times: dict[str, Any], served: set[int]) -> dict[str, Any]:
    steps = []
    for part in journey.parts.all():
        waited, taken = times["steps"].get(part.service_id, (None, None))
        beside = any(other.stage == part.stage and other.pk != part.pk for other in journey.parts.all())
        steps.append(
            {
                "service": part.service,
                "waited": waited,
                "taken": taken,
                "beside": beside,
                "served": part.service_id in served,
            }
        )
    return {"journey": journey, "steps": steps, "people": times["people"], "whole": times["whole"]}


def _form(journey: Journey) -> dict[str, str]:
    lines: dict[int, list[str]] = {}
    for part in journey.parts.all():
        lines.setdefault(part.stage, []).append(part.service.code)
    fields = {name: getattr(journey, name) for name in ("code", "name", "name_mn", "name_en")}
    ticks = {name: "on" for name in ("returns", "is_active") if getattr(journey, name)}
    return fields | ticks | {"stages": "\n".join(" + ".join(line) for line in lines.values())}


urls = [path("<slug:hall>/journeys/", journeys, name="journeys")]
