"""The card twins of this process, by address: `twin://tcp/name`, `twin://udp/name`, or `twin://pty/bus` for a bus."""

import threading
from collections.abc import Sequence

from displays.models import Card
from displays.twins.bar import TwinBar
from displays.twins.twin import CardTwin

_twins: dict[str, tuple[object, CardTwin]] = {}
_guard = threading.Lock()


def twin_of(cards: Sequence[Card]) -> CardTwin:
    """The twin of all cards with one address, started when first asked for, and anew when they have changed."""
    address = cards[0].address
    looks = [(card.pk, card.family, card.station, card.width, card.height, card.letters) for card in cards]
    nature = (looks, cards[0].units)
    with _guard:
        known = _twins.get(address)
        if known is not None and known[0] == nature:
            return known[1]
        if known is not None:
            known[1].close()
        bars = {card.station or 1: TwinBar(card.width, card.height, card.letters) for card in cards}
        wire = address.removeprefix("twin://").partition("/")[0]
        made = CardTwin(cards[0].family, bars, wire, cards[0].units)
        _twins[address] = (nature, made)
        return made


def running_twin(address: str) -> CardTwin | None:
    """The twin at an address, if the worker has begun to speak to it."""
    with _guard:
        known = _twins.get(address)
        return known[1] if known else None
