"""What was done today: the managers' acts from the log, in words, each with its undo."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods

from hallqueue.actions.command import new_key
from hallqueue.actions.undoing import REVERSES, undo
from hallqueue.errors import Refused
from hallqueue.figures.days import first_seq
from hallqueue.models import HANDS, WATCHERS, ApiClient, Borrowing, Event, Hall, User
from hallqueue.problems import sentence_of
from hallqueue.texts import text
from hallqueue.transactions import one_read
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.pages import language_of, page

TOLD = ("advice.taken", "emergency.ended")
"""Acts that are told and cannot be taken back."""
MOST = 300


@allowed(*WATCHERS)
@require_http_methods(["GET", "POST"])
def acts(request: HallRequest, hall: str) -> HttpResponse:
    """The list, newest first; posting an act's seq undoes it."""
    user = request.viewer.user
    context: dict[str, Any] = {"may_act": user is not None and user.role in HANDS}
    status = 200
    if request.method == "POST":
        try:
            return _undone(request)
        except Refused as refusal:
            context["refusal"], status = sentence_of(refusal, language_of(request)), refusal.status
    with one_read():
        rows = acts_of(Hall.objects.get(pk=request.hall.pk), language_of(request))
    context |= {"acts": rows, "left": request.GET.get("left", "")[:200], "key": new_key()}
    return page(request, "hallqueue/acts.html", context, status=status)


def acts_of(hall: Hall, lang: str) -> list[dict[str, Any]]:
    """Today's acts of the managers: {seq, at, by, words, reason, undone, may_undo}, newest first."""
    people = {f"user:{user.pk}": str(user) for user in User.objects.filter(role__in=HANDS)}
    people |= {f"client:{each.pk}": str(each) for each in ApiClient.objects.filter(hall=hall, role__in=HANDS)}
    today = hall.business_date(hall.moved_at)
    of_today = Event.objects.filter(hall=hall, seq__gte=first_seq(hall.pk, today, hall.seq), by__in=people)
    undone = {event.data["act"] for event in of_today.filter(kind="act.undone")}
    found = of_today.filter(kind__in=(*REVERSES, *TOLD)).select_related("window").order_by("-seq")[:MOST]
    lent = set(Borrowing.objects.filter(hall=hall, ended_at=None).values_list("pk", flat=True))
    return [_row(event, people, undone, lent, lang) for event in found]


def _row(event: Event, people: dict[str, str], undone: set[int], lent: set[int], lang: str) -> dict[str, Any]:
    is_over = event.kind == "window.borrowed" and event.data["borrowing"] not in lent
    return {
        "seq": event.seq,
        "at": event.at,
        "by": people[event.by],
        "words": words_of(event, lang),
        "reason": event.data.get("reason", ""),
        "undone": event.seq in undone,
        "may_undo": event.kind in REVERSES and event.seq not in undone and not is_over,
    }


def words_of(event: Event, lang: str) -> str:
    """The act as a sentence."""
    window = event.window.number if event.window else ""
    told = {name: value for name, value in event.data.items() if isinstance(value, str | int)}
    many = {name: "、".join(map(str, event.data.get(name, ()))) for name in ("labels", "windows_told")}
    facts = {"window": window, "name": "", "text": "", "count": 0, "subject": "", "to": _to(event, lang)}
    return text(f"acts.{event.kind}", lang, **(facts | told | many | {"window": window}))


def _to(event: Event, lang: str) -> str:
    """Where tickets were sent, or whom a message was for."""
    told = event.data
    if told.get("fallback"):
        return text("acts.to_fallback", lang)
    if told.get("to_window") is not None:
        return _to_window(told["to_window"], lang)
    if event.kind == "message.sent":
        if event.window:
            return _to_window(event.window.number, lang)
        return text("acts.to_windows", lang, number="、".join(map(str, told["windows"])))
    return str(told.get("service", ""))


def _to_window(number: int, lang: str) -> str:
    """With the space that Chinese has before a figure; English sentences have theirs."""
    words = text("acts.to_window", lang, number=number)
    return f" {words}" if lang == "zh" else words


def _undone(request: HallRequest) -> HttpResponse:
    """Undo, and show the list anew; who could not be brought back is named there."""
    if request.viewer.user is None or request.viewer.user.role not in HANDS:
        raise Refused("not_allowed", 403)
    act = request.POST.get("act", "")
    if not (act.isdecimal() and len(act) < 16):
        raise Refused("unknown_act", 404)
    key = request.POST.get("key", "")
    answer = undo(request.hall.pk, actor_of(request), key, act=int(act))
    left = "、".join(answer["left"])[:200]
    back = reverse("manager-acts", args=[request.hall.slug])
    return redirect(f"{back}?{urlencode({'left': left})}" if left else back)


urls: list[URLPattern] = [path("<slug:hall>/manager/acts/", acts, name="manager-acts")]
