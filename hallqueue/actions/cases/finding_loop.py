"""Putting a finding right: an owner, a measure and a limit; what was done; walked again; struck off the list (销号)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hallqueue.actions.cases.concern_effects import HANDLERS
from hallqueue.actions.cases.concern_words import long_text
from hallqueue.actions.cases.finding_rights import may_say, seen_by, there_since, walked_again
from hallqueue.actions.command import Actor, Answer, Command, command
from hallqueue.actions.house.bounds import day_of
from hallqueue.cases.clock import Clock, limit_of, set_limit
from hallqueue.cases.finding_states import MOVES, move
from hallqueue.errors import Refused
from hallqueue.models import Finding, User

Change = dict[str, Any]
Effect = tuple[Change, Change]
LONGEST = {"measure": 1000, "note": 1000, "reason": 200}
MOST_DAYS = 120


@dataclass(frozen=True)
class Said:
    """What may be said with a verb: a sign-in for owner; the limit as working days, or as a date within it; on which
    day it was put right, if that is told afterwards."""

    owner: str = ""
    measure: str = ""
    days: int = 0
    due_on: str = ""
    fixed_on: str = ""
    note: str = ""
    reason: str = ""
    walkthrough: int = 0


@command
def move_finding(c: Command, /, *, finding: int, verb: str, **said: Any) -> Answer:
    """Say a verb of MOVES about a finding; `said` are the fields the verb knows (`Said`).

    Raises Refused: unknown_finding, not_allowed, bad_input, finding_needs, finding_state, due_in_the_past,
    due_too_far, bad_day, unknown_handler, fixed_on, not_walked_again.
    """
    if verb not in EFFECTS:
        raise Refused("bad_input", 400, detail="verb")
    found = Finding.objects.filter(seen_by(c.by), hall=c.hall, pk=finding).first()
    if found is None:
        raise Refused("unknown_finding", 404)
    if not may_say(c.by, found, verb):
        raise Refused("not_allowed", 403)
    if found.state not in MOVES[verb].origins:
        raise Refused("finding_state", finding_state=found.state, label=found.label)
    changes, told = EFFECTS[verb](c, found, _checked(verb, Said(**said)))
    move(c.log, found, verb, told=told, **changes)
    return {"finding": found.pk, "number": found.label, "state": found.state}


def moves_of(by: Actor, finding: Finding) -> list[str]:
    """The verbs somebody may say about a finding now, in the order of the table."""
    return [verb for verb in EFFECTS if finding.state in MOVES[verb].origins and may_say(by, finding, verb)]


def _checked(verb: str, said: Said) -> Said:
    texts = {name: long_text(getattr(said, name), limit) for name, limit in LONGEST.items()}
    clean = Said(**{**vars(said), **texts})
    for name in MOVES[verb].needs:
        if not getattr(clean, name):
            raise Refused("finding_needs", 409, finding_field=name)
    return clean


def _assign(c: Command, finding: Finding, said: Said) -> Effect:
    """To whom, what shall be done, until when."""
    rows = User.objects.filter(hall=c.hall, username=said.owner, is_active=True, role__in=HANDLERS)
    owner = rows.first()
    if owner is None:
        raise Refused("unknown_handler", 404)
    told = {"handler": str(owner), "reason": said.measure}
    return _timed(c, finding, _days(c, said), told, {"owner": owner, "measure": said.measure})


def _days(c: Command, said: Said) -> int:
    """The limit in working days. Raises Refused: due_in_the_past, due_too_far, bad_day, finding_needs."""
    days = said.days
    if said.due_on:
        wanted = day_of(said.due_on)
        if wanted < c.business_date:
            raise Refused("due_in_the_past", date=said.due_on)
        if (wanted - c.business_date).days > 2 * MOST_DAYS:
            raise Refused("due_too_far", limit=MOST_DAYS)
        days = Clock(c.hall).calendar.working_days_between(c.business_date, wanted)
    elif days == 0:
        raise Refused("finding_needs", 409, finding_field="days")
    if not 0 <= days <= MOST_DAYS:
        raise Refused("due_too_far", limit=MOST_DAYS)
    return days


def _timed(c: Command, finding: Finding, days: int, told: Change, changes: Change) -> Effect:
    """The clock starts anew today."""
    set_limit(Clock(c.hall), finding, c.business_date, days)
    return changes | limit_of(finding), told | {"due_on": str(finding.due_on)}


def _note(c: Command, finding: Finding, said: Said) -> Effect:
    return {}, {"reason": said.note}


def _fix(c: Command, finding: Finding, said: Said) -> Effect:
    """What was done, and on which day; the clock ends when it is told."""
    late = finding.due_at is not None and c.now >= finding.due_at
    told = {"reason": said.note, "late": late} | _before_today(c, finding, said.fixed_on)
    return {"fixed": said.note, "fixed_at": c.now, "next_at": None}, told


def _before_today(c: Command, finding: Finding, day: str) -> Change:
    """The earlier day on which it was put right, for the log; today needs no telling. Raises Refused: fixed_on,
    bad_day."""
    if not day:
        return {}
    told = day_of(day)
    first = there_since(finding)
    if not first <= told <= c.business_date:
        raise Refused("fixed_on", first=str(first), last=str(c.business_date))
    return {"on": str(told)} if told < c.business_date else {}


def _verify(c: Command, finding: Finding, said: Said) -> Effect:
    """Somebody else walked again and it was gone."""
    again = next((walk for walk in walked_again(finding) if walk.pk == said.walkthrough), None)
    if again is None:
        raise Refused("not_walked_again")
    return {"walked_again": again}, {"walkthrough": again.label}


def _again(c: Command, finding: Finding, said: Said) -> Effect:
    """It is there still, or again: the same owner, the same number of days, from today."""
    changes = {"reopened": finding.reopened + 1, "fixed_at": None, "walked_again": None, "closed_at": None}
    return _timed(c, finding, finding.limit_days, {"reason": said.reason}, changes)


def _close(c: Command, finding: Finding, said: Said) -> Effect:
    return {"closed_at": c.now}, {}


def _withdraw(c: Command, finding: Finding, said: Said) -> Effect:
    return {"next_at": None, "closed_at": c.now}, {"reason": said.reason}


EFFECTS: dict[str, Callable[[Command, Finding, Said], Effect]] = {
    "assign": _assign,
    "note": _note,
    "fix": _fix,
    "verify": _verify,
    "fail": _again,
    "close": _close,
    "reopen": _again,
    "withdraw": _withdraw,
}
