"""What may be said about a project: plain texts, days and people of the hall, each checked once."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hallqueue.actions.cases.concern_effects import HANDLERS
from hallqueue.actions.cases.concern_words import long_text
from hallqueue.actions.command import Command
from hallqueue.actions.house.bounds import day_of
from hallqueue.cases.project_dates import LONGEST as FARTHEST
from hallqueue.cases.project_states import MOVES
from hallqueue.errors import Refused
from hallqueue.models import User

Change = dict[str, Any]
Effect = tuple[Change, Change]
LONGEST = {"title": 60, "problem": 1000, "aim": 500, "cause": 100, "terms": 500, "team": 40, "plan": 1000}
LONGEST |= {"note": 1000, "reason": 200, "heard": 120, "heard_mn": 240, "did": 200, "did_mn": 400}


@dataclass(frozen=True)
class Said:
    """What may be said with a verb; each takes its own. People are sign-ins, days ISO dates, `step` a kind of step."""

    title: str = ""
    problem: str = ""
    aim: str = ""
    cause: str = ""
    department: str = ""
    step: str = ""
    begins_on: str = ""
    ends_on: str = ""
    owner: str = ""
    terms: str = ""
    team: str = ""
    leader: str = ""
    members: list[str] = field(default_factory=list)
    plan: str = ""
    claim: int = 0
    note: str = ""
    on: str = ""
    reason: str = ""
    heard: str = ""
    heard_mn: str = ""
    did: str = ""
    did_mn: str = ""
    concerns: list[int] = field(default_factory=list)
    findings: list[int] = field(default_factory=list)
    ratings: list[int] = field(default_factory=list)
    link: int = 0
    file: int = 0


def checked(said: Said, *needs: str) -> Said:
    """`said` with plain texts and nothing missing of `needs`; raises Refused: project_needs, text_too_long."""
    texts = {name: long_text(getattr(said, name), limit) for name, limit in LONGEST.items()}
    clean = Said(**{**vars(said), **texts})
    for name in needs:
        if not getattr(clean, name):
            raise Refused("project_needs", 409, project_field=name)
    return clean


def checked_for(verb: str, said: Said) -> Said:
    """The same for a verb of MOVES."""
    return checked(said, *MOVES[verb].needs)


def day_to_come(c: Command, typed: str) -> date:
    """A day by which something is to be done; raises Refused: bad_day, due_in_the_past, project_too_far."""
    wanted = day_of(typed)
    if wanted < c.business_date:
        raise Refused("due_in_the_past", date=str(wanted))
    if wanted - c.business_date > FARTHEST:
        raise Refused("project_too_far")
    return wanted


def person_of(c: Command, username: str) -> User:
    """Somebody who does the hall's work; raises Refused("unknown_handler")."""
    rows = User.objects.filter(hall=c.hall, is_active=True, role__in=HANDLERS)
    found = rows.filter(username=username).first()
    if found is None:
        raise Refused("unknown_handler", 404)
    return found
