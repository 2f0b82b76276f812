"""What a window takes: departments, groups, services, classes, languages; who waits is re-routed at once."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hallqueue.actions.borrowing import lend_again
from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.house.rerouting import rerouting
from hallqueue.actions.line.tickets import LANGUAGES, plain_text
from hallqueue.errors import Refused
from hallqueue.models import Department, Hall, Klass, Service, Window, WindowScope, WindowService, listed
from hallqueue.models.windows import COMMON_LANGUAGE
from hallqueue.order import UNDER_WAY
from hallqueue.routing import waiting

HIGHEST_RANK = 9
HIGHEST_NUMBER = 999
NAMED = {"name": 100, "name_mn": 200, "name_en": 200, "direction": 100}
"""What a window is called and where it is found, and how long each may be."""

CLASSES = tuple(klass for klass in Klass.values if klass not in UNDER_WAY)
SPOKEN = tuple(language for language in LANGUAGES if language != COMMON_LANGUAGE)

Ranked = Sequence[Sequence[Any]]
"""Pairs of a code or name and a rank: 0 is own work, 1–9 help."""


@command
@rerouting
def set_window_rules(
    c: Command,
    *,
    window: int,
    departments: Ranked = (),
    groups: Ranked = (),
    services: Ranked = (),
    everything: int | None = None,
    classes: Sequence[str] = (),
    languages: Sequence[str] = (),
    zone: str | None = None,
    names: Mapping[str, str] | None = None,
    is_fallback: bool | None = None,
    is_new: bool = False,
    anyway: bool = False,
) -> Answer:
    """Say anew all that a window takes, or add one; `everything` is the rank of one that takes whatever there is.

    `names` are what it is called and where it is (NAMED); what is not said stays.
    Answers with how many services it now takes, and how many active services no window takes. Raises Refused:
    not_allowed, unknown_window, window_retired, bad_figure, window_exists, unknown_department, unknown_group,
    unknown_service, bad_rank, bad_class, bad_language, last_fallback, window_takes_nothing, service_has_people
    (unless `anyway`: the fallback window has them then).
    """
    c.managers_only()
    seat = _added(c, window) if is_new else c.window(window)
    before = {} if is_new else told_of(seat)
    scopes = _scopes(c, departments, groups, everything)
    by_hand = _services(c, services)
    _check_words("bad_class", classes, CLASSES)
    _check_words("bad_language", languages, SPOKEN)
    taken_before = taken(c.hall)
    seat.classes, seat.languages = listed(classes), listed(languages)
    seat.zone = seat.zone if zone is None else plain_text(zone, 40)
    if is_fallback is False:
        refuse_last_fallback(c.hall, seat)
    seat.is_fallback = seat.is_fallback if is_fallback is None else is_fallback
    for name, said in (names or {}).items():
        if name in NAMED:
            setattr(seat, name, plain_text(said, NAMED[name]))
    seat.save(update_fields=["classes", "languages", "zone", "is_fallback", *NAMED])
    _write_down(seat, scopes, by_hand)
    takes = WindowService.objects.filter(window=seat).count()
    if not takes and not seat.is_fallback:
        raise Refused("window_takes_nothing", number=window)
    lost = taken_before - taken(c.hall)
    if not anyway:
        refuse_stranding(c.hall, lost)
    c.log.record("setup.changed", window=seat, what="rules", before=before, after=told_of(seat))
    return {"window": window, "takes": takes, "unserved": len(unserved(c.hall))}


def _added(c: Command, number: int) -> Window:
    """A window that is new, or was retired; raises Refused: bad_figure, window_exists."""
    if not 1 <= number <= HIGHEST_NUMBER:
        raise Refused("bad_figure", field="window", lowest=1, highest=HIGHEST_NUMBER)
    seat = Window.objects.filter(hall=c.hall, number=number).first()
    if seat is not None and seat.state != Window.State.RETIRED:
        raise Refused("window_exists", number=number)
    seat = seat or Window(hall=c.hall, number=number)
    seat.state, seat.state_at = Window.State.CLOSED, c.now
    seat.save()
    return seat


def refuse_last_fallback(hall: Hall, seat: Window) -> None:
    """A hall that has a fallback window keeps one; raises Refused("last_fallback")."""
    others = Window.in_use(hall).filter(is_fallback=True).exclude(pk=seat.pk)
    if seat.is_fallback and not others.exists():
        raise Refused("last_fallback", number=seat.number)


def write_out(hall: Hall, window: Window | None = None) -> None:
    """Write the scopes of all windows (or of one) out into rows of WindowService, where services came or moved."""
    scopes = WindowScope.objects.filter(hall=hall).select_related("window")
    rows = WindowService.objects.filter(hall=hall)
    if window is not None:
        scopes, rows = scopes.filter(window=window), rows.filter(window=window)
    services = list(Service.objects.filter(hall=hall).values_list("pk", "department", "group"))
    wanted: dict[tuple[int, int], int] = {}
    for scope in scopes:
        for service, department, group in services:
            if _covers(scope, department, group):
                pair = (scope.window_id, service)
                wanted[pair] = min(scope.rank, wanted.get(pair, HIGHEST_RANK))
    lent = [row.pk for row in rows.exclude(borrowing=None) if (row.window_id, row.service_id) in wanted]
    WindowService.objects.filter(pk__in=lent).delete()  # it is the window's own now
    by_hand = set(rows.filter(by_scope=False).values_list("window", "service"))
    written = {(row.window_id, row.service_id): row for row in rows.filter(by_scope=True)}
    wanted = {pair: rank for pair, rank in wanted.items() if pair not in by_hand}
    stale = [row.pk for pair, row in written.items() if wanted.get(pair) != row.rank]
    WindowService.objects.filter(pk__in=stale).delete()
    fresh = [pair for pair, rank in wanted.items() if pair not in written or written[pair].rank != rank]
    WindowService.objects.bulk_create(
        [
            WindowService(hall=hall, window_id=w, service_id=s, rank=wanted[w, s], by_scope=True)
            for w, s in fresh
        ],
        batch_size=500,
    )


def taken(hall: Hall) -> set[int]:
    """The services (ids) that some window takes that is not the fallback window, open or not."""
    found = WindowService.objects.filter(hall=hall, window__is_fallback=False)
    return set(found.values_list("service", flat=True).distinct())


def unserved(hall: Hall) -> list[Service]:
    """Active services that no window takes, not even a fallback window as its own: who comes is left to that one."""
    return list(Service.objects.filter(hall=hall, is_active=True, taken_by=None))


def _covers(scope: WindowScope, department: int, group: str) -> bool:
    if scope.department_id is not None:
        return scope.department_id == department
    return not scope.group or scope.group == group


def _scopes(
    c: Command, departments: Ranked, groups: Ranked, everything: int | None
) -> list[tuple[int | None, str, int]]:
    """What the window takes as a whole: (department's id, group, rank)."""
    known = dict(Department.objects.filter(hall=c.hall).values_list("code", "pk"))
    there = set(Service.objects.filter(hall=c.hall).exclude(group="").values_list("group", flat=True))
    found: list[tuple[int | None, str, int]] = []
    for code, rank in departments:
        found.append((_known("unknown_department", code, known), "", _rank(rank)))
    for group, rank in groups:
        found.append((None, _known("unknown_group", group, {each: each for each in there}), _rank(rank)))
    if everything is not None:
        found.append((None, "", _rank(everything)))
    return found


def _services(c: Command, services: Ranked) -> dict[int, int]:
    known = dict(Service.objects.filter(hall=c.hall).values_list("code", "pk"))
    return {_known("unknown_service", code, known): _rank(rank) for code, rank in services}


def _known(refusal: str, word: Any, known: Mapping[Any, Any]) -> Any:
    if word not in known:
        raise Refused(refusal, 404, detail=str(word)[:60])
    return known[word]


def _rank(rank: Any) -> int:
    if not isinstance(rank, int) or not 0 <= rank <= HIGHEST_RANK:
        raise Refused("bad_rank", 400, highest=HIGHEST_RANK)
    return rank


def _check_words(refusal: str, words: Sequence[str], allowed: Iterable[str]) -> None:
    for word in words:
        if word not in allowed:
            raise Refused(refusal, 400, detail=str(word)[:40])


def _write_down(seat: Window, scopes: list[tuple[int | None, str, int]], by_hand: dict[int, int]) -> None:
    WindowScope.objects.filter(window=seat).delete()
    WindowService.objects.filter(window=seat).delete()
    whole = {(department, group): rank for department, group, rank in scopes}
    WindowScope.objects.bulk_create(
        WindowScope(hall_id=seat.hall_id, window=seat, department_id=department, group=group, rank=rank)
        for (department, group), rank in whole.items()
    )
    WindowService.objects.bulk_create(
        WindowService(hall_id=seat.hall_id, window=seat, service_id=service, rank=rank)
        for service, rank in by_hand.items()
    )
    write_out(Hall(pk=seat.hall_id), seat)
    lend_again(seat)


def refuse_stranding(hall: Hall, lost: set[int]) -> None:
    """People who wait for a service keep a window that may one day open for it."""
    here = waiting(hall).filter(service__in=lost, for_window=None, fallback_reason="")
    counts = Counter(here.values_list("service__name", flat=True))
    if counts:
        name, people = counts.most_common(1)[0]
        raise Refused("service_has_people", name=name, people=people)


def told_of(seat: Window) -> dict[str, Any]:
    """A window's rules as the log keeps them."""
    scopes = WindowScope.objects.filter(window=seat).order_by("id")
    by_hand = WindowService.objects.filter(window=seat, by_scope=False, borrowing=None).order_by("id")
    return {
        "scopes": [list(row) for row in scopes.values_list("department__code", "group", "rank")],
        "services": [list(row) for row in by_hand.values_list("service__code", "rank")],
        "classes": seat.classes.split(),
        "languages": seat.languages.split(),
        "zone": seat.zone,
        "fallback": seat.is_fallback,
        "named": {name: getattr(seat, name) for name in NAMED},
    }
