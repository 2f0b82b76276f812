"""The figures of the day's log: who came to the fallback window and why, concerns, findings, walkthroughs."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Model

from hallqueue.figures.days import lines_of
from hallqueue.figures.tally import Figures
from hallqueue.figures.visits import Places, Visits
from hallqueue.models import Event, FallbackReason, Finding, Hall, Refusal, Ticket, Walkthrough

# What may bring a ticket to the fallback window, or end it while it waits for that one, and where its line says why.
FALLBACK_LINES = {
    "ticket.issued": "fallback",
    "ticket.called": "why",
    "ticket.cancelled": "why",
    "ticket.transferred": "fallback",
    "ticket.refused": "fallback",
    "ticket.fell_back": "fallback",
    "ticket.advanced": "fallback",
    "ticket.redirected": "fallback",
    "ticket.expired": "why",
}

UNDONE = "ticket.undone"
UNDOABLE = {"call": "ticket.called", "transfer": "ticket.transferred"}
"""The lines of FALLBACK_LINES that a window may take back, by the verb that the line of the undo names."""

# Tickets expire when their day is over: by lines of a later one.
LINES_OF_THE_DAY = frozenset(FALLBACK_LINES) - {"ticket.expired"} | {UNDONE}

# Which row says what service a walkthrough or a finding is about.
WALKED: dict[str, tuple[type[Model], str]] = {
    "finding": (Finding, "walkthrough__service"),
    "walkthrough": (Walkthrough, "service"),
}

Counted = Callable[[dict[str, Any]], list[str]]
"""What a line counts as, from what it tells."""


def _once(figure: str) -> Counted:
    return lambda told: [figure]


def _late(figure: str) -> Counted:
    return lambda told: [figure, f"{figure}_late"] if told.get("late") else [figure]


def _kinds(figure: str, detail: str) -> Counted:
    return lambda told: [figure, f"{figure}_{detail}.{told.get(detail, '')}"]


PROJECT_STEPS = (
    "opened",
    "posted",
    "claimed",
    "step_finished",
    "overdue",
    "delivered",
    "accepted",
    "reopened",
)

# Each line counts on the day it was written, whatever becomes of the case later.
CASE_LINES: dict[str, Counted] = {
    "concern.raised": _kinds("concern.raised", "kind"),
    "concern.resolved": _late("concern.resolved"),
    "concern.overdue": _once("concern.overdue"),
    "concern.reopened": _once("concern.reopened"),
    "concern.called_back": lambda told: [f"concern.satisfaction.{told['satisfaction']}"],
    "finding.noted": _kinds("finding.noted", "kind"),
    "finding.fixed": _late("finding.fixed"),
    "finding.closed": _once("finding.closed"),
    "finding.overdue": _once("finding.overdue"),
    "finding.reopened": _once("finding.reopened"),
    "finding.withdrawn": _once("finding.withdrawn"),
    "walkthrough.started": _kinds("walkthrough.started", "mode"),
    "walkthrough.finished": _once("walkthrough.finished"),
    "walkthrough.dropped": _once("walkthrough.dropped"),
    **{f"project.{step}": _once(f"project.{step}") for step in PROJECT_STEPS},
    "appointment.booked": _once("appointment.booked"),
    "appointment.arrived": _once("appointment.arrived"),
    "appointment.late": _once("appointment.late"),
    "appointment.cancelled": _once("appointment.cancelled"),
    "appointment.missed": _once("appointment.missed"),
}


class Falls:
    """Who came to the fallback window and why, told line by line in their order; what was undone never happened."""

    def __init__(self) -> None:
        self._times: Counter[tuple[str, int]] = Counter()
        self._last: dict[tuple[str, int], str] = {}

    @property
    def found(self) -> set[tuple[str, int]]:
        """(code of FallbackReason, ticket), each once."""
        return set(self._times)

    def add(self, lines: Iterable[tuple[str, int, dict[str, Any]]]) -> None:
        """Tell further lines: (kind, ticket, data)."""
        for kind, ticket, data in lines:
            if kind == UNDONE:
                self._take_back(UNDOABLE.get(data.get("verb", ""), ""), ticket)
            elif data.get("undone"):
                self._take_back(kind, ticket)
            else:
                self._note(kind, ticket, _reason(data.get(FALLBACK_LINES[kind])))

    def _note(self, kind: str, ticket: int, reason: str) -> None:
        self._last[kind, ticket] = reason
        if reason:
            self._times[reason, ticket] += 1

    def _take_back(self, kind: str, ticket: int) -> None:
        """The ticket's last line of a kind brought it nowhere; what other lines say stands."""
        why = self._last.pop((kind, ticket), ""), ticket
        self._times[why] -= 1
        if self._times[why] <= 0:
            del self._times[why]


def _reason(told: Any) -> str:
    """Words instead of a code mean that staff sent the person."""
    if not told or told in FallbackReason.values:
        return told or ""
    return FallbackReason.SENT.value


def expiries(hall: Hall, day: date) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """The (kind, ticket, data) of the lines by which a day's tickets ended unserved, written when it is over."""
    ended = Event.objects.filter(kind="ticket.expired", ticket__hall=hall, ticket__business_date=day)
    mine = ended.filter(hall=hall, ticket__state=Ticket.State.EXPIRED)
    for kind, ticket, data in mine.values_list("kind", "ticket", "data").iterator(2000):
        assert ticket is not None
        yield kind, ticket, data


def fold_log(figures: Figures, visits: Visits) -> None:
    """Count a day's fallbacks, refusals and cases."""
    falls = Falls()
    falls.add(expiries(visits.hall, visits.day))
    cases = _Cases(visits)
    for line in lines_of(visits.hall, visits.day, (*LINES_OF_THE_DAY, *CASE_LINES)):
        if line.kind in CASE_LINES:
            count_at(figures, cases.places(line), CASE_LINES[line.kind](line.data))
        elif line.ticket_id is not None:
            falls.add([(line.kind, line.ticket_id, line.data)])
    services = visits.services
    fallen = sorted(falls.found)
    for reason, ticket in fallen:
        count_at(figures, visits.of_service(services.get(ticket)), [f"fallback.{reason}"])
    for ticket in {ticket for _, ticket in fallen}:
        count_at(figures, visits.of_service(services.get(ticket)), ["fallen"])
    _count_refusals(figures, visits)


def count_at(figures: Figures, places: Places, counted: Iterable[str]) -> None:
    """Count each figure once for each place."""
    for dimension, key in places:
        tally = figures.of(dimension, key)
        for figure in counted:
            tally.add(figure)


def _count_refusals(figures: Figures, visits: Visits) -> None:
    """A refusal counts for the window and the clerk who said no as well."""
    rows = Refusal.objects.filter(hall=visits.hall, business_date=visits.day)
    for service, window, user, kind in rows.values_list("service", "window", "user", "kind"):
        places = [*visits.of_service(service), ("window", window), ("clerk", user or 0)]
        count_at(figures, places, [f"refusal.{kind}"])


class _Cases:
    """Where the cases of a day's lines belong; each walkthrough is read once."""

    def __init__(self, visits: Visits) -> None:
        self.visits = visits
        self._walked: dict[tuple[str, int], Places] = {}

    def places(self, line: Event) -> Places:
        """The hall, and the service and department that a line's case is about."""
        if "concern" in line.data:
            return self._of_concern(line.data)
        noun = next((each for each in WALKED if each in line.data), "")
        if not noun:
            return self.visits.of_service(None)
        key = (noun, int(line.data[noun]))
        if key not in self._walked:
            rows, path = WALKED[noun]
            service = rows._default_manager.values_list(path, flat=True).get(pk=key[1])
            self._walked[key] = self.visits.of_service(service)
        return self._walked[key]

    def _of_concern(self, told: dict[str, Any]) -> Places:
        """As the line itself says: a concern may be handed to another department later."""
        about = [("service", told.get("about_service")), ("department", told.get("about_department"))]
        return [("hall", ""), *((dimension, key) for dimension, key in about if key)]
