"""How often number and code of a slip may be wrong: a code of six digits is not to be found by trying."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from hallqueue.counting import count
from hallqueue.errors import Refused
from hallqueue.models import Hall
from hallqueue.web.limits import refuse_more

MINUTES = 15
MOST_OF_ONE, MOST_AT_ONE = 10, 60
"""Wrong codes within that time: for one number wherever they are typed, and at one place for all numbers."""


@contextmanager
def counted(hall: Hall, slip: str, place: str) -> Iterator[None]:
    """Around looking for the slip; `place` is the kiosk, or the address. Raises Refused: rating_slip_often.

    Whoever tries a code tries it with every number, which comes back each day with another code.
    """
    number = re.sub("[^A-Z0-9]", "", slip.upper())[-12:]
    of_one, at_one = f"rating-slip-{hall.pk}-{number}", f"rating-slip-at-{place}"
    refuse_more(of_one, MOST_OF_ONE, "rating_slip_often", minutes=MINUTES)
    refuse_more(at_one, MOST_AT_ONE, "rating_slip_often", minutes=MINUTES)
    try:
        yield
    except Refused as refusal:
        if refusal.code == "rating_slip":
            count(of_one, MINUTES * 60)
            count(at_one, MINUTES * 60)
        raise
