"""How long a stay at a window took on earlier days, told from the figures that are kept of them."""

from datetime import date

from django.db.models import Count, Max

from hallqueue.figures.days import ONE_DAY
from hallqueue.figures.tally import Figures, Tally
from hallqueue.models import Hall, KeptFigures

DAYS = 28
"""How far back it looks: four weeks, so that each weekday counts alike and a long holiday leaves some."""

ENOUGH = 10
"""Stays; of a service with fewer nothing is said."""

_remembered: dict[int, tuple[tuple[object, ...], dict[int, float]]] = {}


def stays(hall: Hall, today: date) -> dict[int, float]:
    """Minutes from a call to the end of the stay, in the mean of the four weeks before `today`, by service id.

    Only who came to the window counts. Kept figures change with an event alone, so two frames of one seq are equal;
    they are read again when one of these days was kept since.
    """
    days = (today - DAYS * ONE_DAY, today - ONE_DAY)
    rows = KeptFigures.objects.filter(
        hall=hall, span=KeptFigures.Span.DAY, dimension="service", business_date__range=days
    )
    state = (hall.epoch, today, *rows.aggregate(Count("id"), Max("id")).values())
    known = _remembered.get(hall.pk)
    if known is None or known[0] != state:
        figures = Figures()
        for content in rows.values_list("content", flat=True):
            figures.add_all("service", content)
        known = _remembered[hall.pk] = state, _minutes(figures)
    return known[1]


def _minutes(figures: Figures) -> dict[int, float]:
    tallies = figures.by.get("service", {}).items()
    found = {int(service): _stay(tally) for service, tally in tallies}
    return {service: minutes for service, minutes in found.items() if minutes is not None}


def _stay(tally: Tally) -> float | None:
    """The way to the window and the time there, in minutes; None while too few are known."""
    served = tally.serves
    if served.count < ENOUGH or served.mean is None:
        return None
    return ((tally.durations("way").mean or 0.0) + served.mean) / 60
