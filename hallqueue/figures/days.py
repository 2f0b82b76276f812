"""Where a business date stands: when it begins and ends, and which lines of the log are its own."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from hallqueue.models import Event, Hall

ONE_DAY = timedelta(days=1)


def day_begins(hall: Hall, day: date) -> datetime:
    """When a business date of the hall begins."""
    return datetime.combine(day, time(hall.cutoff_hour), tzinfo=hall.local_zone)


def days_between(first: date, last: date) -> list[date]:
    """Every date from `first` to `last`, both included."""
    return [first + number * ONE_DAY for number in range((last - first).days + 1)]


def month_begins(day: date) -> date:
    """The first day of the month."""
    return day.replace(day=1)


def month_ends(day: date) -> date:
    """The last day of the month."""
    return month_begins(month_begins(day) + 31 * ONE_DAY) - ONE_DAY


def months_between(first: date, last: date) -> list[date]:
    """The first day of every month from that of `first` to that of `last`."""
    month, found = month_begins(first), []
    while month <= last:
        found.append(month)
        month = month_ends(month) + ONE_DAY
    return found


def months_offered(first: date | None, today: date, asked: str = "") -> list[str]:
    """What a page lets choose, newest first ("2026-11"): all months since `first`, and the one `asked` for."""
    found = {f"{month:%Y-%m}" for month in months_between(first or today, today)}
    return sorted(found | ({asked} if asked else set()), reverse=True)


def first_seq(hall_id: int, day: date, head: int) -> int:
    """The seq of the first line of a business date or later; the log is in order, so it is found by halving."""
    low, high = 1, head + 1
    while low < high:
        middle = (low + high) // 2
        if _date_at(hall_id, middle) < day:
            low = middle + 1
        else:
            high = middle
    return low


def lines_of(hall: Hall, day: date, kinds: Iterable[str]) -> Iterator[Event]:
    """A day's lines of some kinds, oldest first, without their tickets."""
    first, after = (first_seq(hall.pk, each, hall.seq) for each in (day, day + ONE_DAY))
    found = Event.objects.filter(hall=hall, seq__gte=first, seq__lt=after, kind__in=sorted(kinds))
    return found.filter(business_date=day).order_by("seq").iterator(2000)


def _date_at(hall_id: int, seq: int) -> date:
    line = Event.objects.filter(hall_id=hall_id, seq__gte=seq).order_by("seq")
    found: date = line.values_list("business_date", flat=True)[0]
    return found
