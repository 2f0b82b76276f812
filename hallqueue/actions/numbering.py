"""The numbers of walkthroughs, findings and cases: gapless in a year."""

from typing import Any

from django.db.models import Max, Model

from hallqueue.actions.command import Command


def numbered(c: Command, kind: type[Model], mark: str = "") -> dict[str, Any]:
    """The year, the next number in it, and the label; nothing is ever deleted, so the highest says it."""
    year = c.business_date.year
    rows = kind._default_manager.filter(hall=c.hall, year=year)
    last = rows.aggregate(last=Max("number"))["last"] or 0
    return {"year": year, "number": last + 1, "label": f"{mark}{year}-{last + 1:04d}"}
