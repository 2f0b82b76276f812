"""The set-up pages of routing: what each window takes, and in what order classes are called."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q, prefetch_related_objects
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_http_methods

from hallqueue.actions.command import new_key
from hallqueue.actions.house import policies, rules
from hallqueue.actions.house.retiring import retire_window
from hallqueue.errors import Refused
from hallqueue.models import (
    HANDS,
    Department,
    Hall,
    Policy,
    Series,
    Service,
    Window,
    WindowScope,
    WindowService,
)
from hallqueue.order import HALL, Rules
from hallqueue.problems import sentence_of
from hallqueue.topics.preview import next_under
from hallqueue.topics.reading import Reading
from hallqueue.transactions import one_read
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.pages import language_of, page
from hallqueue.web.reading import figure

RANKS = ("", "0", "1", "2")
MOST_FOUND, MOST_NAMED, LONGEST_QUERY, A_PAGE = 40, 4, 60, 30
NUMBERS = ("preferred", "ordinary", "ageing_minutes", "guard_minutes")

Typed = Mapping[str, str]


@allowed(*HANDS)
@require_GET
def windows(request: HallRequest, hall: str) -> HttpResponse:
    """Every window with what it takes, thirty a page, found by number, name or zone; the services no window takes."""
    query = query_of(request.GET)
    with one_read():
        mine = Window.in_use(request.hall)
        like = Q(name__icontains=query) | Q(name_en__icontains=query) | Q(zone__icontains=query)
        like |= Q(number=figure(query)) if query.isdecimal() else Q()
        seats = (mine.filter(like) if query else mine).select_related("hours")
        found = Paginator(seats, A_PAGE).get_page(request.GET.get("page"))
        rows = _summaries(list(found))
        nobody = rules.unserved(request.hall)
        gone = Window.objects.filter(hall=request.hall, state=Window.State.RETIRED)
        retired = list(gone.values_list("number", flat=True))
    context = {"windows": rows, "unserved": nobody[:MOST_NAMED], "unserved_count": len(nobody)}
    context |= {
        "found": found,
        "query": query,
        "asked": urlencode({"q": query}),
        "retired": "、".join(map(str, retired)),
    }
    return page(request, "hallqueue/setup_windows.html", context)


@allowed(*HANDS)
@require_http_methods(["GET", "POST"])
def window(request: HallRequest, hall: str, number: int | None = None) -> HttpResponse:
    """What one window, or a new one, takes; a search adds services to the form, a mistake keeps what was chosen."""
    seat = _seat(request.hall, number) if number is not None else None
    typed, said = _present(seat) if seat else {}, dict[str, Any]()
    if seat is not None and "retire" in request.POST:
        said = _retire(request, seat)
    elif request.method == "POST":
        typed = {name: str(value) for name, value in request.POST.items()}
        said = {} if "find" in typed else _save(request, seat, typed)
    if "leads_to" in said:
        return HttpResponseRedirect(said["leads_to"])
    with one_read():
        if seat is not None:
            seat.refresh_from_db()
        context = _window_context(request.hall, seat, typed) | {"done": "done" in request.GET} | said
    status = 400 if "sentence" in said else 200
    return page(request, "hallqueue/setup_window.html", context | {"key": new_key()}, status=status)


@allowed(*HANDS)
@require_http_methods(["GET", "POST"])
def order(request: HallRequest, hall: str) -> HttpResponse:
    """The policies of the hall and its series, each beside the next ten calls under every kind of policy."""
    letter = str(request.POST.get("series", request.GET.get("series", "")))[:3]
    typed, said = dict[str, str](), dict[str, Any]()
    if request.method == "POST":
        typed = {name: str(value) for name, value in request.POST.items()}
        said = {"looked": True} if "look" in typed else _order(request, letter, typed)
    with one_read():
        request.hall.refresh_from_db()
        context = _order_context(request.hall, letter, {} if "done" in said else typed)
    status = 400 if "sentence" in said else 200
    return page(request, "hallqueue/setup_order.html", context | said | {"key": new_key()}, status=status)


def _seat(hall: Hall, number: int) -> Window:
    found = Window.in_use(hall).filter(number=number).first()
    if found is None:
        raise Refused("unknown_window", 404, number=number)
    return found


def _retire(request: HallRequest, seat: Window) -> dict[str, Any]:
    say = (request.hall.pk, actor_of(request), request.POST.get("key", ""))
    try:
        retire_window(*say, window=seat.number, anyway="anyway" in request.POST)
    except Refused as refusal:
        return {"sentence": sentence_of(refusal, language_of(request)), "stays": refusal.code}
    return {"leads_to": f"{reverse('setup-windows', args=[request.hall.slug])}?retired={seat.number}"}


def _save(request: HallRequest, seat: Window | None, typed: Typed) -> dict[str, Any]:
    number = seat.number if seat else figure(typed.get("number", ""))
    try:
        answer = rules.set_window_rules(
            request.hall.pk,
            actor_of(request),
            typed.get("key", ""),
            window=number,
            is_new=seat is None,
            departments=_chosen(typed, "department-", _codes(Department.objects.filter(hall=request.hall))),
            groups=_chosen(typed, "group-", {each: each for each in groups_of(request.hall)}),
            services=_chosen(typed, "service-", _codes(Service.objects.filter(hall=request.hall))),
            everything=_rank(typed.get("everything", "")),
            classes=[each for each in rules.CLASSES if f"class-{each}" in typed],
            languages=[each for each in rules.SPOKEN if f"language-{each}" in typed],
            zone=typed.get("zone", ""),
            names={name: typed[name] for name in rules.NAMED if name in typed},
            is_fallback="fallback" in typed,
            anyway="anyway" in typed,
        )
    except Refused as refusal:
        return {"sentence": sentence_of(refusal, language_of(request)), "code": refusal.code}
    if seat is None:
        return {"leads_to": f"{reverse('setup-window', args=[request.hall.slug, number])}?done=1"}
    stale = {"old_way": _old_way(seat, typed), "old_areas": _old_areas(seat), "old_zone": seat.zone}
    return {"done": True, "answer": answer, **stale}


def _old_way(before: Window, typed: Typed) -> str:
    """The area that a window left and that its way still names, so that it would be called out wrongly; else ""."""
    moved = before.zone and before.zone != typed.get("zone", before.zone).strip()
    return before.zone if moved and before.zone in typed.get("direction", before.direction) else ""


def _order(request: HallRequest, letter: str, typed: Typed) -> dict[str, Any]:
    say = (request.hall.pk, actor_of(request), typed.get("key", ""))
    try:
        if "drop" in typed:
            policies.drop_policy(*say, series=letter)
        else:
            numbers = {name: _number(typed, name) for name in NUMBERS}
            policies.set_policy(*say, series=letter, kind=typed.get("kind", ""), **numbers)
    except Refused as refusal:
        return {"sentence": sentence_of(refusal, language_of(request))}
    return {"done": True}


def _old_areas(before: Window) -> str:
    """Departments of a window's work that are still said to be where it stood and no window of theirs does any more."""
    here = Department.objects.filter(hall=before.hall, zone=before.zone, services__taken_by__window=before)
    gone = here.exclude(services__taken_by__window__zone=before.zone) if before.zone else here.none()
    return "、".join(gone.distinct().values_list("name", flat=True))


def _summaries(seats: list[Window]) -> list[dict[str, Any]]:
    """What each of these windows takes, asked of all of them at once."""
    scopes = WindowScope.objects.select_related("department").order_by("rank", "id")
    by_hand = WindowService.objects.filter(by_scope=False).select_related("service").order_by("rank", "id")
    first = Prefetch("takes", by_hand[:MOST_NAMED], to_attr="first_by_hand")
    prefetch_related_objects(seats, Prefetch("scopes", scopes), first)
    taken = WindowService.objects.filter(window__in=seats).values_list("window")
    counted = taken.annotate(whole=Count("id"), by_hand=Count("id", filter=Q(by_scope=False)))
    counts = {window: (whole, hand) for window, whole, hand in counted}
    return [_summary(each, *counts.get(each.pk, (0, 0))) for each in seats]


def _summary(seat: Window, whole: int, by_hand: int) -> dict[str, Any]:
    """`whole` is how many services it takes, `by_hand` how many of them were given to it one by one."""
    named: list[WindowService] = getattr(seat, "first_by_hand", [])
    return {
        "window": seat,
        "scopes": [_scope_named(scope) for scope in seat.scopes.all()],
        "services": [(row.service.name, row.service.name_en, row.rank) for row in named],
        "more": max(0, by_hand - MOST_NAMED),
        "count": whole,
        "classes": [f"words.class.{each}" for each in seat.classes.split()],
        "languages": [f"routing.language.{each}" for each in seat.languages.split()],
    }


def _scope_named(scope: WindowScope) -> tuple[str, str, int]:
    """What a scope is called, in Chinese and in English ("": it has no name of its own), and its rank."""
    department = scope.department
    return (department.name, department.name_en, scope.rank) if department else (scope.group, "", scope.rank)


def _present(seat: Window) -> dict[str, str]:
    """The rules as the form would send them."""
    typed = {f"class-{each}": "on" for each in seat.classes.split()}
    typed |= {f"language-{each}": "on" for each in seat.languages.split()}
    typed |= {name: getattr(seat, name) for name in ("zone", *rules.NAMED)}
    typed |= {"fallback": "on"} if seat.is_fallback else {}
    for scope in WindowScope.objects.filter(window=seat):
        name = f"department-{scope.department_id}" if scope.department_id else f"group-{scope.group}"
        typed[name if scope.department_id or scope.group else "everything"] = str(scope.rank)
    for row in WindowService.objects.filter(window=seat, by_scope=False, borrowing=None):
        typed[f"service-{row.service_id}"] = str(row.rank)
    return typed


def _window_context(hall: Hall, seat: Window | None, typed: Typed) -> dict[str, Any]:
    query = query_of(typed)
    chosen = {key for name, rank in typed.items() if rank and (key := _after(name, "service-")).isdecimal()}
    kept = Service.objects.filter(hall=hall, pk__in=[int(key) for key in chosen if len(key) < 10])
    found = [each for each in _search(hall, query) if str(each.pk) not in chosen] if query else []
    departments = Department.objects.filter(hall=hall, is_active=True)
    return {
        "window": seat,
        "departments": [_choice(typed, f"department-{each.pk}", each.name) for each in departments],
        "groups": [_choice(typed, f"group-{each}", each) for each in groups_of(hall)],
        "services": [_choice(typed, f"service-{each.pk}", each.name, each.code) for each in kept],
        "found": [_choice(typed, f"service-{each.pk}", each.name, each.code) for each in found],
        "everything": _choice(typed, "everything", ""),
        "classes": [
            (f"class-{each}", f"words.class.{each}", f"class-{each}" in typed) for each in rules.CLASSES
        ],
        "languages": [
            (f"language-{each}", f"routing.language.{each}", f"language-{each}" in typed)
            for each in rules.SPOKEN
        ],
        "typed": typed,
        "fallback": "fallback" in typed,
        "query": query,
        "looked": bool(query),
        "takes": WindowService.objects.filter(window=seat).count() if seat else 0,
    }


def _order_context(hall: Hall, letter: str, typed: Typed) -> dict[str, Any]:
    used = Q(is_active=True) | Q(policies__isnull=False)
    series = list(Series.objects.filter(used, hall=hall).order_by("letter"))
    own = next((each for each in series if each.letter == letter), None)
    letter, scope = (own.letter, own.pk) if own else ("", HALL)
    reading = Reading(hall)
    stands = reading.catalogue.policies
    present = stands.get(scope, Rules())
    form = {"kind": present.kind} | {name: str(getattr(present, name)) for name in NUMBERS} | dict(typed)
    shown = _tried(present, typed)
    kinds = [
        {"kind": kind, "name": f"routing.kind.{kind}", "lead": f"routing.kind_lead.{kind}"}
        | {"calls": next_under(reading, scope if scope in stands else HALL, shown._replace(kind=kind))}
        for kind in Policy.Kind.values
    ]
    named = [("", "", HALL in stands), *((each.letter, each.name, each.pk in stands) for each in series)]
    chosen = {"letter": letter, "own": scope in stands, "form": form}
    return chosen | {"scopes": named, "kinds": kinds, "waiting": len(reading.waiting)}


def _tried(present: Rules, typed: Typed) -> Rules:
    """The policy as typed, to be looked at before it is saved; what cannot be meant counts as it stands."""
    try:
        numbers: dict[str, Any] = {name: _number(typed, name) for name in NUMBERS if name in typed}
        tried = present._replace(**numbers)
        policies.check_rules(tried._asdict())
    except Refused:
        return present
    return tried


def _choice(typed: Typed, name: str, label: str, more: str = "") -> dict[str, Any]:
    rank = typed.get(name, "")
    ranks = RANKS if rank in RANKS else (*RANKS, rank)
    return {"name": name, "label": label, "more": more, "rank": rank, "ranks": ranks}


def query_of(typed: Typed) -> str:
    """What is searched for, without what no name has."""
    return typed.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]


def matching(query: str) -> Q:
    """Services found by their names, pinyin, code, group or department."""
    low = query.lower().replace(" ", "")
    like = Q(name__icontains=query) | Q(also_called__icontains=query)
    like |= Q(code__iexact=query) | Q(group__iexact=query)
    return like | Q(pinyin__contains=low) | Q(initials__contains=low) | Q(department__name__icontains=query)


def _search(hall: Hall, query: str) -> Iterable[Service]:
    found = Service.objects.filter(matching(query), hall=hall, is_active=True)
    return found.order_by("-weight", "order", "id")[:MOST_FOUND]


def _chosen(typed: Typed, start: str, codes: Mapping[str, str]) -> list[list[Any]]:
    """The chosen rows of a kind as pairs of code and rank."""
    names = ((_after(name, start), rank) for name, rank in typed.items() if name.startswith(start))
    return [[codes.get(key, key), _rank(rank)] for key, rank in names if rank]


def _codes(things: Any) -> dict[str, str]:
    return {str(pk): code for pk, code in things.values_list("pk", "code")}


def groups_of(hall: Hall) -> list[str]:
    """The names of the groups that services of this hall belong to."""
    named = Service.objects.filter(hall=hall).exclude(group="").order_by("group")
    return list(named.values_list("group", flat=True).distinct())


def _rank(text: str) -> int | None:
    return figure(text) if text else None


def _number(typed: Typed, name: str) -> int:
    """A number below zero is one, and gets the sentence of its own bounds."""
    text = typed.get(name, "").strip()
    number = figure(text.removeprefix("-"))
    if number < 0:
        raise Refused("bad_number", 400, field=text[:20] or "—")
    return -number if text.startswith("-") else number


def _after(name: str, start: str) -> str:
    return name[len(start) :] if name.startswith(start) else ""


urls: list[URLPattern] = [
    path("<slug:hall>/setup/windows/", windows, name="setup-windows"),
    path("<slug:hall>/setup/windows/new/", window, name="setup-window-new"),
    path("<slug:hall>/setup/windows/<int:number>/", window, name="setup-window"),
    path("<slug:hall>/setup/order/", order, name="setup-order"),
]
