"""Past days of the demo hall, made up and marked so: figures alone, folded by the same definitions as real days."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.round.figures import store_days
from hallqueue.actions.round.reports import keep_report, plan_reports
from hallqueue.figures.cases import count_at
from hallqueue.figures.days import ONE_DAY, day_begins
from hallqueue.figures.ratings import places_of
from hallqueue.figures.tally import Figures
from hallqueue.figures.visits import Called, Taken, Visits, fold_visits
from hallqueue.models import Hall, Service, User, Window, WindowService
from hallqueue.reporting.periods import MONTH, WEEK, period_around
from hallqueue.workdays import calendar_of

DAYS = 45
A_DAY = 110
HOURS = (9, 9, 9, 10, 10, 10, 11, 11, 14, 14, 14, 15, 15, 16)
"""When people come: most in the morning."""

SOURCES = ("kiosk", "kiosk", "kiosk", "phone", "desk")
CLASSES = ("ordinary",) * 8 + ("appointment", "priority")
LEVELS = (5,) * 14 + (4,) * 4 + (3, 2)


def load_past(hall: Hall) -> int:
    """Keep figures for the working days of some weeks before today, and the last whole week's and month's reports.

    Returns how many days, free ones included.
    """
    chance, today, calendar = random.Random(hall.slug), hall.business_date(timezone.now()), calendar_of(hall)
    town = Town(hall, chance)
    days = [today - number * ONE_DAY for number in range(DAYS, 0, -1)]
    rows: list[list[Any]] = []
    for day in days:
        figures = town.day(day) if calendar.is_working_day(day) else Figures()
        figures.of("hall")
        rows.append([str(day), dict(figures.content())])
    store_days(hall.pk, THE_HALL, new_key(), days=rows, simulated=True)
    plan_reports(hall.pk, THE_HALL, new_key(), kinds=[MONTH, WEEK])
    for kind in (MONTH, WEEK):
        keep_report(hall.pk, THE_HALL, new_key(), period=period_around(kind, today).before)
    return len(days)


class Town:
    """Who comes to the demo hall, and who serves them."""

    def __init__(self, hall: Hall, chance: random.Random) -> None:
        self.hall, self.chance = hall, chance
        services = list(Service.objects.filter(hall=hall, is_active=True))
        self.services = {service.pk: service for service in services}
        self.departments = {service.pk: service.department_id for service in services}
        takes = (
            WindowService.objects.filter(hall=hall, rank=0).values_list("service", "window").order_by("pk")
        )
        self.windows: dict[int, list[int]] = {}
        for service, window in takes:
            self.windows.setdefault(service, []).append(window)
        self.served = [pk for pk in self.services if pk in self.windows]
        self.weights = [self.services[pk].weight for pk in self.served]
        clerks = list(
            User.objects.filter(hall=hall, role="clerk").order_by("pk").values_list("pk", flat=True)
        )
        seats = Window.objects.filter(hall=hall).order_by("number").values_list("pk", flat=True)
        self.clerks = {window: clerks[number % len(clerks)] for number, window in enumerate(seats)}

    def day(self, day: date, people: int = A_DAY) -> Figures:
        """The figures of a day on which about so many came."""
        figures, begins = Figures(), day_begins(self.hall, day)
        tickets, calls = list[Taken](), list[Called]()
        for number in range(round(people * self.chance.uniform(0.8, 1.2))):
            ticket = self._taken(number, begins)
            tickets.append(ticket)
            calls += self._called(ticket)
        open_at, close_at = self._hours(begins)
        spans = {window: [(open_at, close_at)] for window in {call.window for call in calls}}
        seats = {
            self.clerks[window]: (close_at - open_at).seconds for window in spans if window in self.clerks
        }
        visits = Visits(self.hall, day, self.departments, tickets, calls, spans, seats)
        fold_visits(figures, visits)
        self._rate(figures, visits)
        return figures

    def _hours(self, begins: datetime) -> tuple[datetime, datetime]:
        """A window's day: half past eight to five."""
        hours = [timedelta(hours=hour - self.hall.cutoff_hour) for hour in (8.5, 17)]
        return begins + hours[0], begins + hours[1]

    def _taken(self, number: int, begins: datetime) -> Taken:
        [service] = self.chance.choices(self.served, self.weights)
        hour = self.chance.choice(HOURS) - self.hall.cutoff_hour
        at = begins + timedelta(hours=hour, seconds=self.chance.randrange(3600))
        state = "done" if self.chance.random() < 0.95 else self.chance.choice(("expired", "cancelled"))
        return Taken(number, service, self.chance.choice(SOURCES), self.chance.choice(CLASSES), state, at, [])

    def _called(self, ticket: Taken) -> Iterator[Called]:
        """One call, or none for somebody who left before."""
        if ticket.state == "cancelled":
            return
        busy = 1.6 if ticket.issued_at.minute < 40 else 0.7
        wait = timedelta(seconds=self.chance.expovariate(1 / (420 * busy)))
        called = ticket.issued_at + wait
        window = self.chance.choice(self.windows[ticket.service])
        clerk = self.clerks.get(window)
        if ticket.state == "expired":
            ended = called + timedelta(minutes=3)
            yield Called(ticket.pk, window, clerk, called, None, ended, "missed", ticket.klass)
            return
        started = called + timedelta(seconds=self.chance.uniform(15, 90))
        stay = self.services[ticket.service].minutes * 60 * self.chance.lognormvariate(-0.1, 0.45)
        ended = started + timedelta(seconds=stay)
        yield Called(ticket.pk, window, clerk, called, started, ended, "done", ticket.klass)

    def _rate(self, figures: Figures, visits: Visits) -> None:
        """Whoever was served is asked, and every third person rates."""
        served = [call for call in visits.calls if call.outcome == "done"]
        for number, call in enumerate(served):
            level = self.chance.choice(LEVELS)
            places = places_of(visits, visits.services[call.ticket], call.window, call.user)
            given = [f"rating.given.{level}"] if number % 3 == 0 else []
            count_at(figures, places, ["rating.asked", *given])
