"""The hall's round among bad ratings: reminders, limits that passed; and personal words whose days are over."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from hallqueue.actions.cases.concern_round import AT_ONCE, MANAGERS_LEVEL, advance
from hallqueue.actions.cases.concern_words import no_person
from hallqueue.actions.command import Answer, Command, command
from hallqueue.cases.clock import Clock, moved_limit
from hallqueue.cases.rating_states import move
from hallqueue.models import ConcernRules, Hall, Rating, RatingCase


@command
def look_after_ratings(c: Command) -> Answer:
    """Remind of what is nearly due, take what is late one level up, erase words and persons no longer needed."""
    clock = Clock(c.hall)
    due, old = list(_waiting(c.hall, c.now)[:AT_ONCE]), list(_expired(c.hall, c.now)[:AT_ONCE])
    for case in due:
        advance(c, clock, case, move)
    for rating in old:
        _erase(c, rating)
    return {"looked_at": len(due), "purged": len(old)}


def recount_ratings(c: Command) -> None:
    """The hall's calendar changed: limits that lie elsewhere by it are moved, each with its event."""
    clock = Clock(c.hall)
    for case in RatingCase.objects.filter(hall=c.hall, state__in=RatingCase.RUNNING).order_by("id"):
        if changes := moved_limit(clock, case):
            move(c.log, case, "recount", told={"due_on": str(changes["due_on"])}, **changes)


def ratings_moved(hall: Hall, now: datetime) -> bool:
    """Whether the round would change anything: two short reads."""
    moment = max(now, hall.moved_at)
    return _waiting(hall, moment).exists() or _expired(hall, moment).exists()


def late_ratings(hall: Hall, now: datetime) -> set[str]:
    """What the manager must hear of."""
    late = RatingCase.objects.filter(hall=hall, state__in=RatingCase.RUNNING, level__gte=MANAGERS_LEVEL)
    return {f"rating:{pk}" for pk in late.values_list("pk", flat=True)}


def tell_late_rating(hall: Hall, subject: str) -> dict[str, Any]:
    """The facts of such an alarm."""
    case = RatingCase.objects.get(hall=hall, pk=int(subject.partition(":")[2]))
    return {"rating": case.pk, "number": case.label, "due_on": str(case.due_on)}


def _erase(c: Command, rating: Rating) -> None:
    """Who rated and what they wrote; level, reasons and figures stay."""
    case: RatingCase | None = getattr(rating, "case", None)
    changes = no_person(c.now) | {"comment": "", "again_comment": "", "keeps_words": False}
    Rating.objects.filter(pk=rating.pk).update(**changes)
    if case is not None:
        move(c.log, case, "purge", call_back_note="", claim="")


def _waiting(hall: Hall, now: datetime) -> QuerySet[RatingCase]:
    due = RatingCase.objects.filter(hall=hall, next_at__lte=now, state__in=RatingCase.RUNNING)
    return due.order_by("next_at", "id")


def _expired(hall: Hall, now: datetime) -> QuerySet[Rating]:
    """Given, or their case over, for as many days as an archived concern keeps its person, with words still there."""
    rules = ConcernRules.objects.filter(hall=hall).first() or ConcernRules()
    old = now - timedelta(days=rules.identity_days)
    over = Q(case=None) | Q(case__closed_at__lte=old, case__state__in=_OVER)
    rows = Rating.objects.filter(over, hall=hall, keeps_words=True, rated_at__lte=old)
    return rows.select_related("case").order_by("id")


_OVER = (RatingCase.State.CLOSED, RatingCase.State.SET_ASIDE)
