"""The lines of a hall in one reading: who may still be called before whom, and how long it may take."""

import sys
from datetime import timedelta
from functools import lru_cache
from itertools import takewhile
from typing import Any, NamedTuple

from hallqueue import estimate
from hallqueue.estimate import Range
from hallqueue.floor import kind_of
from hallqueue.models import Klass, Window
from hallqueue.order import USUAL, Standing
from hallqueue.topics.queue import Queue, queue_of
from hallqueue.topics.reading import Reading
from hallqueue.topics.window import rule_of

Row = dict[str, Any]
NEWCOMER = 0  # stands for the id of somebody who has no ticket yet


class Order(NamedTuple):
    """Whom a window would call one after the other (ids), and where each stands in that."""

    people: list[int]
    at: dict[int, int]

    def before(self, one: int) -> list[int]:
        """Who would be called before one of them."""
        return self.people[: self.at[one]]


class Lines:
    """Made once for a reading, since many tickets are looked at together."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._rules = [rule_of(reading, each) for each in reading.windows if _serves_newcomers(each)]
        self._windows = {window.pk: window for window in reading.windows}
        self._takers: dict[tuple[Any, ...], frozenset[int]] = {}
        self._orders: dict[Any, Order] = {}
        self._before_newcomers: dict[Any, list[int]] = {}
        self.paces = estimate.paces(reading.hall)
        self._first: dict[int, Row] = {}
        for row in reading.waiting:
            if row["klass"] == Klass.ORDINARY and not row["fallback_reason"]:
                self._first.setdefault(row["service_id"], row)

    def takers(self, row: Row) -> frozenset[int]:
        """The open windows (ids) that may call this ticket."""
        key = kind_of(row)
        if key not in self._takers:
            self._takers[key] = self._reading.floor.takers(row)
        return self._takers[key]

    def ahead_of(self, mine: Row) -> int:
        """How many of those waiting one of its windows would call before this ticket, as the order stands."""
        return len(self._before(mine))

    def ahead_of_newcomers(self) -> dict[int, int]:
        """For each open service, whom its windows would call before a newcomer; those with nobody are left out.

        A newcomer is an ordinary person at the end of the line.
        """
        found: dict[int, dict[int, list[int]]] = {}
        for rule in self._rules:
            queue = queue_of(self._reading, rule.seat)
            likeness = queue.likeness
            for service in rule.takes:
                before = self._before_newcomer(queue, likeness, service)
                found.setdefault(service, {})[id(before)] = before
        counts = {service: len(set().union(*orders.values())) for service, orders in found.items()}
        return {service: count for service, count in counts.items() if count}

    def open_services(self) -> list[int]:
        """The services (ids) for which a number may be taken now: some open window takes them."""
        return sorted({service for rule in self._rules for service in rule.takes})

    def expected(self, service: int, before: Row | None = None) -> Range | None:
        """The wait of somebody who takes a number now, or of the ticket `before` which has one."""
        waiting = self._reading.in_line_by_service[service]
        ahead = waiting if before is None else self._same_service_before(before)
        windows = sum(service in rule.takes for rule in self._rules)
        return estimate.waiting_range(
            ahead, waiting, self._longest(service), self.paces.get(service), windows
        )

    def expected_services(self) -> dict[int, Range]:
        """The ranges of all services for which there is something to say."""
        found = {service: self.expected(service) for service in self.paces}
        return {service: range_ for service, range_ in found.items() if range_ is not None}

    def _longest(self, service: int) -> timedelta:
        first = self._first.get(service)
        return self._reading.hall.moved_at - first["issued_at"] if first else timedelta()

    def _same_service_before(self, mine: Row) -> int:
        before = self._before(mine)
        rows = (row for row in self._reading.waiting if row["service_id"] == mine["service_id"])
        return sum(row["id"] in before for row in rows)

    def _before(self, mine: Row) -> set[int]:
        """Who goes before a ticket; where no window is open, who came before it for the same service."""
        takers, one = self.takers(mine), mine["id"]
        if takers:
            return {each for window in takers for each in self._order(self._windows[window]).before(one)}
        same = [row["id"] for row in self._reading.waiting if row["service_id"] == mine["service_id"]]
        return set(same[: same.index(one)])

    def _order(self, window: Window) -> Order:
        """How a window would call; made once for all windows alike."""
        queue = queue_of(self._reading, window)
        key = queue.likeness
        if key not in self._orders:
            people = list(queue.order())
            self._orders[key] = Order(people, {one: at for at, one in enumerate(people)})
        return self._orders[key]

    def _before_newcomer(self, queue: Queue, likeness: Any, service: int) -> list[int]:
        """Whom a window would call before who takes a number now; made once for services ranked alike there.

        Each newcomer alone: under a ratio somebody more in the line changes whose turn it is.
        """
        place = (queue.rank_of(service), self._reading.catalogue.scope_of(service))
        if (likeness, place) not in self._before_newcomers:
            order = queue.order(Standing(USUAL, sys.maxsize, NEWCOMER, *place))
            self._before_newcomers[likeness, place] = list(takewhile(NEWCOMER.__ne__, order))
        return self._before_newcomers[likeness, place]


def _serves_newcomers(window: Window) -> bool:
    return window.state == Window.State.OPEN and window.takes_class(Klass.ORDINARY)


@lru_cache(maxsize=2)
def lines_of(reading: Reading) -> Lines:
    """The lines of a reading, made when first asked for."""
    return Lines(reading)
