"""One series (号段) as the hall's set-up page says it: its letter, from which number to which it runs, on or off."""

from typing import Any

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.house.bounds import bounded
from hallqueue.actions.line.tickets import plain_text
from hallqueue.errors import Refused
from hallqueue.models import AppointmentRules, FallbackPolicy, Hall, Series, SeriesCounter, Service
from hallqueue.sheets.catalogue import SERIES

LONGEST_TYPED = 20
"""So much may be typed for a letter; more is no slip of the hand."""


@command
def set_series(
    c: Command,
    *,
    letter: str,
    name: str = "",
    first: int = 1,
    last: int = Series.LAST,
    is_active: bool = True,
    is_new: bool = False,
) -> Answer:
    """Make (`is_new`) or change a series; its letter stays. Numbers already given stay as they are.

    Another `first` counts from the next business date on, another `last` at once; one that is switched off is offered
    nowhere any more. Raises Refused: not_allowed, series_letter, series_exists, unknown_series, text_too_long,
    bad_figure, series_reversed, series_given, series_has_services, series_elsewhere.
    """
    c.managers_only()
    found = _made(c, letter) if is_new else series_of(c.hall, letter)
    before = told_of(found) if found.pk else {}
    found.name = plain_text(name, 100)
    found.first = bounded("first", first, 1, Series.LAST)
    found.last = bounded("last", last, 1, Series.LAST)
    if found.last < found.first:
        raise Refused("series_reversed", first=found.first, last=found.last)
    found.is_active = bool(is_active)
    _refuse_given(c, found)
    _refuse_in_use(c, found)
    after = told_of(found)
    if before != after:
        found.save()
        c.log.record("setup.changed", what="series", letter=found.letter, before=before, after=after)
    return {"series": found.letter}


def told_of(series: Series) -> dict[str, Any]:
    """A series as the log keeps it."""
    return {name: getattr(series, name) for name in ("name", "first", "last", "is_active")}


def series_of(hall: Hall, letter: str) -> Series:
    """The series of a letter. Raises Refused: unknown_series, text_too_long."""
    found = Series.objects.filter(hall=hall, letter=plain_text(letter, LONGEST_TYPED)).first()
    if found is None:
        raise Refused("unknown_series", 404, letter=letter[:3])
    return found


def active_series(hall: Hall, letter: str) -> Series:
    """The series that shall give somebody's numbers from now on. Raises Refused: unknown_series, series_off."""
    found = series_of(hall, letter)
    if not found.is_active:
        raise Refused("series_off", letter=found.letter)
    return found


def _refuse_given(c: Command, found: Series) -> None:
    """A series does not end before the numbers that it has given today."""
    today = SeriesCounter.objects.filter(
        hall=c.hall, business_date=c.business_date, series_id=found.pk
    ).first()
    if today is not None and today.given and found.last < today.last:
        raise Refused("series_given", label=found.label(today.last), last=today.last)


def _refuse_in_use(c: Command, found: Series) -> None:
    """Nobody's number is to come from a series that is switched off."""
    if found.is_active or not found.pk:
        return
    if count := Service.objects.filter(hall=c.hall, series=found, is_active=True).count():
        raise Refused("series_has_services", letter=found.letter, count=count)
    of_hall = {"hall": c.hall}
    if (
        AppointmentRules.objects.filter(**of_hall, series=found).exists()
        or FallbackPolicy.objects.filter(**of_hall, unknown_service__series=found).exists()
    ):
        raise Refused("series_elsewhere", letter=found.letter)


def _made(c: Command, letter: str) -> Series:
    key = plain_text(letter, LONGEST_TYPED).upper()
    if not SERIES.fullmatch(key):
        raise Refused("series_letter")
    if Series.objects.filter(hall=c.hall, letter=key).exists():
        raise Refused("series_exists", letter=key)
    return Series(hall=c.hall, letter=key)
