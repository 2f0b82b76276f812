"""Printers are added and changed here, and what their slips say."""

import base64
from collections.abc import Sequence
from typing import Any

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.line.tickets import plain_text
from hallqueue.errors import Refused
from printers.addresses import EXAMPLES, is_usable
from printers.designs import newest, scopes_of
from printers.jobs import make
from printers.models import PrintCursor, Printer, SlipDesign
from printers.planning import next_step
from printers.slip import FOOTER_LIMIT, LINES, NAME_LIMIT, RULES_LIMIT


@command
def add_printer(c: Command, /, *, name: str, address: str, **fields: Any) -> Answer:
    """A new printer, for numbers taken from now on. `fields` are those of Printer.

    Raises Refused: printer_name_taken, printer_address, printer_twin.
    """
    _refuse_taken_name(c, name)
    printer = Printer(hall=c.hall, name=plain_text(name, 60), address=address, **fields)
    _refuse_no_address(printer)
    _begin_with_now(c)
    printer.save()
    c.log.record("printer.added", printer=printer.pk, name=printer.name)
    return {"printer": printer.pk}


@command
def change_printer(c: Command, /, *, printer: int, **fields: Any) -> Answer:
    """Change a printer's settings; it will be asked anew. What it prints changes for numbers taken from now on.

    Raises Refused: printer_name_taken, printer_address, printer_twin.
    """
    found = Printer.objects.get(hall=c.hall, pk=printer)
    _refuse_taken_name(c, fields.get("name", ""), but=printer)
    for name, value in fields.items():
        setattr(found, name, value)
    _refuse_no_address(found)
    _begin_with_now(c)
    found.condition, found.condition_at = Printer.Condition.UNKNOWN, c.now
    found.save(update_fields=[*fields, "condition", "condition_at"])
    c.log.record("printer.changed", printer=printer, what="settings")
    return {"printer": printer}


@command
def design_slip(
    c: Command,
    *,
    scope: str,
    lines: Sequence[str],
    both_languages: bool = True,
    footer: str = "",
    footer_mn: str = "",
    logo: str | None = None,
    rules: Sequence[str] | None = None,
) -> Answer:
    """Decide what slips of a scope say from now on: a new version of its design.

    `lines` are names of `slip.LINES`; `logo` is base64 of `logo.encoded`, "" for none, None for the one there was;
    `rules` are the hall's own, on every slip and on the ticket's page, None leaves them as they are.
    Raises Refused: not_allowed, unknown_scope, slip_lines, text_too_long, slip_rules.
    """
    _refuse_strangers(c, scope)
    if len(set(lines)) < len(lines) or not set(lines) <= LINES.keys() or "number" not in lines:
        raise Refused("slip_lines", 400)
    last = newest(c.hall, scope)
    kept = last.logo if last and logo is None else base64.b64decode(logo or "") or None
    if rules is not None:
        _set_rules(c, [plain_text(each, NAME_LIMIT) for each in rules])
    words = {"footer": plain_text(footer, FOOTER_LIMIT), "footer_mn": plain_text(footer_mn, FOOTER_LIMIT)}
    fields = {"lines": list(lines), "both_languages": both_languages, "logo": kept, **words}
    return _new_version(c, scope, fields)


@command
def bring_back_design(c: Command, *, scope: str, version: int) -> Answer:
    """An older version again, as a new one. Raises Refused: not_allowed, unknown_scope, unknown_version."""
    _refuse_strangers(c, scope)
    found = SlipDesign.objects.filter(hall=c.hall, scope=scope, version=version).first()
    if found is None:
        raise Refused("unknown_version", 404)
    names = ("lines", "both_languages", "footer", "footer_mn", "logo")
    return _new_version(c, scope, {name: getattr(found, name) for name in names})


def _begin_with_now(c: Command) -> None:
    """What the log asked for so far is asked of the printers as they were before: none prints what is past for it."""
    cursor = PrintCursor.objects.filter(hall=c.hall, epoch=c.hall.epoch).first()
    since = cursor.seq if cursor and Printer.of(c.hall).exists() else c.hall.seq
    while plan := next_step(c.hall, since):
        make(c, plan.slips)
        since = plan.upto
    PrintCursor.objects.update_or_create(hall=c.hall, defaults={"epoch": c.hall.epoch, "seq": c.hall.seq})


def _new_version(c: Command, scope: str, fields: dict[str, Any]) -> Answer:
    last = newest(c.hall, scope)
    version = last.version + 1 if last else 1
    made = {"made_by": c.by.name, "made_at": c.now}
    SlipDesign.objects.create(hall=c.hall, scope=scope, version=version, **fields, **made)
    c.log.record("setup.changed", what="slip", scope=scope, version=version)
    return {"scope": scope, "version": version}


def _set_rules(c: Command, rules: Sequence[str]) -> None:
    kept = [each for each in rules if each]
    if len(kept) > RULES_LIMIT:
        raise Refused("slip_rules", 400, limit=RULES_LIMIT)
    c.hall.slip_rules = "\n".join(kept)
    c.hall.save(update_fields=["slip_rules"])


def _refuse_strangers(c: Command, scope: str) -> None:
    c.managers_only()
    if scope not in scopes_of(c.hall):
        raise Refused("unknown_scope", 404)


def _refuse_taken_name(c: Command, name: str, but: int = 0) -> None:
    if Printer.objects.filter(hall=c.hall, name=plain_text(name, 60)).exclude(pk=but).exists():
        raise Refused("printer_name_taken", name=name)


def _refuse_no_address(printer: Printer) -> None:
    if not is_usable(printer.address):
        raise Refused("printer_address", 400, examples=EXAMPLES)
    if printer.is_out_of_place:
        raise Refused("printer_twin", 400, examples=EXAMPLES)
