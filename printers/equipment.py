"""The printers in the list of everything that stands in a hall."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import OuterRef, Subquery

from hallqueue import equipment
from hallqueue.equipment import FAULT, NEVER, OFF, OK, WARNING, Piece
from hallqueue.models import Hall
from hallqueue.texts import text
from printers.models import Printer, PrintJob
from printers.twins import twin_at


def pieces_of(hall: Hall, lang: str) -> Iterable[Piece]:
    """Each printer: what it last said of itself, and its last paper."""
    newest = (
        PrintJob.objects.filter(hall=OuterRef("hall"), printer=OuterRef("pk")).order_by("-id").values("pk")
    )
    under_way, over = newest.filter(ended_at=None)[:1], newest.filter(ended_at__isnull=False)[:1]
    printers = Printer.objects.filter(hall=hall).annotate(under_way=Subquery(under_way), over=Subquery(over))
    found = list(printers.select_related("kiosk").order_by("id"))
    last = {each.pk: max(each.under_way or 0, each.over or 0) for each in found}
    papers = PrintJob.objects.select_related("ticket").in_bulk(last.values())
    for printer in found:
        yield Piece(
            kind="printer",
            subject=f"printer:{printer.pk}",
            name=printer.name,
            place=printer.living_kiosk.name if printer.living_kiosk else "",
            state=_state(printer),
            condition=text(
                f"printer.condition.{printer.condition}" if printer.is_active else "printer.inactive", lang
            ),
            seen_at=printer.seen_at,
            shows=_said_of(papers.get(last[printer.pk]), lang),
            picture=_picture(hall, printer),
            page=f"/{hall.slug}/printers/",
        )


def _state(printer: Printer) -> str:
    if not printer.is_active:
        return OFF
    if printer.condition == Printer.Condition.UNKNOWN:
        return NEVER
    if printer.condition == Printer.Condition.NEAR_END:
        return WARNING
    return OK if printer.works else FAULT


def _said_of(last: PrintJob | None, lang: str) -> tuple[str, ...]:
    """The number on a printer's last paper, and what became of it."""
    if last is None:
        return ()
    state = "on_the_way" if last.state in PrintJob.ON_THE_WAY else last.state
    return last.label, text(f"printer.state.{state}", lang)


def _picture(hall: Hall, printer: Printer) -> str:
    """The last slip of a twin; real paper cannot be seen from here."""
    printed = twin_at(printer.address).printed if printer.is_twin and settings.DEMO else 0
    return f"/{hall.slug}/printers/{printer.pk}/slips/{printed}.png" if printed else ""


equipment.register(pieces_of)
