"""The ledger's few verbs: put a figure right, close a month, open it again, say whose ledger is kept.

The log names a correction by its row: whose it is and what it says is for those alone who may read ledgers.
"""

import math
from collections.abc import Sequence
from datetime import date

from hallqueue.actions.cases.concern_words import long_text
from hallqueue.actions.command import Actor, Answer, Command, command
from hallqueue.errors import Refused
from hallqueue.models import LedgerClosing, LedgerCorrection, LedgerEntry, LedgerRules, User
from hallqueue.reporting.ledgers.figures import FIGURES
from hallqueue.reporting.ledgers.months import Cell, Ledger, Row, ledger_of, month_asked

LONGEST_REASON = 200


@command
def correct_ledger(c: Command, *, month: str, person: int, figure: str, value: float, reason: str) -> Answer:
    """Put a figure of somebody else's month right; what the records said stays beside it.

    Raises Refused: not_allowed, bad_month, month_to_come, ledger_not_over, ledger_closed, ledger_own, unknown_ledger,
    bad_input, ledger_value, ledger_same, ledger_parts, reason_required, text_too_long.
    """
    ledger = _open_ledger(c, month, User.objects.filter(hall=c.hall, pk=person).first())
    if c.by.user is not None and c.by.user.pk == person:
        raise Refused("ledger_own")
    row = ledger.row_of(person)
    if row is None:
        raise Refused("unknown_ledger", 404)
    cell = next((cell for cell in row.cells if cell.figure.name == figure), None)
    if cell is None:
        raise Refused("bad_input", 400, detail="figure")
    made = LedgerCorrection.objects.create(
        hall=c.hall,
        month=ledger.month,
        user=row.user,
        figure=figure,
        recorded=cell.recorded,
        value=_checked(row, cell, value, ledger.month),
        reason=_reason(reason),
        by=c.by.name,
        at=c.now,
    )
    c.log.record("ledger.corrected", month=_named(ledger.month), correction=made.pk)
    return {"correction": made.pk, "value": made.value}


@command
def close_ledger(c: Command, *, month: str) -> Answer:
    """Close a month that is over: what the records say now is kept, and nothing can be put right any more.

    Raises Refused: not_allowed, bad_month, month_to_come, ledger_not_over, ledger_closed, ledger_empty.
    """
    ledger = _open_ledger(c, month)
    if not ledger.rows:
        raise Refused("ledger_empty")
    closing = LedgerClosing.objects.create(
        hall=c.hall, month=ledger.month, closed_by=c.by.name, closed_at=c.now
    )
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            hall=c.hall,
            closing=closing,
            user=row.user,
            figures={cell.figure.name: cell.recorded for cell in row.cells},
        )
        for row in ledger.rows
    )
    c.log.record("ledger.closed", month=_named(ledger.month), closing=closing.pk, people=len(ledger.rows))
    return {"closing": closing.pk, "people": len(ledger.rows)}


@command
def reopen_ledger(c: Command, *, month: str, reason: str) -> Answer:
    """Open a closed month again; how it was closed stays kept.

    Raises Refused: not_allowed, bad_month, month_to_come, ledger_not_closed, reason_required, text_too_long.
    """
    _refuse_strangers(c.by)
    asked = month_asked(month, c.hall, c.now)
    closing = LedgerClosing.objects.filter(hall=c.hall, month=asked, reopened_at=None).first()
    if closing is None:
        raise Refused("ledger_not_closed", month=_named(asked))
    closing.reopened_by, closing.reopened_at, closing.reason = c.by.name, c.now, _reason(reason)
    closing.save(update_fields=["reopened_by", "reopened_at", "reason"])
    c.log.record("ledger.reopened", month=_named(asked), closing=closing.pk, reason=closing.reason)
    return {"closing": closing.pk}


@command
def keep_ledger_for(c: Command, *, everybody: bool, members: Sequence[str]) -> Answer:
    """Say whose ledger is kept: everybody's, or that of party members, who are these (sign-in names).

    Raises Refused: not_allowed, unknown_person.
    """
    _refuse_strangers(c.by)
    staff = {user.username: user for user in User.objects.filter(hall=c.hall)}
    if any(name not in staff for name in members):
        raise Refused("unknown_person", 404)
    LedgerRules.objects.update_or_create(hall=c.hall, defaults={"everybody": everybody})
    changed = [user for name, user in staff.items() if user.is_party_member != (name in members)]
    for user in changed:
        user.is_party_member = not user.is_party_member
        user.save(update_fields=["is_party_member"])
    c.log.record("setup.changed", what="ledger", everybody=everybody, changed=len(changed))
    return {"everybody": everybody, "members": len(set(members))}


def _open_ledger(c: Command, month: str, person: User | None = None) -> Ledger:
    """A month that may be put right and closed."""
    _refuse_strangers(c.by)
    ledger = ledger_of(c.hall, month_asked(month, c.hall, c.now), c.now, person)
    if not ledger.is_over:
        raise Refused("ledger_not_over", month=_named(ledger.month))
    if ledger.closing is not None:
        raise Refused("ledger_closed", month=_named(ledger.month))
    return ledger


def _checked(row: Row, cell: Cell, value: float, month: date) -> float:
    """A number such a figure may have, another than it has, and none that the person's other figures speak against."""
    figure, largest = cell.figure, cell.figure.largest(month)
    if not math.isfinite(value) or not 0 <= value <= largest or value != round(value, figure.decimals):
        raise Refused("ledger_value", decimals=figure.decimals, largest=largest)
    if value == cell.value:
        raise Refused("ledger_same")
    _refuse_contradictions(
        {each.figure.name: each.value for each in row.cells} | {figure.name: value}, figure.name
    )
    return float(value)


def _refuse_contradictions(values: dict[str, float], changed: str) -> None:
    """A part is never more than its whole. Those pairs alone that have the figure that is put right."""
    for part in FIGURES:
        if part.of and changed in (part.name, part.of) and values[part.name] > part.times * values[part.of]:
            found, whole = (f"{values[name]:g}" for name in (part.name, part.of))
            raise Refused("ledger_parts", ledger_pair=part.name, part=found, whole=whole)


def _reason(typed: str) -> str:
    reason = long_text(typed, LONGEST_REASON)
    if not reason:
        raise Refused("reason_required")
    return reason


def _refuse_strangers(by: Actor) -> None:
    if not by.may_manage:
        raise Refused("not_allowed", 403)


def _named(month: date) -> str:
    return f"{month:%Y-%m}"
