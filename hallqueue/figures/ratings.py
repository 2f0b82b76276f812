"""The figures of ratings (好差评): asked for, given by level, set aside after a review, and what became of bad ones."""

from dataclasses import replace
from datetime import date
from typing import Any

from hallqueue.figures.belonging import departments_on
from hallqueue.figures.cases import count_at
from hallqueue.figures.days import lines_of
from hallqueue.figures.tally import Figures
from hallqueue.figures.visits import Places, Visits, seat_and_service
from hallqueue.models import Event, Rating, RatingCase

GIVEN, SET_ASIDE, REOPENED = "rating.given", "rating.set_aside", "rating.reopened"
CASES = ("rating.answered", "rating.closed", "rating.overdue", "rating.appealed")
_RATED = ("service", "window", "user", "level", "business_date")


def fold_ratings(figures: Figures, visits: Visits) -> None:
    """Count a day's ratings for the service, the window and the clerk that were rated, and for the department to which
    the service belonged when it was done: what is set aside is taken from whom it was counted for."""
    then = {visits.day: visits}
    asked = Rating.objects.filter(hall=visits.hall, business_date=visits.day)
    for service, window, user, *_ in asked.values_list(*_RATED):
        count_at(figures, places_of(visits, service, window, user), ["rating.asked"])
    for line in lines_of(visits.hall, visits.day, (GIVEN, SET_ASIDE, REOPENED, *CASES)):
        service, window, user, level, day = _rated(line.data)
        if day not in then:
            then[day] = replace(visits, departments=departments_on(visits.hall, day))
        places = places_of(then[day], service, window, user)
        if line.kind == GIVEN:
            count_at(figures, places, [f"{GIVEN}.{level}"])
        elif line.kind in CASES:
            late = [f"{line.kind}_late"] if line.data.get("late") else []
            count_at(figures, places, [line.kind, *late])
        else:
            _set_aside(figures, places, line, level)


def _set_aside(figures: Figures, places: Places, line: Event, level: int) -> None:
    """A rating set aside does not count; opened again it does, and what was taken off is put back."""
    change = 1 if line.kind == SET_ASIDE else -1 if line.data.get("from") == "set_aside" else 0
    for dimension, key in places if change else ():
        figures.of(dimension, key).add(f"{SET_ASIDE}.{level}", change)


def _rated(told: dict[str, Any]) -> tuple[int, int, int | None, int, date]:
    """What a line's rating is about, and of which day; the level is given once and stays."""
    if "rating" in told:
        found = Rating.objects.values_list(*_RATED).get(pk=told["rating"])
    else:
        found = RatingCase.objects.values_list(*(f"rating__{name}" for name in _RATED)).get(pk=told["case"])
    service, window, user, level, day = found
    return service, window, user, level, day


def places_of(visits: Visits, service: int, window: int, user: int | None) -> Places:
    """Where a rating counts: for what was done, and for who did it, also both together."""
    seat: Places = [("window", window), ("clerk", user or 0)]
    return [*visits.of_service(service), *seat, *seat_and_service(window, user, service)]
