"""One series (号段) as the hall's set-up page says it: its letter, and from which number to which it runs each day."""

from typing import Any

from hallqueue.actions.bounds import bounded
from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.tickets import plain_text
from hallqueue.catalogue_file import SERIES
from hallqueue.errors import Refused
from hallqueue.models import Series, SeriesCounter


@command
def set_series(
    c: Command, *, letter: str, name: str = "", first: int = 1, last: int = Series.LAST, is_new: bool = False
) -> Answer:
    """Make (`is_new`) or change a series; its letter stays. Numbers already given stay as they are.

    Another `first` counts from the next business date on, another `last` at once. Raises Refused: not_allowed,
    series_letter, series_exists, unknown_series, text_too_long, bad_figure, series_reversed, series_given.
    """
    c.managers_only()
    found = _made(c, letter) if is_new else _found(c, letter)
    before = told_of(found) if found.pk else {}
    found.name = plain_text(name, 100)
    found.first = bounded("first", first, 1, Series.LAST)
    found.last = bounded("last", last, 1, Series.LAST)
    if found.last < found.first:
        raise Refused("series_reversed", first=found.first, last=found.last)
    _refuse_given(c, found)
    after = told_of(found)
    if before != after:
        found.save()
        c.log.record("setup.changed", what="series", letter=found.letter, before=before, after=after)
    return {"series": found.letter}


def told_of(series: Series) -> dict[str, Any]:
    """A series as the log keeps it."""
    return {name: getattr(series, name) for name in ("name", "first", "last")}


def _refuse_given(c: Command, found: Series) -> None:
    """A series does not end before the numbers that it has given today."""
    today = SeriesCounter.objects.filter(
        hall=c.hall, business_date=c.business_date, series_id=found.pk
    ).first()
    if today is not None and today.given and found.last < today.last:
        raise Refused("series_given", label=found.label(today.last), last=today.last)


def _made(c: Command, letter: str) -> Series:
    key = plain_text(letter, 20).upper()
    if not SERIES.fullmatch(key):
        raise Refused("series_letter")
    if Series.objects.filter(hall=c.hall, letter=key).exists():
        raise Refused("series_exists", letter=key)
    return Series(hall=c.hall, letter=key)


def _found(c: Command, letter: str) -> Series:
    found = Series.objects.filter(hall=c.hall, letter=plain_text(letter, 20)).first()
    if found is None:
        raise Refused("unknown_series", 404, letter=letter[:3])
    return found
