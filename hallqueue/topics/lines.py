"""The lines of a hall in one reading: who may still be called before whom, and how long it may take."""

from collections import Counter
from datetime import timedelta
from functools import lru_cache
from typing import Any

from hallqueue import estimate
from hallqueue.estimate import Range
from hallqueue.floor import kind_of
from hallqueue.models import Klass, Window
from hallqueue.topics.reading import Reading
from hallqueue.topics.window import rule_of

Row = dict[str, Any]


class Lines:
    """Made once for a reading, since many tickets are looked at together."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._rules = [rule_of(reading, each) for each in reading.windows if _serves_newcomers(each)]
        self._takers: dict[tuple[Any, ...], frozenset[int]] = {}
        self.paces = estimate.paces(reading.hall)
        self._first: dict[int, Row] = {}
        for row in reading.waiting:
            if row["klass"] == Klass.ORDINARY:
                self._first.setdefault(row["service_id"], row)

    def takers(self, row: Row) -> frozenset[int]:
        """The open windows (ids) that may call this ticket."""
        key = kind_of(row)
        if key not in self._takers:
            self._takers[key] = self._reading.floor.takers(row)
        return self._takers[key]

    def ahead_of(self, mine: Row) -> int:
        """How many still wait before this ticket, of those that one of its windows may call first."""
        takers, count = self.takers(mine), 0
        for row in self._reading.waiting:
            if row["id"] == mine["id"]:
                return count
            same = row["service_id"] == mine["service_id"]
            count += bool(takers & self.takers(row)) if takers else same
        return count

    def ahead_of_newcomers(self) -> dict[int, int]:
        """For each open service, whom its windows may call before a newcomer; services with nobody are left out."""
        takers: dict[int, frozenset[int]] = {}
        for rule in self._rules:
            for service in rule.takes:
                takers[service] = takers.get(service, frozenset()) | {rule.window}
        crowds = Counter(self.takers(row) for row in self._reading.waiting)
        counts = {
            each: sum(n for crowd, n in crowds.items() if crowd & each) for each in set(takers.values())
        }
        return {service: counts[each] for service, each in takers.items() if counts[each]}

    def open_services(self) -> list[int]:
        """The services (ids) for which a number may be taken now: some open window takes them."""
        return sorted({service for rule in self._rules for service in rule.takes})

    def expected(self, service: int, before: Row | None = None) -> Range | None:
        """The wait of somebody who takes a number now, or of the ticket `before` which has one."""
        waiting = self._reading.waiting_by_service[service]
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
        count = 0
        for row in self._reading.waiting:
            if row["id"] == mine["id"]:
                break
            count += row["service_id"] == mine["service_id"]
        return count


def _serves_newcomers(window: Window) -> bool:
    return window.state == Window.State.OPEN and window.takes_class(Klass.ORDINARY)


@lru_cache(maxsize=2)
def lines_of(reading: Reading) -> Lines:
    """The lines of a reading, made when first asked for."""
    return Lines(reading)
