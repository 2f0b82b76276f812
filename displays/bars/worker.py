"""Follows the halls: woken by a hint, it tells their cards the newest state, and stores how the cards are."""

import logging
import secrets
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.conf import settings
from django.utils import timezone

from displays.bars import acts
from displays.bars.demo import give_demo_halls_bars
from displays.bars.health import Health
from displays.bars.lines import Lines, Wanted
from displays.bars.orders import nature_of, order_of, under_test
from displays.bars.saying import Sayings
from displays.bars.twins import twin_of
from displays.lines.addresses import Address, BadAddressError, parse
from displays.lines.line import PATIENT, Condition, Patience
from displays.lines.talks import PORTS
from displays.models import Card, CardHealth
from hallqueue import events, workers
from hallqueue.actions.command import new_key
from hallqueue.hall_time import now_in
from hallqueue.models import Hall
from hallqueue.topics.reading import Reading
from hallqueue.transactions import one_read

log = logging.getLogger(__name__)

CARD_KINDS = frozenset({"card.added", "card.changed", "card.tested"})
OWN_LOOK = 0.5
GAP = 0.005
BY_THE_CLOCK = 1.0  # tests end and nights begin without an event
RENEW_EVERY = 4.0  # seconds, of a lease of ten
FAREWELL = 10.0  # seconds in which a bar that is no longer in use, or elsewhere, may still be told to be dark
NOTE_EVERY, WRITE_EVERY = 1.0, 3.0  # conditions; what is only nice to know


class Followed:
    """One hall with cards: what was read and said last, and when clock, lease and health are looked at again."""

    def __init__(self, hall_id: int) -> None:
        self.hall_id = hall_id
        self.head: tuple[str, int] | None = None
        self.cards: list[Card] = []
        self.cards_head: tuple[str, int] | None = None
        self.wanted: dict[int, Wanted] = {}
        self.leaving: dict[int, float] = {}
        self.is_ours = False
        self.clock_at = self.renew_at = self.note_at = self.write_at = 0.0


class Supervisor:
    """All halls of this process. `round` tells and only reads; `keep` writes, in a thread of its own.

    Of several processes one speaks to a hall's cards, by lease.
    """

    def __init__(self, patience: Patience = PATIENT) -> None:
        self.owner = secrets.token_hex(8)
        self.health = Health()
        self._lines = Lines(self.health.hear, patience)
        self._bell = workers.Bell(GAP)
        self._followed: dict[int, Followed] = {}
        self._began = False

    def round(self) -> float:
        """One pass of telling, at once after a commit of this process, else after half a second."""
        self._bell.wait(OWN_LOOK)
        for hall_id, epoch, seq in events.heads():
            hall = self._followed.get(hall_id)
            if hall is not None:
                self._follow(hall, (epoch, seq))
        return workers.AT_ONCE

    def keep(self) -> float:
        """One pass of keeping: which halls have cards, whose they are, how the cards are."""
        if not self._began:
            self._begin()
        for hall_id in Card.objects.filter(is_active=True).values_list("hall", flat=True).distinct():
            self._followed.setdefault(hall_id, Followed(hall_id))
        now = time.monotonic()
        for hall in list(self._followed.values()):
            if now >= hall.renew_at:
                hall.renew_at = now + RENEW_EVERY
                self._renew(hall)
            if hall.is_ours and now >= hall.note_at:
                hall.note_at = now + NOTE_EVERY
                self._note(hall, now)
        return OWN_LOOK

    def stop(self) -> None:
        """Hang up, for tests."""
        self._lines.stop()

    def _begin(self) -> None:
        events.on_hint(self._bell.ring)
        if settings.DEMO:
            give_demo_halls_bars()
        self._began = True

    def _follow(self, hall: Followed, head: tuple[str, int]) -> None:
        now = time.monotonic()
        if not hall.is_ours:
            self._want(hall, {})
        elif hall.head != head or now >= hall.clock_at:
            hall.head, hall.clock_at = head, now + BY_THE_CLOCK
            self._tell(hall)

    def _renew(self, hall: Followed) -> None:
        """Stay the master; whoever becomes it says everything anew."""
        ours = acts.take_mastery(hall.hall_id, self.owner, timezone.now())
        if ours and not hall.is_ours:
            known = CardHealth.objects.filter(hall=hall.hall_id).values_list("card", "condition")
            self.health.begin(dict(known))
            hall.head = None
            self._bell.ring()
        hall.is_ours = ours

    def _tell(self, hall: Followed) -> None:
        at = timezone.now()
        with one_read():
            found = Hall.objects.get(pk=hall.hall_id)
            self._read_cards(hall, found)
            sayings = Sayings(Reading(found), at)
            own = now_in(found)
            said = {card.pk: under_test(card, sayings.of(card), own) for card in hall.cards}
        now, addresses = at.astimezone(found.local_zone), self._addresses(hall.cards)
        wanted = {}
        for card in hall.cards:
            if card.pk in addresses:
                order = order_of(card, said[card.pk], now)
                wanted[card.pk] = Wanted(addresses[card.pk], nature_of(card), order)
        moved = _moved(hall, wanted)
        for each in moved:
            self.health.moved(each)
        self._want(hall, _leaving(hall, wanted, moved) | wanted)

    def _read_cards(self, hall: Followed, found: Hall) -> None:
        """Only when something was said of them since: there may be many, and halls move often."""
        known = hall.cards_head
        if known and known[0] == found.epoch and not events.happened(found.pk, known[1], CARD_KINDS):
            return
        hall.cards = list(Card.objects.filter(hall=found, is_active=True))
        hall.cards_head = (found.epoch, found.seq)

    def _want(self, hall: Followed, wanted: dict[int, Wanted]) -> None:
        """Hand over what is new."""
        new = {card: each for card, each in wanted.items() if hall.wanted.get(card) != each}
        gone = frozenset(hall.wanted.keys() - wanted.keys())
        if new or gone:
            self._lines.want(new, gone)
        for card, each in new.items():
            self.health.want(card, each.order.area.text)
        hall.wanted = wanted

    def _addresses(self, cards: list[Card]) -> dict[int, Address]:
        """Where each card is; one whose address leads nowhere is told so and left out. A twin hangs in no real hall."""
        shared = defaultdict(list)
        for card in cards:
            shared[card.address].append(card)
        return {
            card.pk: address
            for together in shared.values()
            if (address := self._address(together)) is not None
            for card in together
        }

    def _address(self, together: list[Card]) -> Address | None:
        first = together[0]
        try:
            is_there = first.is_twin and settings.DEMO
            return parse(twin_of(together).url if is_there else first.address, PORTS[first.family])
        except BadAddressError as error:
            for card in together:
                self.health.bad(card.pk, Condition.BAD_ADDRESS, str(error))
            return None

    def _note(self, hall: Followed, at: float) -> None:
        """Store how the cards are."""
        now, cards = timezone.now(), {card.pk for card in hall.cards}
        self.health.take(now)
        if conditions := self.health.conditions(now, cards):
            acts.note_conditions(hall.hall_id, acts.THE_CARDS, new_key(), conditions=conditions)
        if at < hall.write_at:
            return
        hall.write_at = at + WRITE_EVERY
        leaving = {card for card in hall.leaving if card > 0}
        fields, seen = self.health.fields(cards | leaving), self.health.seen(cards)
        if fields or seen:
            acts.note_shown(hall.hall_id, fields, seen, now)


def _moved(hall: Followed, wanted: Mapping[int, Wanted]) -> list[int]:
    """The cards that are told at another place than until now."""
    before = {card: hall.wanted[card] for card in hall.wanted.keys() & wanted.keys()}
    return [card for card, last in before.items() if not last.shares_a_bar_with(wanted[card])]


def _leaving(hall: Followed, wanted: Mapping[int, Wanted], moved: Sequence[int]) -> dict[int, Wanted]:
    """What was told until now and is no longer: dark, for a while, since nobody would take its last call back; not
    where another card has its place on the wire. A place that a card moved away from goes by its number below zero."""
    now = time.monotonic()
    gone = {card: last for card, last in hall.wanted.items() if card not in wanted}
    until = {card: hall.leaving.get(card, now + FAREWELL) for card in gone}
    for card in moved:
        gone[-card], until[-card] = hall.wanted[card], now + FAREWELL
    hall.leaving = until
    return {
        card: replace(last, order=last.order.dark)
        for card, last in gone.items()
        if now < until[card] and not any(map(last.shares_a_bar_with, wanted.values()))
    }
