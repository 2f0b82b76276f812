"""What a window's console shows, and the list of windows from which a clerk chooses."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from hallqueue.floor import Floor
from hallqueue.lifecycle import MOVES
from hallqueue.models import Call, FallbackReason, Role, Shift, Ticket, Window
from hallqueue.topics import Frame, Kind, register
from hallqueue.topics.hands import unread
from hallqueue.topics.journeys import way_of
from hallqueue.topics.queue import queue_of
from hallqueue.topics.reading import Reading, iso
from hallqueue.topics.visit import last_joined, set_aside_of, visit_of

LONGEST_LINE = 50
MOST_SET_ASIDE = 60
MOST_NAMES = 12
AT_A_TICKET = ("recall", "start", "finish", "no_show", "park", "transfer", "refuse", "correct")

Row = dict[str, Any]


@dataclass(frozen=True)
class Rule:
    """What one window may take: `claims.may_take` on rows already read, so that one reading serves every window."""

    seat: Window
    takes: frozenset[int]
    floor: Floor

    @property
    def window(self) -> int:
        """The window's id."""
        return self.seat.pk

    @property
    def is_fallback(self) -> bool:
        """Whether it is the fallback window, which answers for what no other takes."""
        return self.seat.is_fallback

    def admits(self, row: Row) -> bool:
        """Whether a ticket is this window's to serve."""
        return self.floor.admits(self.seat, row)

    def why(self, row: Row) -> dict[str, str] | None:
        """Why a ticket comes to the fallback window: {code, text}; None when another open window takes it."""
        return reason_of(self.floor, row)


def reason_of(floor: Floor, row: Row) -> dict[str, str] | None:
    """Why a ticket comes to the fallback window: {code, text}; None when another open window takes it."""
    reason = row["fallback_reason"]
    if reason:
        known = reason in FallbackReason.values
        return {
            "code": reason if known else "sent",
            "text": row.get("fallback_note") or ("" if known else reason),
        }
    if floor.others(row):
        return None
    return {"code": "no_window" if row["for_window_id"] is None else "window_closed", "text": ""}


def rule_of(reading: Reading, window: Window) -> Rule:
    """The rule of one window as the hall stands in this reading."""
    return Rule(window, frozenset(reading.catalogue.takes.get(window.pk, ())), reading.floor)


def line_of(reading: Reading, window: Window) -> list[Row]:
    """The waiting rows this window may take, in order: always what `routing.line` would say."""
    return queue_of(reading, window).rows()


def window_frame(reading: Reading, name: str) -> Frame | None:
    """The console of one window; `name` is its number."""
    window = _window(reading, name)
    if window is None:
        return None
    rule, queue, aside = rule_of(reading, window), queue_of(reading, window), _aside_of(reading, window)
    call = reading.open_calls.get(window.pk)
    undo = _undoable(reading, window, call)
    show = partial(_shown, reading, rule)
    return {
        "window": _window_row(window),
        "hall": _hall_row(reading),
        "shift": _shift_row(reading.shifts.get(window.pk)),
        "current": _current(show, call) | visit_of(reading, call) | _way(reading, call) if call else None,
        "line": {"count": queue.count, "first": [show(row) for row in queue.rows(LONGEST_LINE)]},
        "next": queue.next_row(),
        "aside": {
            "count": len(aside),
            "first": [_aside_row(show, window, *each) for each in aside[:MOST_SET_ASIDE]],
        },
        "undo": undo,
        "may": _may(
            window, call, queue.count, [each for each, _ in aside], undo is not None, _may_refuse(reading)
        ),
        "takes": _takes(reading, window),
        "messages": unread(reading, window),
    }


def _way(reading: Reading, call: Call) -> Row:
    return {"journey": way_of(reading, call.ticket)}


def windows_frame(reading: Reading, name: str) -> Frame | None:
    """All windows with state, who sits there and how many wait; `name` is empty."""
    if name:
        return None
    return {"windows": [_choice(reading, window) for window in reading.windows], "hall": _hall_row(reading)}


def _window(reading: Reading, name: str) -> Window | None:
    return next((window for window in reading.windows if str(window.number) == name), None)


def _window_row(window: Window) -> Row:
    return {
        "number": window.number,
        "name": window.name,
        "zone": window.zone,
        "fallback": window.is_fallback,
        "state": window.state,
        "reason": window.pause_reason,
        "state_at": iso(window.state_at),
        "classes": window.classes.split(),
        "languages": window.languages.split(),
    }


def _hall_row(reading: Reading) -> Row:
    hall = reading.hall
    return {
        "is_open": hall.is_open,
        "calls_before_no_show": reading.catalogue.rules.calls_before_no_show,
        "wait_alarm_minutes": hall.wait_alarm_minutes,
        "service_alarm_minutes": hall.service_alarm_minutes,
        "fallback_open": any(
            each.is_fallback and each.state == Window.State.OPEN for each in reading.windows
        ),
    }


def _shift_row(shift: Shift | None) -> Row | None:
    return {"user": shift.user_id, "name": str(shift.user), "since": iso(shift.started_at)} if shift else None


def _shown(reading: Reading, rule: Rule, row: Row) -> Row:
    """A ticket as a clerk sees it before calling."""
    return {
        "ticket": row["id"],
        "label": row["label"],
        "service": reading.service_name(row["service_id"]),
        "klass": row["klass"],
        "priority": row["priority_kind"],
        "language": row["language"],
        "note": row["note"],
        "people": row["people"],
        "count": len(row["matters"]),
        "since": iso(row["issued_at"]),
        "sent": row["for_window_id"] == rule.window,
        "transfers": row["transfer_count"],
        "reason": row["reason"],
        "why": rule.why(row) if rule.is_fallback else None,
    }


def _values(ticket: Ticket) -> Row:
    """A ticket's row in the form of `Reading.waiting`."""
    names = (
        "id",
        "label",
        "service_id",
        "klass",
        "precedence",
        "for_window_id",
        "fallback_reason",
        "fallback_note",
    )
    shown = (
        "issued_at",
        "priority_kind",
        "language",
        "note",
        "reason",
        "transfer_count",
        "people",
        "matters",
    )
    return {name: getattr(ticket, name) for name in (*names, *shown)}


def _current(show: Callable[[Row], Row], call: Call) -> Row:
    ticket = call.ticket
    return show(_values(ticket)) | {
        "state": ticket.state,
        "said": call.said,
        "said_at": iso(call.said_at),
        "called_at": iso(call.called_at),
        "started_at": iso(call.started_at),
    }


def _aside_of(reading: Reading, window: Window) -> list[tuple[Ticket, Call | None]]:
    """Parked and missed tickets this window may pick: its own first, newest first."""
    rule = rule_of(reading, window)
    found = []
    for ticket in reversed(reading.set_aside):
        call = reading.last_calls.get(ticket.pk)
        own = call is not None and call.window_id == window.pk
        if own or rule.admits(_values(ticket)):
            found.append((not own, ticket, call))
    found.sort(key=lambda each: each[0])
    return [(ticket, call) for _, ticket, call in found]


def _aside_row(show: Callable[[Row], Row], window: Window, ticket: Ticket, call: Call | None) -> Row:
    told = {"state": ticket.state, "aside_at": iso(call.ended_at) if call else None}
    return show(_values(ticket)) | told | set_aside_of(ticket, call, window.pk)


def _undoable(reading: Reading, window: Window, call: Call | None) -> Row | None:
    """The step `undo` would take back here: on the open ticket, else the last one this window set aside."""
    if call is not None:
        return last_joined(call) or (_step(call.ticket) if call.ticket.before else None)
    own = _left_by(reading, window)
    last = max(own, key=lambda each: reading.last_calls[each.pk].pk, default=None)
    return _step(last) if last else None


def _step(ticket: Ticket) -> Row:
    """`verb` is what would be taken back."""
    verb = (ticket.before or {}).get("verb", "")
    return {"ticket": ticket.pk, "label": ticket.label, "state": ticket.state, "verb": verb}


def _left_by(reading: Reading, window: Window) -> Iterable[Ticket]:
    """Who was set aside or sent on by this window, and has not been called since."""
    for ticket in [*reading.set_aside, *reading.sent_on]:
        call = reading.last_calls.get(ticket.pk)
        if ticket.before and call is not None and call.window_id == window.pk:
            yield ticket


def _may(
    window: Window, call: Call | None, waiting: int, aside: list[Ticket], undo: bool, may_refuse: bool
) -> list[str]:
    """The verbs that make sense now: a page greys out the others; the actions still judge each for themselves."""
    state = window.state
    if call is not None:
        verbs = [verb for verb in AT_A_TICKET if call.ticket.state in MOVES[verb].origins]
        verbs += ["join", "note"]
        if window.is_fallback or not may_refuse:
            verbs = [verb for verb in verbs if verb != "refuse"]
        idle: list[tuple[str, bool]] = []
    else:
        verbs = []
        is_open = state == Window.State.OPEN
        idle = [("next", is_open and waiting > 0), ("pick", is_open and waiting + len(aside) > 0)]
        idle += [("transfer", any(each.state == Ticket.State.PARKED for each in aside))]
        idle += [("close", state != Window.State.CLOSED), ("leave", True)]
    always = [("open", state != Window.State.OPEN), ("pause", state == Window.State.OPEN), ("undo", undo)]
    always += [("requeue", bool(aside))]
    return verbs + [verb for verb, possible in idle + always if possible]


def _may_refuse(reading: Reading) -> bool:
    """Whether a refusal leads anywhere in this hall."""
    return reading.catalogue.fallback.refusals and any(each.is_fallback for each in reading.windows)


def _takes(reading: Reading, window: Window) -> Row:
    services = reading.catalogue.takes.get(window.pk, [])
    return {"count": len(services), "names": [reading.service_name(each) for each in services[:MOST_NAMES]]}


def _choice(reading: Reading, window: Window) -> Row:
    call = reading.open_calls.get(window.pk)
    return _window_row(window) | {
        "shift": _shift_row(reading.shifts.get(window.pk)),
        "waiting": queue_of(reading, window).count,
        "ticket": {"label": call.ticket.label, "state": call.ticket.state} if call else None,
        "takes": _takes(reading, window),
    }


STAFF = tuple(role.value for role in Role)

register(Kind("window", STAFF, window_frame))
register(Kind("windows", STAFF, windows_frame))
