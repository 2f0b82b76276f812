"""The hall's round among bad ratings: reminders, limits that passed; and personal words whose days are over."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from hallqueue.actions.cases.concern_words import no_person
from hallqueue.actions.cases.limits import AT_ONCE, Limits
from hallqueue.actions.command import Answer, Command, command
from hallqueue.cases.rating_states import move
from hallqueue.models import ConcernRules, Hall, Rating, RatingCase

rating_limits = Limits("rating", RatingCase, move)


@command
def look_after_ratings(c: Command) -> Answer:
    """Remind of what is nearly due, take what is late one level up, erase words and persons no longer needed."""
    old, looked_at = list(_expired(c.hall, c.now)[:AT_ONCE]), rating_limits.look_after(c)
    for rating in old:
        _erase(c, rating)
    return {"looked_at": looked_at, "purged": len(old)}


def ratings_moved(hall: Hall, now: datetime) -> bool:
    """Whether the round would change anything: two short reads."""
    moment = max(now, hall.moved_at)
    return rating_limits.waiting(hall, moment).exists() or _expired(hall, moment).exists()


def _erase(c: Command, rating: Rating) -> None:
    """Who rated and what they wrote; level, reasons and figures stay."""
    case: RatingCase | None = getattr(rating, "case", None)
    changes = no_person(c.now) | {"comment": "", "again_comment": "", "keeps_words": False}
    Rating.objects.filter(pk=rating.pk).update(**changes)
    if case is not None:
        move(c.log, case, "purge", call_back_note="", claim="")


def _expired(hall: Hall, now: datetime) -> QuerySet[Rating]:
    """Given, or their case over, for as many days as an archived concern keeps its person, with words still there."""
    rules = ConcernRules.objects.filter(hall=hall).first() or ConcernRules()
    old = now - timedelta(days=rules.identity_days)
    over = Q(case=None) | Q(case__closed_at__lte=old, case__state__in=_OVER)
    rows = Rating.objects.filter(over, hall=hall, keeps_words=True, rated_at__lte=old)
    return rows.select_related("case").order_by("id")


_OVER = (RatingCase.State.CLOSED, RatingCase.State.SET_ASIDE)
