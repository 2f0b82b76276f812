"""The line before each window in one reading, and who is next there and why; tickets of one kind are judged once."""

from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import chain, islice
from typing import Any

from hallqueue.floor import kind_of
from hallqueue.models import Window
from hallqueue.order import Next, Standing, in_order
from hallqueue.routing import standing
from hallqueue.topics.reading import Reading

Row = dict[str, Any]


class Queue:
    """Who waits before one window: the kinds of tickets it may take, each with its people in plain order."""

    def __init__(self, reading: Reading, window: Window, kinds: list[list[Row]]) -> None:
        self._reading = reading
        self._ranks = reading.catalogue.ranks.get(window.pk, {})
        self._kinds = kinds
        self.count = sum(len(kind) for kind in kinds)

    def rows(self, most: int | None = None) -> list[Row]:
        """The waiting rows in the order this window must take them; the first `most` of them."""
        rows = {row["id"]: row for kind in self._kinds for row in kind[:most]}
        everybody = (self._standing(row) for row in rows.values())
        return [rows[each.who.ticket] for each in islice(self._told(everybody), most)]

    @property
    def likeness(self) -> tuple[Any, ...]:
        """Windows with the same likeness call the very same people in the same order."""
        return (frozenset(kind[0]["id"] for kind in self._kinds), frozenset(self._ranks.items()))

    def rank_of(self, service: int) -> int:
        """How this window ranks a service it takes."""
        return self._ranks[service]

    def order(self, *newcomers: Standing) -> Iterator[int]:
        """Everybody (ids) in the order this window would call, with some who are not there yet."""
        here = (self._standing(row) for kind in self._kinds for row in kind)
        return (each.who.ticket for each in self._told(chain(here, newcomers)))

    def next_row(self) -> Row | None:
        """Whom `next` would call here, and why: {ticket, label, code, number, of, rank}; `rank` own, helps or ""."""
        heads = {kind[0]["id"]: kind[0] for kind in self._kinds}
        first = next(self._told(self._standing(row) for row in heads.values()), None)
        if first is None:
            return None
        row = heads[first.who.ticket]
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
        heads = [self._standing(kind[0]).rank for kind in self._kinds]
        return ("own" if any(heads) else "", "helps")

    def _rank_word(self, rank: int) -> str:
        return self._rank_words[rank > 0]

    def _standing(self, row: Row) -> Standing:
        return standing(row, self._ranks, self._reading.catalogue.scope_of(row["service_id"]))

    def _told(self, people: Iterator[Standing]) -> Iterator[Next]:
        return in_order(people, self._reading.catalogue.policies, self._reading.past_turns)


class Queues:
    """All lines of a reading: each kind of ticket is given to the windows that may take it."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        kinds: dict[tuple[Any, ...], list[Row]] = {}
        for row in reading.waiting:
            kinds.setdefault(kind_of(row), []).append(row)
        self._of: dict[int, list[list[Row]]] = {window.pk: [] for window in reading.windows}
        for found in kinds.values():
            for window in reading.floor.admitting(found[0]):
                self._of[window.pk].append(found)

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
