"""What a hall lets its slips say: the newest design of a printer, else of its paper's width, else the house's own."""

from dataclasses import dataclass

from hallqueue.models import Hall
from printers.logo import picture_of
from printers.models import Printer, SlipDesign
from printers.parts import Picture
from printers.slip import LINES


@dataclass(frozen=True)
class Design:
    """Which blocks stand on a slip, in order, and what the hall adds to them."""

    lines: tuple[str, ...] = tuple(LINES)
    both_languages: bool = True
    footer: str = ""
    footer_mn: str = ""
    logo: Picture | None = None


STANDARD = Design()


def design_for(printer: Printer) -> Design:
    """What this printer's slips say now."""
    for scope in (scope_of(printer), str(printer.width)):
        row = newest(printer.hall_id, scope)
        if row is not None:
            return design_of(row)
    return STANDARD


def scope_of(printer: Printer) -> str:
    """The scope of a design for this printer alone."""
    return f"printer-{printer.pk}"


def scopes_of(hall: Hall) -> dict[str, Printer | None]:
    """Everything a design may be for: each width of paper (None), each printer in use."""
    printers = Printer.of(hall)
    widths: dict[str, Printer | None] = {str(width): None for width in Printer.Width.values}
    return widths | {scope_of(printer): printer for printer in printers}


def design_in(hall: Hall, scope: str, printer: Printer | None) -> Design:
    """What slips of a scope say now: a printer without a design of its own says what its width says."""
    row = newest(hall, scope)
    if row is not None:
        return design_of(row)
    return design_for(printer) if printer else STANDARD


def newest(hall: Hall | int, scope: str) -> SlipDesign | None:
    """The version that counts; None where nobody has decided anything."""
    return SlipDesign.objects.filter(hall=hall, scope=scope).order_by("-version").first()


def design_of(row: SlipDesign) -> Design:
    """A row as slips take it; a block that this program does not know any more is left out."""
    return Design(
        lines=tuple(name for name in row.lines if name in LINES),
        both_languages=row.both_languages,
        footer=row.footer,
        footer_mn=row.footer_mn,
        logo=picture_of(bytes(row.logo)) if row.logo else None,
    )
