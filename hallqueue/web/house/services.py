"""The set-up pages of services (事项): the list with what is switched off or served nowhere, and one service's form."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_http_methods

from hallqueue.actions.command import new_key
from hallqueue.actions.house import services as verbs
from hallqueue.errors import Refused
from hallqueue.models import HANDS, Department, Hall, Series, Service, WindowService
from hallqueue.problems import sentence_of
from hallqueue.transactions import one_read
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.house.rules import groups_of, matching, query_of
from hallqueue.web.pages import language_of, page
from hallqueue.web.reading import figure

A_PAGE = 50
PLAIN = ("name", "name_mn", "name_en", "also_called", "group", "documents", "department", "series")
SHOWN = {
    "all": Q(),
    "off": Q(is_active=False),
    "unserved": Q(is_active=True, taken_by=None),
}
"""The tabs of the list, and whom each shows."""

Typed = Mapping[str, Any]


@allowed(*HANDS)
@require_GET
def services(request: HallRequest, hall: str) -> HttpResponse:
    """Every service of the hall, fifty a page; found by name, pinyin, code, group or department."""
    query, shown = query_of(request.GET), request.GET.get("show", "")
    shown = shown if shown in SHOWN else "all"
    with one_read():
        mine = Service.objects.filter(hall=request.hall)
        tabs = [(each, f"services.show.{each}", mine.filter(kind).count()) for each, kind in SHOWN.items()]
        found = Paginator(_listed(mine.filter(SHOWN[shown]), query), A_PAGE).get_page(request.GET.get("page"))
        rows = list(found)
    context = {"rows": rows, "found": found, "tabs": tabs, "shown": shown, "query": query}
    context["asked"] = urlencode({"show": shown, "q": query})
    return page(request, "hallqueue/setup_services.html", context)


@allowed(*HANDS)
@require_http_methods(["GET", "POST"])
def service(request: HallRequest, hall: str, service: int | None = None) -> HttpResponse:
    """One service, or a new one; a mistake keeps what was typed."""
    found = _service(request.hall, service) if service is not None else None
    typed, said = _present(found), dict[str, Any]()
    if request.method == "POST":
        typed = {name: str(value) for name, value in request.POST.items()}
        typed["tags"] = request.POST.getlist("tag")
        said = _save(request, found, typed)
        if "made" in said:
            return HttpResponseRedirect(reverse("setup-service", args=[hall, said["made"]]) + "?done=1")
    with one_read():
        if found is not None:
            found.refresh_from_db()
        context = _context(request.hall, found, typed) | {"done": "done" in request.GET} | said
    status = 400 if "sentence" in said else 200
    return page(request, "hallqueue/setup_service.html", context | {"key": new_key()}, status=status)


def _service(hall: Hall, pk: int) -> Service:
    found = Service.objects.filter(hall=hall, pk=pk).select_related("department", "series").first()
    if found is None:
        raise Refused("unknown_service", 404)
    return found


def _listed(rows: QuerySet[Service], query: str) -> QuerySet[Service]:
    if query:
        rows = rows.filter(matching(query))
    own = Q(taken_by__window__is_fallback=False)
    counted = rows.annotate(windows_count=Count("taken_by", filter=own, distinct=True))
    return counted.select_related("department", "series").order_by("department__order", "order", "id")


def _save(request: HallRequest, found: Service | None, typed: Typed) -> dict[str, Any]:
    code = found.code if found else typed.get("code", "")
    fields = {name: typed.get(name, "") for name in PLAIN}
    fields |= {name: figure(typed.get(name, "")) for name in ("minutes", "weight")}
    fields |= {"tags": typed["tags"], "is_active": "is_active" in typed, "anyway": "anyway" in typed}
    say = (request.hall.pk, actor_of(request), typed.get("key", ""))
    try:
        answer = verbs.set_service(*say, code=code, is_new=found is None, **fields)
    except Refused as refusal:
        return {"sentence": sentence_of(refusal, language_of(request)), "code": refusal.code}
    if found is None:
        return {"made": Service.objects.get(hall=request.hall, code=answer["service"]).pk}
    return {"done": True}


def _present(service: Service | None) -> dict[str, Any]:
    """A service as the form would send it; a new one with what every service begins with."""
    if service is None:
        return {"minutes": 10, "weight": 1, "is_active": "on", "tags": []}
    told = verbs.told_of(service)
    return told | ({} if service.is_active else {"is_active": ""})


def _context(hall: Hall, service: Service | None, typed: Typed) -> dict[str, Any]:
    on = Q(is_active=True)
    mine, own = (on | Q(pk=service.department_id), on | Q(pk=service.series_id)) if service else (on, on)
    takers = WindowService.objects.filter(service=service).select_related("window") if service else ()
    return {
        "service": service,
        "typed": typed,
        "departments": list(Department.objects.filter(mine, hall=hall)),
        "all_series": list(Series.objects.filter(own, hall=hall).order_by("letter")),
        "groups": groups_of(hall),
        "tags": [(tag, f"words.tag.{tag}", tag in typed["tags"]) for tag in verbs.known_tags()],
        "takers": sorted(takers, key=lambda row: (row.rank, row.window.number)),
    }


urls: list[URLPattern] = [
    path("<slug:hall>/setup/services/", services, name="setup-services"),
    path("<slug:hall>/setup/services/new/", service, name="setup-service-new"),
    path("<slug:hall>/setup/services/<int:service>/", service, name="setup-service"),
]
