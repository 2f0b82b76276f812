"""Printers are added and changed here, and what their slips say."""

from typing import Any

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.tickets import plain_text
from hallqueue.errors import Refused
from printers.addresses import EXAMPLES, is_usable
from printers.models import PrintCursor, Printer


@command
def add_printer(c: Command, /, *, name: str, address: str, **fields: Any) -> Answer:
    """A new printer; with the first one the log begins to be followed. `fields` are those of Printer.

    Raises Refused: printer_name_taken, printer_address.
    """
    _refuse_taken_name(c, name)
    _refuse_no_address(address)
    printer = Printer.objects.create(hall=c.hall, name=plain_text(name, 60), address=address, **fields)
    PrintCursor.objects.get_or_create(hall=c.hall, defaults={"epoch": c.hall.epoch, "seq": c.hall.seq})
    c.log.record("printer.added", printer=printer.pk, name=printer.name)
    return {"printer": printer.pk}


@command
def change_printer(c: Command, /, *, printer: int, **fields: Any) -> Answer:
    """Change a printer's settings; it will be asked anew. Raises Refused: printer_name_taken, printer_address."""
    found = Printer.objects.get(hall=c.hall, pk=printer)
    _refuse_taken_name(c, fields.get("name", ""), but=printer)
    _refuse_no_address(fields.get("address", found.address))
    for name, value in fields.items():
        setattr(found, name, value)
    found.condition, found.condition_at = Printer.Condition.UNKNOWN, c.now
    found.save(update_fields=[*fields, "condition", "condition_at"])
    c.log.record("printer.changed", printer=printer, what="settings")
    return {"printer": printer}


def _refuse_taken_name(c: Command, name: str, but: int = 0) -> None:
    if Printer.objects.filter(hall=c.hall, name=plain_text(name, 60)).exclude(pk=but).exists():
        raise Refused("printer_name_taken", name=name)


def _refuse_no_address(address: str) -> None:
    if not is_usable(address):
        raise Refused("printer_address", 400, examples=EXAMPLES)
