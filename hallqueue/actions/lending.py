"""What the desk lends and takes back, and the set-up of what can be lent and what stands where."""

import re
from collections.abc import Sequence
from typing import Any

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.line.tickets import plain_text, ticket_of
from hallqueue.errors import Refused
from hallqueue.models import Facility, Item, Loan

# An ID card's number, or a telephone's: neither belongs into a note about a deposit.
_PERSONAL = re.compile(r"\d{17}[\dXx]|1\d{10}")


@command
def lend(
    c: Command, *, item: str, number: int | None = None, ticket: int | None = None, deposit: str = ""
) -> Answer:
    """Lend a piece: the lowest that is free, or the one of that `number`; to a ticket or against a deposit, or neither.

    Raises Refused: not_allowed, unknown_item, item_all_out, item_out, unknown_piece, unknown_ticket, no_personal_data.
    """
    c.desk_only()
    found = Item.objects.filter(hall=c.hall, code=plain_text(item, 30), is_active=True).first()
    if found is None:
        raise Refused("unknown_item", 404)
    kept = plain_text(deposit, 60)
    if _PERSONAL.search(re.sub(r"[\s-]", "", kept)):
        raise Refused("no_personal_data")
    loan = Loan.objects.create(
        hall=c.hall,
        business_date=c.business_date,
        item=found,
        number=_free_piece(found, number),
        ticket=ticket_of(c, ticket) if ticket is not None else None,
        deposit=kept,
        lent_by=c.by.name,
        lent_at=c.now,
    )
    c.log.record("item.lent", loan.ticket, loan=loan.pk, item=found.code, number=loan.number)
    return _answer(loan)


@command
def bring_back(c: Command, *, loan: int) -> Answer:
    """A piece is back. Raises Refused: not_allowed, unknown_loan, loan_over."""
    c.desk_only()
    found = Loan.objects.filter(hall=c.hall, pk=loan).select_related("item", "ticket").first()
    if found is None:
        raise Refused("unknown_loan", 404)
    if found.back_at is not None:
        raise Refused("loan_over", name=found.item.name, number=found.number)
    found.back_at, found.back_by = c.now, c.by.name
    found.save(update_fields=["back_at", "back_by"])
    c.log.record("item.returned", found.ticket, loan=found.pk, item=found.item.code, number=found.number)
    return _answer(found)


@command
def load_items(c: Command, *, rows: Sequence[dict[str, Any]]) -> Answer:
    """Make or update what can be lent; a row holds `code` and fields of Item."""
    return _load(c, Item, rows, "items")


@command
def load_facilities(c: Command, *, rows: Sequence[dict[str, Any]]) -> Answer:
    """Make or update what stands where; a row holds `code` and fields of Facility."""
    return _load(c, Facility, rows, "facilities")


def _load(
    c: Command, model: type[Item] | type[Facility], rows: Sequence[dict[str, Any]], what: str
) -> Answer:
    for order, row in enumerate(rows):
        fields = {"order": order} | {name: value for name, value in row.items() if name != "code"}
        model._default_manager.update_or_create(hall=c.hall, code=row["code"], defaults=fields)
    c.log.record("setup.changed", what=what, count=len(rows))
    return {what: len(rows)}


def _free_piece(item: Item, number: int | None) -> int:
    out = set(Loan.objects.filter(item=item, back_at=None).values_list("number", flat=True))
    if number is None:
        free = next((each for each in range(1, item.total + 1) if each not in out), None)
        if free is None:
            raise Refused("item_all_out", name=item.name)
        return free
    if not 1 <= number <= item.total:
        raise Refused("unknown_piece", 404, name=item.name, number=number, total=item.total)
    if number in out:
        raise Refused("item_out", name=item.name, number=number)
    return number


def _answer(loan: Loan) -> Answer:
    return {"loan": loan.pk, "item": loan.item.code, "name": loan.item.name, "number": loan.number}
