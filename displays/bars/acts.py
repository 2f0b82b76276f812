"""The only writers of cards. None of them talks to a card: the hall is held for moments only."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from displays.bars.checking import checked
from displays.models import Card, CardHealth, CardMaster
from hallqueue.actions.command import Actor, Answer, Command, command
from hallqueue.actions.line.tickets import plain_text
from hallqueue.errors import Refused
from hallqueue.leases import LEASE, free_for
from hallqueue.statements import update
from hallqueue.transactions import one_command

THE_CARDS = Actor("cards", role="hall", screen="program")
TEST_STANDS = timedelta(seconds=30)


@command
def add_card(c: Command, /, **fields: Any) -> Answer:
    """A new card; `fields` are those of Card. Raises Refused: see `checking`."""
    c.managers_only()
    card = checked(c.hall, Card(hall=c.hall), fields)
    card.save()
    CardHealth.objects.create(hall=c.hall, card=card, condition_at=c.now)
    CardMaster.objects.get_or_create(hall=c.hall)
    c.log.record("card.added", card=card.pk, name=card.name)
    return {"card": card.pk}


@command
def change_card(c: Command, /, *, card: int, **fields: Any) -> Answer:
    """Change a card's settings; the bar is told everything anew. Raises Refused: unknown_card and see `checking`."""
    c.managers_only()
    found = checked(c.hall, _card(c, card), fields)
    found.save()
    c.log.record("card.changed", card=card, what="settings", fields=sorted(fields))
    return {"card": card}


@command
def test_card(c: Command, *, card: int, words: str) -> Answer:
    """Show a test text for half a minute in place of everything. Raises Refused: not_allowed, text_required."""
    c.desk_only()
    found = _card(c, card)
    if not found.is_active:
        raise Refused("card_not_in_use", name=found.name)
    found.test_text, found.test_until = plain_text(words, 60), c.now + TEST_STANDS
    if not found.test_text:
        raise Refused("text_required", 400)
    found.save(update_fields=["test_text", "test_until"])
    c.log.record("card.tested", card=card, text=found.test_text)
    return {"card": card, "text": found.test_text, "until": found.test_until.isoformat()}


@command
def note_conditions(c: Command, *, conditions: Mapping[str, list[str]]) -> Answer:
    """Store what is new about cards: by id (as JSON has it) the condition and the words of the fault."""
    noted = 0
    for health in CardHealth.objects.filter(hall=c.hall, card__in=[int(card) for card in conditions]):
        condition, error = conditions[str(health.card_id)]
        if health.condition != condition:
            health.condition_at = c.now
            c.log.record("card.changed", card=health.card_id, condition=condition)
            noted += 1
        health.condition, health.error = condition, error[:200]
        health.save(update_fields=["condition", "condition_at", "error"])
    return {"noted": noted}


def note_shown(
    hall_id: int, rows: Mapping[int, Mapping[str, Any]], seen: Collection[int], at: datetime
) -> None:
    """Store, beside the log, fields of CardHealth by card, and which cards were `seen` at that time.

    What was acknowledged when is news of no event. Few rows are new at a time: each is one short statement.
    """
    with one_command(hall_id) as hall:
        for health in CardHealth.objects.filter(hall=hall, card__in=rows.keys()):
            fields = rows[health.card_id]
            for name, value in fields.items():
                setattr(health, name, value)
            update(health, tuple(fields))
        CardHealth.objects.filter(hall=hall, card__in=seen).update(seen_at=at)


def take_mastery(hall_id: int, owner: str, now: datetime) -> bool:
    """Become, or stay, the only process that speaks to this hall's cards for the next ten seconds."""
    with one_command(hall_id) as hall:
        mine = CardMaster.objects.filter(free_for(owner, now), hall=hall)
        return bool(mine.update(owner=owner, owned_until=now + LEASE))


def _card(c: Command, card: int) -> Card:
    found = Card.objects.filter(hall=c.hall, pk=card).first()
    if found is None:
        raise Refused("unknown_card", 404)
    return found
