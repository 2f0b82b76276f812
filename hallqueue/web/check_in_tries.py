"""How often booking codes may be wrong at kiosks: none is to be found by trying, and nobody honest is shut out."""

from collections.abc import Iterator
from contextlib import contextmanager

from hallqueue.actions.appointments import is_code_alone
from hallqueue.counting import count
from hallqueue.errors import Refused
from hallqueue.models import Device, Hall
from hallqueue.web.limits import refuse_more

MINUTES = 15
MOST_AT_ONE, MOST_IN_ALL = 20, 100
"""Wrong codes within that time at one kiosk, and at all kiosks of a hall. After that a code alone does not do: with
the last four digits of the telephone before it, which only its owner knows, it does, and so does the desk. Such a try
is not counted: it is ten thousand times as hard, and whoever made many at one kiosk would close all others."""


@contextmanager
def counted(hall: Hall, kiosk: Device, code: str) -> Iterator[None]:
    """Around the check-in. Raises Refused: check_in_often."""
    if not is_code_alone(code):
        yield
        return
    at_one, in_all = f"check-in-at-{kiosk.pk}", f"check-in-in-{hall.pk}"
    refuse_more(at_one, MOST_AT_ONE, "check_in_often")
    refuse_more(in_all, MOST_IN_ALL, "check_in_often")
    try:
        yield
    except Refused as refusal:
        if refusal.code == "appointment_unknown":
            count(at_one, MINUTES * 60)
            count(in_all, MINUTES * 60)
        raise
