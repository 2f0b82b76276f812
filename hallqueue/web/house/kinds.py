"""The set-up pages of departments and of series: the list of each, and one row's form."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_http_methods

from hallqueue.actions.command import Answer, new_key
from hallqueue.actions.house import departments, series
from hallqueue.errors import Refused
from hallqueue.models import HANDS, Department, Hall, Series
from hallqueue.problems import sentence_of
from hallqueue.transactions import one_read
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.pages import language_of, page
from hallqueue.web.reading import figure


@dataclass(frozen=True)
class Kind:
    """One kind of row: which there are, what it is known by, its verb, and which fields its form sends."""

    rows: Callable[[Hall], QuerySet[Any]]
    key: str
    verb: Callable[..., Answer]
    told_of: Callable[[Any], dict[str, Any]]
    begins: dict[str, Any]
    words: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    switches: tuple[str, ...] = ()

    def sent(self, typed: dict[str, str]) -> dict[str, Any]:
        """The fields of a posted form, as its verb takes them."""
        fields: dict[str, Any] = {name: typed.get(name, "") for name in self.words}
        fields |= {name: figure(typed.get(name, "")) for name in self.figures}
        return fields | {name: name in typed for name in self.switches}

    def shown(self, row: Any) -> dict[str, Any]:
        """A row as its form would send it; a new one with what every row begins with."""
        told = self.told_of(row) if row else self.begins
        return {name: value for name, value in told.items() if value is not False}


ON = Count("services", filter=Q(services__is_active=True))
KINDS = {
    "departments": Kind(
        lambda hall: Department.objects.filter(hall=hall).annotate(count=ON),
        "code",
        departments.set_department,
        departments.told_of,
        {"is_active": True, "order": 0},
        words=tuple(departments.LENGTHS),
        figures=("order",),
        switches=("is_active",),
    ),
    "series": Kind(
        lambda hall: Series.objects.filter(hall=hall).annotate(count=ON).order_by("letter"),
        "letter",
        series.set_series,
        series.told_of,
        {"is_active": True, "first": 1, "last": Series.LAST},
        words=("name",),
        figures=("first", "last"),
        switches=("is_active",),
    ),
}


@allowed(*HANDS)
@require_GET
def rows(request: HallRequest, hall: str, kind: str) -> HttpResponse:
    """Every row of a kind, with how many active services belong to it."""
    with one_read():
        found = list(KINDS[kind].rows(request.hall))
    return page(request, f"hallqueue/setup_{kind}.html", {"rows": found})


@allowed(*HANDS)
@require_http_methods(["GET", "POST"])
def one(request: HallRequest, hall: str, kind: str, row: int | None = None) -> HttpResponse:
    """One row, or a new one; a mistake keeps what was typed."""
    of, found = KINDS[kind], _found(request.hall, kind, row) if row is not None else None
    typed, said = of.shown(found), dict[str, Any]()
    if request.method == "POST":
        typed = {name: str(value) for name, value in request.POST.items()}
        said = _save(request, of, found, typed)
        if "done" in said:
            return HttpResponseRedirect(reverse(f"setup-{kind}", args=[hall]) + "?done=1")
    context = {"row": found, "typed": typed, "key": new_key()} | said
    return page(
        request, f"hallqueue/setup_{kind}_one.html", context, status=400 if "sentence" in said else 200
    )


def _found(hall: Hall, kind: str, pk: int) -> Any:
    row = KINDS[kind].rows(hall).filter(pk=pk).first()
    if row is None:
        raise Refused("unknown_row", 404)
    return row


def _save(request: HallRequest, of: Kind, found: Any, typed: dict[str, str]) -> dict[str, Any]:
    key = getattr(found, of.key) if found else typed.get(of.key, "")
    say = (request.hall.pk, actor_of(request), typed.get("key", ""))
    try:
        of.verb(*say, **{of.key: key}, is_new=found is None, **of.sent(typed))
    except Refused as refusal:
        return {"sentence": sentence_of(refusal, language_of(request))}
    return {"done": True}


urls: list[URLPattern] = [
    each
    for kind in KINDS
    for each in (
        path(f"<slug:hall>/setup/{kind}/", rows, {"kind": kind}, name=f"setup-{kind}"),
        path(f"<slug:hall>/setup/{kind}/new/", one, {"kind": kind}, name=f"setup-{kind}-new"),
        path(f"<slug:hall>/setup/{kind}/<int:row>/", one, {"kind": kind}, name=f"setup-{kind}-one"),
    )
]
