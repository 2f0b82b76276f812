"""What each verb changes on a concern, and what it tells the log; the table of moves says when it may be said."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from hallqueue.actions.cases.concern_setup import cause_of, department_of, grade_of
from hallqueue.actions.cases.concern_words import long_text, nameless, no_person
from hallqueue.actions.command import Command
from hallqueue.cases.clock import LEVELS, Clock, count, set_due
from hallqueue.cases.concern_states import MOVES
from hallqueue.cases.supervision import next_level
from hallqueue.errors import Refused
from hallqueue.files.evidence import drop
from hallqueue.models import Concern, ConcernPhoto, FindingFile, ProjectFile, User

Change = dict[str, Any]
Effect = tuple[Change, Change]
LONGEST = {"measures": 2000, "reason": 200, "note": 500, "answer": 1000, "how": 100, "improvement": 500}
LONGEST |= {"cause": 100}
HANDLERS = ("clerk", "desk", "manager", "administrator")
CLOCK = ("counted_from", "limit_days", "due_on", "due_at", "stage", "next_at")


@dataclass(frozen=True)
class Said:
    """What may be said with a verb; each verb takes its own. Codes for grade and department, a sign-in for handler."""

    reason: str = ""
    kind: str = ""
    grade: str = ""
    department: str = ""
    handler: str = ""
    note: str = ""
    answer: str = ""
    cause: str = ""
    improvement: str = ""
    how: str = ""
    satisfaction: int = 0


def checked(verb: str, said: Said, concern: Concern) -> Said:
    """`said` with plain texts, the person masked in them, and nothing missing that the verb needs; raises Refused."""
    texts = {
        name: nameless(long_text(getattr(said, name), limit), concern)
        for name, limit in LONGEST.items()
        if name != "measures"
    }
    clean = Said(**{**vars(said), **texts})
    for name in MOVES[verb].needs:
        if not getattr(clean, name):
            raise Refused("concern_needs", 409, concern_field=name)
    return clean


def accept(c: Command, concern: Concern, said: Said) -> Effect:
    """Somebody takes it up; who does becomes its handler unless there is one."""
    return ({} if concern.handler or not c.by.user else {"handler": c.by.user}), {}


def classify(c: Command, concern: Concern, said: Said) -> Effect:
    """Its kind, its grade, its department; the limit is counted anew from the same first day.

    Once classified, only a manager may give it a longer limit.
    """
    if said.kind not in Concern.Kind.values:
        raise Refused("bad_input", 409, detail="kind")
    grade = grade_of(c, said.grade)
    longer = grade.days > concern.grade.days and concern.state != Concern.State.ACCEPTED
    if longer and not c.by.may_manage:
        raise Refused("grade_by_manager", 403)
    concern.grade = grade
    set_due(Clock(c.hall), concern, concern.counted_from)
    changes = {"kind": said.kind, "grade": grade, **clock_of(concern)}
    told = {"kind": said.kind, "grade": grade.name, "due_on": str(concern.due_on)}
    return changes | _department(c, said), told


def assign(c: Command, concern: Concern, said: Said) -> Effect:
    """Hand it to somebody, perhaps of another department."""
    handler = User.objects.filter(
        hall=c.hall, username=said.handler, is_active=True, role__in=HANDLERS
    ).first()
    if handler is None:
        raise Refused("unknown_handler", 404)
    told = {"handler": str(handler), "reason": said.reason}
    return {"handler": handler} | _department(c, said), told


def note(c: Command, concern: Concern, said: Said) -> Effect:
    """Something was done."""
    measures = one_more(concern.measures, said.note, LONGEST["measures"])
    return {"measures": measures}, {"reason": said.note}


def one_more(measures: str, note: str, longest: int) -> str:
    """What was done, and one thing more; raises Refused("text_too_long")."""
    listed = "；".join(part for part in (measures, note) if part)
    if len(listed) > longest:
        raise Refused("text_too_long", limit=longest)
    return listed


def resolve(c: Command, concern: Concern, said: Said) -> Effect:
    """Settled (办结): the answer, the root cause, what becomes better. The clock ends; a wish to pause falls away."""
    cause = cause_of(c, said.cause)
    changes = {"answer": said.answer, "cause": cause, "improvement": said.improvement}
    changes |= {"resolved_at": c.now, "next_at": None, "pause_asked_by": "", "pause_reason": ""}
    late = c.now >= concern.due_at
    return changes, {"cause": cause.name, "late": late}


def told_person(c: Command, concern: Concern, said: Said) -> Effect:
    """The person knows the answer."""
    return {"told_how": said.how}, {"reason": said.how}


def call_back(c: Command, concern: Concern, said: Said) -> Effect:
    """Asked afterwards how satisfied they are: 5 very … 1 not at all."""
    if not 1 <= said.satisfaction <= 5:
        raise Refused("bad_input", 409, detail="satisfaction")
    told = {"satisfaction": said.satisfaction, "reason": said.note}
    return {"satisfaction": said.satisfaction, "call_back_note": said.note}, told


def archive(c: Command, concern: Concern, said: Said) -> Effect:
    """Closed for good, unless it is opened again; from now on the days of the identity are counted."""
    return {"archived_at": c.now}, {}


def reopen(c: Command, concern: Concern, said: Said) -> Effect:
    """It was not settled after all: the clock starts anew today."""
    concern.stage = concern.level = concern.paused_days = 0
    set_due(Clock(c.hall), concern, c.business_date)
    changes = {
        "resolved_at": None,
        "archived_at": None,
        "satisfaction": None,
        "reopened": concern.reopened + 1,
    }
    changes |= {"level": 0, "paused_days": 0, **clock_of(concern)}
    return changes, {"reason": said.reason, "due_on": str(concern.due_on)}


def escalate(c: Command, concern: Concern, said: Said) -> Effect:
    """One level up, by hand."""
    if concern.level >= LEVELS:
        raise Refused("highest_level")
    level = next_level(concern, concern.level + 1)
    return {"level": level}, {"level": level, "reason": said.reason}


def ask_pause(c: Command, concern: Concern, said: Said) -> Effect:
    """Ask that the clock stops, and why; it runs on until a manager agrees."""
    if concern.pause_asked_by:
        raise Refused("pause_asked")
    return {"pause_asked_by": c.by.name, "pause_reason": said.reason}, {"reason": said.reason}


def grant_pause(c: Command, concern: Concern, said: Said) -> Effect:
    """A second person agrees: the clock stops today."""
    if not concern.pause_asked_by:
        raise Refused("pause_not_asked")
    if concern.pause_asked_by == c.by.name:
        raise Refused("second_person", 403)
    changes = {"before_pause": concern.state, "paused_on": c.business_date, "next_at": None}
    return changes, {"reason": concern.pause_reason}


def deny_pause(c: Command, concern: Concern, said: Said) -> Effect:
    """A manager does not agree."""
    if not concern.pause_asked_by:
        raise Refused("pause_not_asked")
    return {"pause_asked_by": "", "pause_reason": ""}, {"reason": said.reason}


def resume(c: Command, concern: Concern, said: Said) -> Effect:
    """The clock runs again; the limit moves by exactly the working days that passed."""
    clock, today = Clock(c.hall), c.business_date
    days = clock.calendar.working_days_between(concern.paused_on or today, today)
    concern.paused_days += days
    concern.state = concern.before_pause
    count(clock, concern)
    concern.state = Concern.State.PAUSED
    changes = {"paused_days": concern.paused_days, "paused_on": None, "pause_asked_by": ""}
    changes |= {"pause_reason": "", **clock_of(concern)}
    return changes, {"reason": said.reason, "days": days, "due_on": str(concern.due_on)}


def erase(c: Command, concern: Concern, said: Said) -> Effect:
    """The person asked that their identity be erased."""
    return erasure(c, concern), {"reason": said.reason}


def erasure(c: Command, concern: Concern) -> Change:
    """Erase who it was, and the evidence; what the statistics need stays."""
    erase_files(c, concern.photos.filter(erased_at=None))
    return no_person(c.now)


def erase_files(
    c: Command, rows: QuerySet[ConcernPhoto] | QuerySet[FindingFile] | QuerySet[ProjectFile]
) -> int:
    """Erase evidence that is no longer needed; the files go once the transaction stands. Returns how many."""
    files = list(rows.values_list("file", flat=True))
    rows.update(erased_at=c.now)
    transaction.on_commit(functools.partial(_drop_all, files), robust=True)
    return len(files)


EFFECTS: dict[str, Callable[[Command, Concern, Said], Effect]] = {
    "accept": accept,
    "classify": classify,
    "assign": assign,
    "note": note,
    "resolve": resolve,
    "tell": told_person,
    "call_back": call_back,
    "archive": archive,
    "reopen": reopen,
    "escalate": escalate,
    "ask_pause": ask_pause,
    "grant_pause": grant_pause,
    "deny_pause": deny_pause,
    "resume": resume,
    "erase": erase,
}


def _drop_all(files: list[str]) -> None:
    for file in files:
        drop(file)


def clock_of(concern: Concern) -> Change:
    """The fields of its clock, as they stand now."""
    return {name: getattr(concern, name) for name in CLOCK}


def _department(c: Command, said: Said) -> Change:
    return {"department": department_of(c, said.department)} if said.department else {}
