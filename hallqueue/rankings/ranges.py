"""The days a ranking is about: a month, a quarter, or any range, and the days before that they are held against."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from hallqueue.concern_reports.listing import month_of
from hallqueue.errors import Refused
from hallqueue.figures.days import ONE_DAY

MONTH, QUARTER, DAYS = "month", "quarter", "days"
MOST_DAYS = 1100
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"(20\d\d)-Q([1-4])")


@dataclass(frozen=True)
class Days:
    """Business dates from `first` to `last`, both included; `name` is how the address calls them."""

    kind: str
    name: str
    first: date
    last: date

    @property
    def before(self) -> "Days":
        """The month or quarter before, or as many days before."""
        if self.kind == MONTH:
            return _month(_named(self.first - ONE_DAY))
        if self.kind == QUARTER:
            return _quarter(_quarter_name(self.first - ONE_DAY))
        count = (self.last - self.first).days + 1
        return _days(self.first - count * ONE_DAY, self.first - ONE_DAY)

    @property
    def address(self) -> str:
        """As an address says it."""
        if self.kind == DAYS:
            return f"from={self.first}&to={self.last}"
        return f"{self.kind}={self.name}"


def days_asked(asked: Mapping[str, str], today: date) -> Days:
    """`month=2026-11`, `quarter=2026-Q4`, `from=…&to=…`; nothing asked is this month.

    Raises Refused: bad_month, bad_quarter, bad_range, range_too_long, range_to_come.
    """
    found = _asked(
        {name: asked.get(name, "").replace("\x00", "")[:20] for name in ("month", "quarter", "from", "to")}
    )
    wanted = found or _month(_named(today))
    if wanted.first > today:
        raise Refused("range_to_come", 400, date=str(wanted.first))
    if (wanted.last - wanted.first).days >= MOST_DAYS:
        raise Refused("range_too_long", 400, limit=MOST_DAYS)
    return wanted


def months_and_quarters(first: date, today: date) -> tuple[list[str], list[str]]:
    """Those since the first day of which anything is known, newest first: a year of months, three of quarters."""
    months, quarters = list[str](), list[str]()
    day = today
    while day >= first.replace(day=1) and len(months) < 36:
        months.append(_named(day))
        quarters += [name for name in (_quarter_name(day),) if name not in quarters]
        day = day.replace(day=1) - ONE_DAY
    return months[:12], quarters


def _asked(asked: dict[str, str]) -> Days | None:
    if asked["month"]:
        if not _MONTH.fullmatch(asked["month"]):
            raise Refused("bad_month", 400, month=asked["month"])
        return _month(asked["month"])
    if asked["quarter"]:
        return _quarter(asked["quarter"])
    if asked["from"] or asked["to"]:
        return _days(_date(asked["from"]), _date(asked["to"]))
    return None


def _month(name: str) -> Days:
    first, after = month_of(name)
    return Days(MONTH, name, first, after - ONE_DAY)


def _quarter(name: str) -> Days:
    found = _QUARTER.fullmatch(name)
    if found is None:
        raise Refused("bad_quarter", 400, quarter=name)
    year, number = int(found[1]), int(found[2])
    return Days(
        QUARTER, name, date(year, 3 * number - 2, 1), month_of(f"{year}-{3 * number:02}")[1] - ONE_DAY
    )


def _days(first: date, last: date) -> Days:
    if last < first:
        raise Refused("bad_range", 400, first=str(first), last=str(last))
    return Days(DAYS, f"{first} – {last}", first, last)


def _date(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Refused("bad_date", 400, date=typed or "—") from None


def _named(day: date) -> str:
    return f"{day:%Y-%m}"


def _quarter_name(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"
