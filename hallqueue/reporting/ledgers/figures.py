"""The columns of the ledger: what is told of a person's month. All are sums, so that a month is what its days were."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

HOURS_OF_A_DAY = 24
LARGEST = 100_000
"""No month of a person holds more of anything."""


@dataclass(frozen=True)
class Figure:
    """A column: its name, the group it stands in, and how many decimals it has.

    `of` names the figure that it can never be more than, or never more than `times` as much; a day holds at most
    `a_day` of it (0: nothing is known of that).
    """

    name: str
    group: str
    decimals: int = 0
    of: str = ""
    times: int = 1
    a_day: int = 0

    @property
    def key(self) -> str:
        """The text that names it."""
        return f"ranking.figure.{self.name}"

    @property
    def lead(self) -> str:
        """The text that says what counts."""
        return f"ranking.figure_lead.{self.name}"

    def largest(self, month: date) -> int:
        """What a month, told by its first day, can hold at most."""
        days = monthrange(month.year, month.month)[1]
        return self.a_day * days or LARGEST


FIGURES: tuple[Figure, ...] = (
    Figure("days", "seat", a_day=1),
    Figure("seat_hours", "seat", 1, of="days", times=HOURS_OF_A_DAY, a_day=HOURS_OF_A_DAY),
    Figure("calls", "window"),
    Figure("served", "window", of="calls"),
    Figure("service_hours", "window", 1, of="seat_hours", a_day=HOURS_OF_A_DAY),
    Figure("concerns", "concern"),
    Figure("concerns_in_time", "concern", of="concerns"),
    Figure("findings_owned", "finding"),
    Figure("findings_closed", "finding", of="findings_owned"),
    Figure("walked", "finding"),
    Figure("findings_noted", "finding"),
    Figure("projects", "project"),
    Figure("project_steps", "project"),
    Figure("rated", "rating"),
    Figure("satisfied", "rating", of="rated"),
    Figure("helped", "desk"),
    Figure("lent", "desk"),
)
GROUPS = tuple(dict.fromkeys(figure.group for figure in FIGURES))
RATED, OF_RATINGS = "rated", ("rated", "satisfied")
