"""The columns of the ledger: what is told of a person's month. All are sums, so that a month is what its days were."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A column: its name, the group it stands in, and how many decimals it has."""

    name: str
    group: str
    decimals: int = 0

    @property
    def key(self) -> str:
        """The text that names it."""
        return f"ranking.figure.{self.name}"

    @property
    def lead(self) -> str:
        """The text that says what counts."""
        return f"ranking.figure_lead.{self.name}"


FIGURES: tuple[Figure, ...] = (
    Figure("days", "seat"),
    Figure("seat_hours", "seat", 1),
    Figure("calls", "window"),
    Figure("served", "window"),
    Figure("service_hours", "window", 1),
    Figure("concerns", "concern"),
    Figure("concerns_in_time", "concern"),
    Figure("findings_owned", "finding"),
    Figure("findings_closed", "finding"),
    Figure("walked", "finding"),
    Figure("findings_noted", "finding"),
    Figure("projects", "project"),
    Figure("project_steps", "project"),
    Figure("rated", "rating"),
    Figure("satisfied", "rating"),
    Figure("helped", "desk"),
    Figure("lent", "desk"),
)
GROUPS = tuple(dict.fromkeys(figure.group for figure in FIGURES))
RATED, OF_RATINGS = "rated", ("rated", "satisfied")
LARGEST = 100_000
"""No month of a person holds more of anything."""
