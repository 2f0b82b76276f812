"""How often booking codes may be wrong at kiosks: none is to be found by trying, and nobody honest is shut out."""

from contextlib import AbstractContextManager, nullcontext

from hallqueue.actions.appointments import is_code_alone
from hallqueue.models import Device, Hall
from hallqueue.web.limits import few_wrong

MINUTES = 15
MOST_AT_ONE, MOST_IN_ALL = 20, 100
"""Wrong codes within that time at one kiosk, and at all kiosks of a hall. After that a code alone does not do: with
the last four digits of the telephone before it, which only its owner knows, it does, and so does the desk. Such a try
is not counted: it is ten thousand times as hard, and whoever made many at one kiosk would close all others."""


def counted(hall: Hall, kiosk: Device, code: str) -> AbstractContextManager[None]:
    """Around the check-in. Raises Refused: check_in_often."""
    if not is_code_alone(code):
        return nullcontext()
    most = {f"check-in-at-{kiosk.pk}": MOST_AT_ONE, f"check-in-in-{hall.pk}": MOST_IN_ALL}
    return few_wrong(most, MINUTES * 60, "check_in_often", wrong="appointment_unknown")
