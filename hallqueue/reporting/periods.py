"""What a report is over: a day, a week, a month, a quarter, or any range of days up to two years."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from hallqueue.errors import Refused
from hallqueue.figures.days import ONE_DAY, month_begins, month_ends

DAY, WEEK, MONTH, QUARTER, RANGE = "day", "week", "month", "quarter", "range"
KINDS = (DAY, WEEK, MONTH, QUARTER, RANGE)
LONGEST = 731


@dataclass(frozen=True)
class Period:
    """Business dates from `first` to `last`, both included."""

    kind: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def label(self) -> str:
        """2026-11-28, 2026-W48, 2026-11, 2026-Q4, or both ends."""
        if self.kind == WEEK:
            return "{}-W{:02}".format(*self.first.isocalendar()[:2])
        if self.kind == MONTH:
            return f"{self.first:%Y-%m}"
        if self.kind == QUARTER:
            return f"{self.first.year}-Q{(self.first.month + 2) // 3}"
        return str(self.first) if self.first == self.last else f"{self.first} – {self.last}"

    @property
    def before(self) -> "Period":
        """The period of the same kind before it; of a range, as many days."""
        if self.kind == RANGE:
            return Period(RANGE, self.first - timedelta(days=self.days), self.first - ONE_DAY)
        return period_around(self.kind, self.first - ONE_DAY)

    @property
    def words(self) -> dict[str, str]:
        """As it stands in an address."""
        if self.kind == RANGE:
            return {"kind": RANGE, "first": str(self.first), "last": str(self.last)}
        return {"kind": self.kind, "day": str(self.first)}


def period_around(kind: str, day: date) -> Period:
    """The day, week (Monday to Sunday), month or quarter that a date lies in."""
    if kind == WEEK:
        monday = day - timedelta(days=day.weekday())
        return Period(WEEK, monday, monday + timedelta(days=6))
    if kind == MONTH:
        return Period(MONTH, month_begins(day), month_ends(day))
    if kind == QUARTER:
        first = day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)
        return Period(QUARTER, first, month_ends(first + timedelta(days=62)))
    return Period(DAY, day, day)


def period_asked(asked: Mapping[str, str], today: date) -> Period:
    """The period of an address: `kind` with any `day` in it, or `first` and `last`; without words, this month.

    Raises Refused: report_kind, report_date, report_reversed, report_future, report_too_long.
    """
    kind = asked.get("kind") or MONTH
    if kind not in KINDS:
        raise Refused("report_kind", 400)
    if kind != RANGE:
        day = _date(asked.get("day") or str(today))
        if day > today:
            raise Refused("report_future", 400, today=str(today))
        return period_around(kind, day)
    first, last = _date(asked.get("first", "")), _date(asked.get("last", ""))
    if last < first:
        raise Refused("report_reversed", 400, first=str(first), last=str(last))
    if last > today:
        raise Refused("report_future", 400, today=str(today))
    if (last - first).days >= LONGEST:
        raise Refused("report_too_long", 400, limit=LONGEST)
    return Period(RANGE, first, last)


def _date(text: str) -> date:
    """A date of a century in which there may be a hall. Raises Refused("report_date")."""
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        raise Refused("report_date", 400, date=text[:20]) from None
    if not 1970 <= found.year < 2200:
        raise Refused("report_date", 400, date=text[:20])
    return found
