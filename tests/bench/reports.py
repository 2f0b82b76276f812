"""`python -m tests.bench.reports`: old days folded and kept, and reports of every length made of them."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from tests.bench.routing import timed

DAYS, A_DAY, DEPARTMENTS, SERVICES, WINDOWS = 400, 2500, 25, 300, 150
TOTAL = DAYS * A_DAY
AIM = "aim 3 s"


def main() -> None:
    """The bench hall's crowd as it lies in the tables, then a large hall's year as figures."""
    from hallqueue.models import Hall

    hall = Hall.objects.get(slug="bench")
    fold(hall)
    read(hall, "bench hall")
    read(year(), f"{WINDOWS} windows, {SERVICES} services, {TOTAL:,} tickets in {DAYS} days")


def fold(hall: Any) -> None:
    """Keep every old day, as the hall's round would; print what a day cost."""
    from django.utils import timezone

    from hallqueue.actions.command import THE_HALL, new_key
    from hallqueue.actions.round.figures import figures_wait, keep_figures
    from hallqueue.models import Ticket

    cost = 0.0
    while figures_wait(hall, timezone.now()):
        taken, _ = timed(lambda: keep_figures(hall.pk, THE_HALL, new_key()))
        cost += taken.processor
    tickets = Ticket.objects.filter(hall=hall).count()
    print(
        f"{tickets:,} tickets folded and kept: {1000 * cost / tickets * 1000:.0f} ms of processor a thousand"
    )
    asked, _ = timed(lambda: figures_wait(hall, timezone.now()))
    print(f"the round's question when all is kept: {1000 * asked.clock:.1f} ms")


def read(hall: Any, name: str) -> None:
    """Every length of report: made from the tables of figures, drawn as tables, written as a workbook."""
    from hallqueue.figures.folding import kept_rows
    from hallqueue.reporting.making import report_of
    from hallqueue.reporting.sheets import workbook_of
    from hallqueue.transactions import one_read

    days = [row.business_date for row in kept_rows(hall).order_by("business_date") if row.content[""]]
    begun, last = days[0], days[-1]
    for period in periods(begun, last):
        with one_read():
            made, report = timed(partial(report_of, hall, period, last + timedelta(days=1), empty_too=True))
        written, book = timed(partial(workbook_of, hall, report, "zh"))
        told = f"{made.clock:.2f} s ({made.processor:.2f} s of processor), as XLSX {written.clock:.2f} s more"
        print(f"{name}: {period.kind}, {period.days} days: {told}, {len(book) // 1024} KB ({AIM})")


def periods(first: date, last: date) -> Iterator[Any]:
    """The last whole day, week, month and quarter, and everything there is."""
    from hallqueue.reporting.periods import DAY, MONTH, QUARTER, RANGE, WEEK, Period, period_around

    for kind in (DAY, WEEK, MONTH, QUARTER):
        period = period_around(kind, last)
        yield period if period.last <= last else period.before
    yield Period(RANGE, max(first, last - timedelta(days=730)), last)


def year() -> Any:
    """A large hall whose figures, not tickets, are made up: each day folded by the definitions."""
    from hallqueue.actions.command import THE_HALL, new_key
    from hallqueue.actions.round.figures import figures_wait, keep_figures, store_days
    from hallqueue.demo.past import Town
    from hallqueue.models import Hall

    hall = large_hall()
    Hall.objects.filter(pk=hall.pk).update(is_demo=True)
    town, today = Town(hall, random.Random(1)), hall.business_date(hall.moved_at)
    for number in range(DAYS, 0, -1):
        day = today - timedelta(days=number)
        content = dict(town.day(day, A_DAY).content())
        store_days(hall.pk, THE_HALL, new_key(), days=[[str(day), content]], simulated=True)
    while figures_wait(hall, hall.moved_at + timedelta(minutes=1)):
        keep_figures(hall.pk, THE_HALL, new_key())
    return Hall.objects.get(pk=hall.pk)


def large_hall() -> Any:
    """Departments, services and windows as a city's hall has them; each window takes its department's services."""
    from hallqueue.actions.command import THE_HALL, new_key
    from hallqueue.actions.house import setup
    from hallqueue.models import User

    hall = setup.make_hall("year", "全年大厅")
    by = (hall.pk, THE_HALL)
    setup.load_series(*by, new_key(), rows=[{"letter": "A"}])
    services = [
        {"code": f"y{n}", "department": f"部门 {n % DEPARTMENTS}", "series": "A", "name": f"事项 {n}"}
        for n in range(SERVICES)
    ]
    setup.load_services(*by, new_key(), rows=services)
    windows = [
        {"number": n + 1, "zone": "A", "direction": "左", "takes": [[f"y{s}", 0] for s in own(n)]}
        for n in range(WINDOWS)
    ]
    setup.load_windows(*by, new_key(), rows=windows)
    for number in range(WINDOWS):
        User.objects.create(username=f"year{number}", hall=hall, role="clerk")
    return hall


def own(window: int) -> range:
    """The services of a window's department."""
    return range(window % DEPARTMENTS, SERVICES, DEPARTMENTS)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hallqueue.settings")
    import django

    django.setup()
    main()
