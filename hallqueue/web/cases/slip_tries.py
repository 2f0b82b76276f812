"""How often number and code of a slip may be wrong: a code of six digits is not to be found by trying."""

import re
from contextlib import AbstractContextManager

from hallqueue.models import Hall
from hallqueue.web.limits import few_wrong

MINUTES = 15
MOST_OF_ONE, MOST_AT_ONE = 10, 60
"""Wrong codes within that time: for one number wherever they are typed, and at one place for all numbers."""


def counted(hall: Hall, slip: str, place: str) -> AbstractContextManager[None]:
    """Around looking for the slip; `place` is the kiosk, or the address. Raises Refused: rating_slip_often.

    Whoever tries a code tries it with every number, which comes back each day with another code.
    """
    number = re.sub("[^A-Z0-9]", "", slip.upper())[-12:]
    most = {f"rating-slip-{hall.pk}-{number}": MOST_OF_ONE, f"rating-slip-at-{place}": MOST_AT_ONE}
    return few_wrong(most, MINUTES * 60, "rating_slip_often", wrong="rating_slip", minutes=MINUTES)
