"""Who may take whom, on rows already read: `claims` without a database, so that one reading serves all."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from hallqueue.models import Window
from hallqueue.order import GUARDED, USUAL

Row = Mapping[str, Any]
"""A ticket's values: id, service_id, klass, precedence, position, language, for_window_id, fallback_reason."""


class Duties(NamedTuple):
    """What a hall decided about its fallback windows: do they help out, and who answers for which departments (ids)."""

    helps_out: bool = False
    of_windows: Mapping[int, set[int]] = {}
    departments: Mapping[int, int] = {}


class Floor:
    """One moment of a hall, judged once for each kind of ticket.

    `taken_by`: for each service, the windows (ids) that take it.
    """

    def __init__(
        self, windows: Iterable[Window], taken_by: Mapping[int, Sequence[int]], duties: Duties | None = None
    ) -> None:
        self._windows = {window.pk: window for window in windows}
        self._open = {pk for pk, window in self._windows.items() if window.state == Window.State.OPEN}
        self._fallbacks = {pk for pk, window in self._windows.items() if window.is_fallback}
        self._duties = duties or Duties()
        self._taken_by = {service: frozenset(found) for service, found in taken_by.items()}
        self._serving: dict[tuple[int, str], frozenset[int]] = {}

    def admits(self, window: Window, row: Row) -> bool:
        """Whether a ticket is this window's to serve, if it is open: `may_take`."""
        if row["for_window_id"] == window.pk:
            return True
        if window.is_fallback and self._is_left(row) and not self._left_to_another(window, row):
            return True
        if row["for_window_id"] is not None or row["fallback_reason"]:
            return False
        takes = window.pk in self._taken_by.get(row["service_id"], ()) and window.takes_class(row["klass"])
        return takes and (window.speaks(row["language"]) or not self._left_to_a_speaker(row))

    def others(self, row: Row) -> bool:
        """Whether an open window other than the fallback may take a ticket: the contrary of `nobody_else`."""
        if row["for_window_id"] is not None:
            return row["for_window_id"] in self._open
        return bool(self.serving(row["service_id"], row["klass"]))

    def admitting(self, row: Row) -> list[Window]:
        """The windows, open or not, whose a ticket is."""
        likely = set(self._taken_by.get(row["service_id"], ())) | self._fallbacks | {row["for_window_id"]}
        return [
            self._windows[pk] for pk in likely & self._windows.keys() if self.admits(self._windows[pk], row)
        ]

    def takers(self, row: Row) -> frozenset[int]:
        """The open windows (ids) that may call a ticket."""
        likely = (self._taken_by.get(row["service_id"], frozenset()) | self._fallbacks) & self._open
        if row["for_window_id"] in self._open:
            likely = likely | {row["for_window_id"]}
        return frozenset(pk for pk in likely if self.admits(self._windows[pk], row))

    def serving(self, service: int, klass: str) -> frozenset[int]:
        """The open ordinary windows (ids) that take people of a class for a service."""
        if (service, klass) not in self._serving:
            here = self._taken_by.get(service, frozenset()) & self._open
            self._serving[service, klass] = frozenset(pk for pk in here if self._is_ordinary(pk, klass))
        return self._serving[service, klass]

    def _is_left(self, row: Row) -> bool:
        helped = self._duties.helps_out and row["for_window_id"] is None
        return bool(row["fallback_reason"]) or helped or not self.others(row)

    def _left_to_another(self, window: Window, row: Row) -> bool:
        """Another open fallback window answers for this department, and this one does not."""
        department = self._duties.departments.get(row["service_id"])
        answering = {pk for pk, found in self._duties.of_windows.items() if department in found}
        return window.pk not in answering and bool(answering & self._fallbacks & self._open)

    def _is_ordinary(self, pk: int, klass: str) -> bool:
        window = self._windows[pk]
        return not window.is_fallback and window.takes_class(klass)

    def _left_to_a_speaker(self, row: Row) -> bool:
        """Some open window speaks the ticket's language, so the others leave it to that one, until the guard."""
        if row["precedence"] <= GUARDED:
            return False
        serving = self.serving(row["service_id"], row["klass"])
        return any(self._windows[pk].speaks(row["language"]) for pk in serving)


def kind_of(row: Row) -> tuple[Any, ...]:
    """Tickets of one kind are admitted by the very same windows and stand in one bucket, in plain order."""
    bucket = (row["precedence"] <= GUARDED, row["precedence"] < USUAL)
    return (
        row["service_id"],
        row["klass"],
        row["language"],
        row["for_window_id"],
        row["fallback_reason"],
        *bucket,
    )
