"""The line before each window in one reading, and who is next there and why; tickets of one kind are judged once."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import chain, islice
from typing import Any

from hallqueue.floor import kind_of
from hallqueue.models import Window
from hallqueue.order import Next, Standing, in_order
from hallqueue.routing import standing
from hallqueue.topics.reading import Reading

Row = dict[str, Any]


class Kind:
    """Tickets that the same windows may take, in plain order; as `order` sees them before one window or another."""

    def __init__(self, reading: Reading, rows: list[Row]) -> None:
        self.rows = rows
        self.first: int = rows[0]["id"]
        self._service: int = rows[0]["service_id"]
        self._scope = reading.catalogue.scope_of(self._service)
        self._sent_to: int | None = rows[0]["for_window_id"]
        self._ranked: dict[tuple[int, bool], list[Standing]] = {}

    def people(self, ranks: Mapping[int, int], window: int) -> list[Standing]:
        """Everybody, before a window (id) with these ranks; made once for all windows to which they are alike."""
        alike = ranks.get(self._service, 0), self._sent_to == window
        if alike not in self._ranked:
            self._ranked[alike] = [standing(row, ranks, self._scope, window) for row in self.rows]
        return self._ranked[alike]


class Queue:
    """Who waits before one window: the kinds of tickets it may take, each with its people in plain order."""

    def __init__(self, reading: Reading, window: Window, kinds: list[Kind]) -> None:
        self._reading = reading
        self._window = window.pk
        self._ranks = reading.catalogue.ranks.get(window.pk, {})
        self._kinds = kinds
        self.count = sum(len(kind.rows) for kind in kinds)

    def rows(self, most: int | None = None) -> list[Row]:
        """The waiting rows in the order this window must take them; the first `most` of them."""
        rows = {row["id"]: row for kind in self._kinds for row in kind.rows[:most]}
        return [rows[each.who.ticket] for each in islice(self._told(self._people(most)), most)]

    @property
    def likeness(self) -> tuple[Any, ...]:
        """Windows with the same likeness call the very same people in the same order."""
        return (frozenset(kind.first for kind in self._kinds), frozenset(self._ranks.items()))

    def rank_of(self, service: int) -> int:
        """How this window ranks a service it takes."""
        return self._ranks[service]

    def order(self, *newcomers: Standing) -> Iterator[int]:
        """Everybody (ids) in the order this window would call, with some who are not there yet."""
        return (each.who.ticket for each in self._told(chain(self._people(), newcomers)))

    def next_row(self) -> Row | None:
        """Whom `next` would call here, and why: {ticket, label, code, number, of, rank}; `rank` own, helps or ""."""
        first = next(self._told(self._people(1)), None)
        if first is None:
            return None
        row = next(kind.rows[0] for kind in self._kinds if kind.first == first.who.ticket)
        why = first.why
        return {
            "ticket": row["id"],
            "label": row["label"],
            "code": why.code,
            "turn": why.turn,
            "number": why.number,
            "of": why.of,
            "rank": self._rank_word(why.rank),
        }

    @cached_property
    def _rank_words(self) -> tuple[str, str]:
        """How own work and help are named here: where nobody but own people wait, not at all."""
        return ("own" if any(head.rank for head in self._people(1)) else "", "helps")

    def _rank_word(self, rank: int) -> str:
        return self._rank_words[rank > 0]

    def _people(self, most: int | None = None) -> Iterator[Standing]:
        """Everybody, or the first `most` of each kind."""
        return chain.from_iterable(kind.people(self._ranks, self._window)[:most] for kind in self._kinds)

    def _told(self, people: Iterable[Standing]) -> Iterator[Next]:
        return in_order(people, self._reading.catalogue.policies, self._reading.past_turns)


class Queues:
    """All lines of a reading: each kind of ticket is given to the windows that may take it."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        kinds: dict[tuple[Any, ...], list[Row]] = {}
        for row in reading.waiting:
            kinds.setdefault(kind_of(row), []).append(row)
        self._of: dict[int, list[Kind]] = {window.pk: [] for window in reading.windows}
        for rows in kinds.values():
            kind = Kind(reading, rows)
            for window in reading.floor.admitting(rows[0]):
                self._of[window.pk].append(kind)

    def before(self, window: Window) -> Queue:
        """The line of one window, open or not."""
        return Queue(self._reading, window, self._of.get(window.pk, []))


@lru_cache(maxsize=2)
def queues_of(reading: Reading) -> Queues:
    """The lines of a reading, made when first asked for."""
    return Queues(reading)


def queue_of(reading: Reading, window: Window) -> Queue:
    """Who waits before a window."""
    return queues_of(reading).before(window)
