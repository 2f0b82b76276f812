"""The manager's live screen, and its hands: the hall's numbers, its windows, its alarms."""

from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from hallqueue import hindsight
from hallqueue.actions import day, notices, windows
from hallqueue.actions.round import alarms
from hallqueue.errors import Refused
from hallqueue.models import HANDS, WATCHERS, Department, Hall
from hallqueue.reports import day_curve
from hallqueue.transactions import one_read
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.pages import page, page_data
from hallqueue.web.reading import done, posted

MINUTES = 10
MOST_ALARMS = 500


@allowed(*WATCHERS)
@require_GET
def live(request: HallRequest, hall: str) -> HttpResponse:
    """The page; an auditor looks and touches nothing."""
    user = request.viewer.user
    may_act = user is not None and user.role in HANDS
    departments = list(Department.objects.filter(hall=request.hall, is_active=True).values("code", "name"))
    more = {"may_act": may_act, "departments": departments, "usual": notices.usual_words()}
    data = page_data(request, "manager", "words", "printer", "fallback.reason", **more)
    return page(request, "hallqueue/manager.html", {"data": data})


@allowed(*WATCHERS)
@require_GET
def curve(request: HallRequest, hall: str) -> HttpResponse:
    """The day's curve: the business date of the hall's last event, as the live frame shows it."""
    with one_read():
        request.hall.refresh_from_db()
        today = request.hall.business_date(request.hall.moved_at)
        drawn = day_curve(request.hall, today, MINUTES)
        return JsonResponse({"date": today.isoformat(), "ranges": _ranges(request.hall), **drawn})


def _ranges(hall: Hall) -> dict[str, int]:
    """How good the waiting ranges of the last hour were, in people and whole minutes."""
    score = hindsight.recent(hall)
    outside = score.longer + score.shorter
    miss = round(score.missed / outside) if outside else 0
    return {"shown": score.shown, "inside": score.inside, "longer": score.longer, "miss": miss}


@allowed(*HANDS)
@require_POST
def set_window(request: HallRequest, hall: str) -> HttpResponse:
    """Open, pause or close a window from here; pausing and closing say why."""
    fields = posted(request, window=int, verb=str, reason=str)
    say = (request.hall.pk, actor_of(request), fields["key"])
    number, reason = fields.get("window", 0), fields.get("reason", "")
    match fields.get("verb"):
        case "open":
            return done(windows.open_window(*say, window=number))
        case "pause":
            return done(windows.pause(*say, window=number, reason=reason))
        case "close":
            if not reason.strip():
                raise Refused("reason_required")
            return done(windows.close(*say, window=number, reason=reason))
    raise Refused("bad_input", 400, detail="verb")


@allowed(*HANDS)
@require_POST
def set_hall(request: HallRequest, hall: str) -> HttpResponse:
    """Begin or stop giving out numbers."""
    fields = posted(request, open=bool)
    if "open" not in fields:
        raise Refused("bad_input", 400, detail="open")
    verb = day.open_hall if fields["open"] else day.close_hall
    return done(verb(request.hall.pk, actor_of(request), fields["key"]))


@allowed(*HANDS)
@require_POST
def acknowledge(request: HallRequest, hall: str) -> HttpResponse:
    """A manager has seen an alarm, or all that the screen shows."""
    fields = posted(request, alarm=int, alarms=list[int])
    say = (request.hall.pk, actor_of(request), fields["key"])
    if "alarms" in fields:
        return done(alarms.acknowledge_all(*say, alarms=fields["alarms"][:MOST_ALARMS]))
    return done(alarms.acknowledge(*say, alarm=fields.get("alarm", 0)))


urls = [
    path("<slug:hall>/manager/", live, name="manager"),
    path("<slug:hall>/manager/curve/", curve, name="manager-curve"),
    path("<slug:hall>/manager/window/", set_window, name="manager-window"),
    path("<slug:hall>/manager/hall/", set_hall, name="manager-hall"),
    path("<slug:hall>/manager/acknowledge/", acknowledge, name="manager-acknowledge"),
]
