"""What a typed number or day must be before it is stored."""

from datetime import date
from typing import Any

from hallqueue.errors import Refused


def bounded(field: str, value: Any, lowest: int, highest: int) -> int:
    """A whole number between two others; `field` is named by `errors.field.<field>`. Raises Refused("bad_figure")."""
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise Refused("bad_figure", 400, field=field, lowest=lowest, highest=highest)
    return value


def measured(field: str, value: float, lowest: int, highest: int) -> float:
    """A measure, not always a whole number, between two others; named likewise. Raises Refused("out_of_bounds")."""
    if not lowest <= value <= highest:
        raise Refused("out_of_bounds", 400, field=field, lowest=lowest, highest=highest)
    return value


def day_of(typed: str) -> date:
    """A day as it was typed. Raises Refused("bad_day")."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Refused("bad_day", 400, day=typed[:20]) from None
