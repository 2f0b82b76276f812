"""A small hall with bars above its windows: twins on real wires, a worker that is turned by hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from displays.bars import acts
from displays.bars.worker import Supervisor
from displays.lines.line import Patience
from displays.models import Card, CardHealth
from displays.twins.bar import TwinBar
from displays.twins.twin import CardTwin
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.models import Event
from tests.hall import SmallHall

QUICK = Patience(greet=0.2, again=1.0, pauses=(0.05, 0.1))


class Bars:
    """`small` with its cards; `work` turns the worker until something is true."""

    def __init__(self, small: SmallHall) -> None:
        self.small = small
        self.worker = Supervisor(QUICK)
        self.twins: dict[int, CardTwin] = {}

    def add(self, family: str = "onbon_font", wire: str = "tcp", **fields: Any) -> Card:
        """A card with a twin of its own at the end of a real wire; above window 1 unless told otherwise."""
        size = {name: fields.get(name, usual) for name, usual in (("width", 256), ("height", 16))}
        bar = TwinBar(size["width"], size["height"], fields.get("letters", 16))
        twin = CardTwin(family, {fields.get("station") or 1: bar}, wire)
        wished = {"name": f"条屏{len(self.twins) + 1}", "window": 1, "address": twin.url}
        wished |= {"family": family, "colours": "two", **size, **fields}
        made = acts.add_card(self.small.hall.pk, THE_HALL, new_key(), **wished)
        self.twins[made["card"]] = twin
        return Card.objects.get(pk=made["card"])

    def change(self, card: Card, **fields: Any) -> None:
        """Its row says something else from now on."""
        acts.change_card(self.small.hall.pk, self.small.actor("manager"), new_key(), card=card.pk, **fields)

    def bar(self, card: Card) -> TwinBar:
        """What hangs above the window."""
        return next(iter(self.twins[card.pk].bars.values()))

    def health(self, card: Card) -> CardHealth:
        """As the database has it now."""
        return CardHealth.objects.get(card=card)

    def work(self, true: Callable[[], object]) -> None:
        """Round after round."""
        for _ in range(600):
            self.worker.keep()
            self.worker.round()
            if true():
                return
            time.sleep(0.01)
        raise AssertionError("never came true")

    def shows(self, card: Card, text: str) -> None:
        """Work until the bar shows it and the database knows that it was acknowledged."""
        self.work(lambda: self.bar(card).text == text)
        assert not self.bar(card).complaints

    def kinds(self) -> list[str]:
        """What the log says of cards."""
        return list(
            Event.objects.filter(kind__startswith="card.").order_by("seq").values_list("kind", flat=True)
        )


@contextmanager
def bars_of(small: SmallHall) -> Iterator[Bars]:
    """The bars, taken down at the end."""
    bars = Bars(small)
    try:
        yield bars
    finally:
        bars.worker.stop()
        for twin in bars.twins.values():
            twin.close()
