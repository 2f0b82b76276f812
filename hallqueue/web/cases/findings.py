"""Findings on staff's screens: the list, one with its story and verbs, the month, and before beside after."""

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Case, When
from django.http import FileResponse, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from hallqueue.actions.cases.concern_effects import HANDLERS
from hallqueue.actions.cases.finding_loop import move_finding, moves_of
from hallqueue.actions.cases.finding_rights import may_say, seen_by, walked_again
from hallqueue.actions.cases.findings import add_evidence
from hallqueue.actions.cases.project_rights import project_of_case
from hallqueue.actions.cases.walkthroughs import may_see
from hallqueue.cases.asking import REMINDED
from hallqueue.cases.finding_states import MOVES
from hallqueue.errors import Refused
from hallqueue.models import WALKERS, WATCHERS, Finding, User, Walkthrough
from hallqueue.reporting.concerns.listing import filters_of
from hallqueue.reporting.concerns.story import story_of
from hallqueue.reporting.walkthroughs.comparing import Pair, compared
from hallqueue.reporting.walkthroughs.months import month_figures, months_of
from hallqueue.web.access import STAFF, HallRequest, actor_of, allowed
from hallqueue.web.cases.concern_photos import dropping_unused, kept_photos
from hallqueue.web.cases.walkthroughs import served
from hallqueue.web.pages import language_of, page, page_data
from hallqueue.web.reading import done, posted

PER_PAGE = 50
BAR = 200  # how long the longest bar of the comparison is, in the picture's own units
BEGINS = 124
OPEN, LATE, ALL = "open", "late", "all"
LOOKS = {"noted": "waiting", "owned": "serving", "fixed": "parked", "verified": "open"}
LOOKS |= {"closed": "done", "withdrawn": "cancelled"}
SAID = {
    "owner": str,
    "measure": str,
    "days": int,
    "due_on": str,
    "fixed_on": str,
    "note": str,
    "reason": str,
    "walkthrough": int,
}
KEYS = {"assign": "T", "note": "N", "fix": "F", "verify": "V", "fail": "B", "close": "Z"}
KEYS |= {"reopen": "O", "withdraw": "E"}
LEADING = ("assign", "fix", "verify", "close")


@allowed(*STAFF)
@require_GET
def listed(request: HallRequest, hall: str) -> HttpResponse:
    """Those one may see: what is late, what nobody owns, then the nearest limit first."""
    now, asked = timezone.now(), request.GET.get("state", OPEN)
    mine = Finding.objects.filter(seen_by(actor_of(request)), hall=request.hall)
    late = mine.filter(state__in=Finding.RUNNING, due_at__lte=now)
    shown = {LATE: late, ALL: mine, **{state: mine.filter(state=state) for state in Finding.State.values}}
    rows = shown.get(asked, mine.filter(state__in=Finding.UNSETTLED))
    turn = Case(When(state=Finding.State.NOTED, then=1), When(pk__in=late.values("pk"), then=0), default=2)
    ordered = rows.select_related("walkthrough", "owner").order_by(turn, "due_at", "-severity", "id")
    found = Paginator(ordered, PER_PAGE).get_page(request.GET.get("page"))
    counts = {state: mine.filter(state=state).count() for state in (*Finding.UNSETTLED, Finding.State.CLOSED)}
    context = {
        "rows": [_row(each, now) for each in found],
        "found": found,
        "asked": asked if asked in shown else OPEN,
        "tiles": [(state, f"finding.state.{state}", count) for state, count in counts.items()],
        "late": late.count(),
        "may_sum": actor_of(request).role in WATCHERS,
        "may_open": actor_of(request).may_manage,
    }
    return page(request, "hallqueue/findings.html", context)


@allowed(*STAFF)
@require_GET
def one(request: HallRequest, hall: str, finding: int) -> HttpResponse:
    """What was found, its story, and what may be said now."""
    by, lang = actor_of(request), language_of(request)
    found = _finding(request, finding)
    verbs, walks = moves_of(by, found), walked_again(found) if found.fixed_at else []
    first = next((each for each in verbs if each in LEADING), "")
    to_walk = found.state == Finding.State.FIXED and by.role in WALKERS and by.user != found.owner
    if to_walk and not walks:  # before somebody walked again nothing can be verified
        first = "walk"
    staff = User.objects.filter(hall=request.hall, is_active=True, role__in=HANDLERS).order_by("username")
    context = {
        "row": _row(found, timezone.now()),
        "finding": found,
        "files": list(found.files.filter(erased_at=None)),
        "story": story_of(found, lang),
        "verbs": [{"verb": verb, "key": KEYS[verb], "primary": verb == first} for verb in verbs],
        "may_add": may_say(by, found, "evidence") and found.state in MOVES["evidence"].origins,
        "may_walk": to_walk,
        "walks_first": first == "walk",
        "joined": project_of_case(by, found),
        "sees_walk": may_see(by, found.walkthrough),
        "walks": walks,
        "staff": list(staff),
        "today": request.hall.business_date(timezone.now()),
        "data": page_data(request, "concern"),
    }
    return page(request, "hallqueue/finding.html", context)


@allowed(*WALKERS)
@require_POST
def say(request: HallRequest, hall: str, finding: int, verb: str) -> JsonResponse:
    """Say a verb about a finding."""
    if verb not in KEYS:
        raise Refused("page_unknown", 404)
    fields = posted(request, **SAID)
    key = fields.pop("key")
    return done(move_finding(request.hall.pk, actor_of(request), key, finding=finding, verb=verb, **fields))


@allowed(*WALKERS)
@require_POST
def upload(request: HallRequest, hall: str, finding: int) -> JsonResponse:
    """A photo of what was done."""
    key, found = request.POST.get("key", ""), _finding(request, finding)
    files = kept_photos(request, key, 1)
    if not files:
        raise Refused("file_required", 400)
    (file, size), by = files[0], actor_of(request)
    with dropping_unused(files):
        return done(add_evidence(request.hall.pk, by, key, finding=found.pk, file=file, size=size))


@allowed(*STAFF)
@require_GET
def file(request: HallRequest, hall: str, finding: int, file: int) -> FileResponse:
    """A photo or memo of a finding one may see."""
    held = _finding(request, finding)
    return served(request, held.files.filter(pk=file).first())


@allowed(*WATCHERS)
@require_GET
def month(request: HallRequest, hall: str) -> HttpResponse:
    """The month in figures and cases; made to be printed."""
    now = timezone.now()
    asked = filters_of(request.GET).month or f"{request.hall.business_date(now):%Y-%m}"
    context = {
        "month": month_figures(request.hall, asked, now),
        "months": months_of(request.hall, now, asked),
    }
    return page(request, "hallqueue/findings_month.html", context | {"data": page_data(request)})


@allowed(*STAFF)
@require_GET
def beside(request: HallRequest, hall: str, before: int, after: int) -> HttpResponse:
    """Two walkthroughs beside each other, as a picture; made to be printed."""
    rows = Walkthrough.objects.filter(hall=request.hall).select_related("hall", "user", "ticket", "service")
    found = {walk.pk: walk for walk in rows.filter(pk__in=(before, after))}
    by = actor_of(request)
    if len(found) != 2 or not all(may_see(by, walk) for walk in found.values()):
        raise Refused("unknown_walkthrough", 404)
    pairs = compared(found[before], found[after], timezone.now())
    met = found[before].findings.filter(seen_by(by)).exclude(state=Finding.State.WITHDRAWN).order_by("id")
    context = {
        "before": found[before],
        "after": found[after],
        "met": [_row(each, timezone.now()) for each in met.select_related("walkthrough", "owner")],
        "bars": [_bar(number, pair) for number, pair in enumerate(pairs)],
        "height": 64 * len(pairs),
        "data": page_data(request),
    }
    return page(request, "hallqueue/walkthroughs_beside.html", context)


def _bar(number: int, pair: Pair) -> dict[str, Any]:
    """One figure of the picture: where it stands, how long its two bars are."""
    top = 64 * number
    return {
        "pair": pair,
        "key": f"finding.part.{pair.name}",
        "name_y": top + 36,
        "before_y": top + 10,
        "before_word": top + 26,
        "after_y": top + 34,
        "after_word": top + 50,
        "before": pair.width(pair.before, BAR),
        "after": pair.width(pair.after, BAR),
        "before_x": BEGINS + 6 + pair.width(pair.before, BAR),
        "after_x": BEGINS + 6 + pair.width(pair.after, BAR),
    }


def _finding(request: HallRequest, pk: int) -> Finding:
    """One that this person may see; raises Refused("unknown_finding")."""
    rows = Finding.objects.filter(seen_by(actor_of(request)), hall=request.hall, pk=pk)
    found = rows.select_related(
        "hall", "owner", "walkthrough__service", "walkthrough__user", "walked_again"
    ).first()
    if found is None:
        raise Refused("unknown_finding", 404)
    return found


def _row(finding: Finding, now: datetime) -> dict[str, Any]:
    late = finding.state in Finding.RUNNING and finding.due_at is not None and now >= finding.due_at
    return {
        "finding": finding,
        "look": LOOKS[finding.state],
        "state_key": f"finding.state.{finding.state}",
        "kind_key": f"walkthrough.finding.{finding.kind}",
        "severity_key": f"walkthrough.severity.{finding.severity}",
        "level_key": f"concern.level.{finding.level}",
        "late": late,
        "soon": finding.state in Finding.RUNNING and finding.stage == REMINDED and not late,
    }


urls: list[URLPattern] = [
    path("<slug:hall>/findings/", listed, name="findings"),
    path("<slug:hall>/findings/month/", month, name="findings-month"),
    path("<slug:hall>/findings/<int:finding>/", one, name="finding"),
    path("<slug:hall>/findings/<int:finding>/photos/", upload, name="finding-upload"),
    path("<slug:hall>/findings/<int:finding>/files/<int:file>/", file, name="finding-file"),
    path("<slug:hall>/findings/<int:finding>/<slug:verb>/", say, name="finding-say"),
    path("<slug:hall>/walkthroughs/<int:before>/beside/<int:after>/", beside, name="walkthroughs-beside"),
]
