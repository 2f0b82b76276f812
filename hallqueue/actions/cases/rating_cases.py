"""A bad rating is called back, classified, answered, closed; it is set aside only after a second person's review."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hallqueue.actions.cases.concern_effects import one_more
from hallqueue.actions.cases.concern_words import long_text, nameless
from hallqueue.actions.cases.rating_rights import case_of, may_reveal, may_say
from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.numbering import numbered
from hallqueue.cases.clock import Clock, limit_of, set_limit
from hallqueue.cases.moves import log_case
from hallqueue.cases.rating_states import MOVES, move
from hallqueue.errors import Refused
from hallqueue.models import HANDS, Rating, RatingCase, RatingRules, User

Change = dict[str, Any]
Effect = tuple[Change, Change]
LONGEST = {"reason": 500, "note": 500, "answer": 1000}
LONGEST_MEASURE = 1000
MOST_DAYS = 120


@dataclass(frozen=True)
class Said:
    """What may be said with a verb: a sign-in for handler, one of RatingCase.Sort, its limit in working days."""

    reason: str = ""
    note: str = ""
    answer: str = ""
    handler: str = ""
    sort: str = ""
    days: int = 0


def open_case(c: Command, rating: Rating) -> None:
    """A bad rating is its department's case from this moment, with a clock."""
    case = RatingCase(hall=c.hall, rating=rating, opened_at=c.now, **numbered(c, RatingCase, "P"))
    case.department = rating.service.department
    set_limit(Clock(c.hall), case, c.business_date, RatingRules.of(c.hall).case_days)
    case.save()
    log_case(c.log, "case", case, "rating.case_opened", due_on=str(case.due_on))


def follow_up(c: Command, rating: Rating) -> None:
    """The citizen says how the answer was (追评); a bad word opens the case again.

    Raises Refused: rating_state, rating_over.
    """
    case = RatingCase.objects.filter(rating=rating).first()
    if case is None or case.answered_at is None:
        raise Refused("rating_not_answered")
    answered_on = c.hall.business_date(case.answered_at)
    if c.business_date > RatingRules.of(c.hall).last_again(answered_on):
        raise Refused("rating_over")
    if rating.again_level in Rating.BAD_LEVELS:
        changes, told = _again(c, case, Said())
        move(c.log, case, "insist", told=told | {"satisfaction": rating.again_level}, **changes)
    else:
        move(c.log, case, "follow_up", told={"satisfaction": rating.again_level})


@command
def move_rating_case(c: Command, /, *, case: int, verb: str, **said: Any) -> Answer:
    """Say a verb of MOVES about a bad rating; `said` are the fields the verb knows (`Said`).

    Raises Refused: unknown_rating, not_allowed, bad_input, rating_needs, rating_state, second_review, call_back_first,
    appealed_already, unknown_handler, due_too_far.
    """
    if verb not in EFFECTS:
        raise Refused("bad_input", 400, detail="verb")
    found = case_of(c, case)
    if not may_say(c.by, found, verb):
        raise Refused("not_allowed", 403)
    if found.state not in MOVES[verb].origins:
        raise Refused("rating_state", rating_state=found.state, label=found.label)
    changes, told = EFFECTS[verb](c, found, _checked(verb, Said(**said), found.rating))
    if found.handler is None and c.by.user is not None and verb != "appeal":
        changes = {"handler": c.by.user} | changes
    move(c.log, found, verb, told=told, **changes)
    return {"case": found.pk, "number": found.label, "state": found.state}


@command
def reveal_rater(c: Command, *, case: int, reason: str) -> Answer:
    """Somebody looks at who rated, to call back, and says why. The answer holds no personal data: it is kept."""
    found = case_of(c, case)
    if not may_reveal(c.by, found):
        raise Refused("not_allowed", 403)
    why = nameless(long_text(reason, 200), found.rating)
    if not why:
        raise Refused("reason_required")
    log_case(c.log, "case", found, "rating.revealed", reason=why)
    return {"case": found.pk, "number": found.label}


def _checked(verb: str, said: Said, rating: Rating) -> Said:
    texts = {name: nameless(long_text(getattr(said, name), limit), rating) for name, limit in LONGEST.items()}
    clean = Said(**{**vars(said), **texts})
    for name in MOVES[verb].needs:
        if not getattr(clean, name):
            raise Refused("rating_needs", 409, rating_field=name)
    return clean


def _assign(c: Command, case: RatingCase, said: Said) -> Effect:
    rows = User.objects.filter(hall=c.hall, username=said.handler, is_active=True, role__in=HANDS)
    handler = rows.first()
    if handler is None or handler.pk == case.rating.user_id:
        raise Refused("unknown_handler", 404)
    return {"handler": handler}, {"handler": str(handler)}


def _call_back(c: Command, case: RatingCase, said: Said) -> Effect:
    """Who rated was called, reached or not."""
    return {"called_back_at": c.now, "call_back_note": said.note}, {"reason": said.note}


def _classify(c: Command, case: RatingCase, said: Said) -> Effect:
    """立行立改、限期整改 (with a reason and working days from today) or 解释说明."""
    _refuse_uncalled(case)
    if said.sort not in RatingCase.Sort.values:
        raise Refused("bad_input", 409, detail="sort")
    changes: Change = {"sort": said.sort}
    if said.sort == RatingCase.Sort.IN_TIME:
        changes |= _limit(c, case, said)
    return changes, {"sort": said.sort, "reason": said.reason, "due_on": str(case.due_on)}


def _limit(c: Command, case: RatingCase, said: Said) -> Change:
    for name in ("reason", "days"):
        if not getattr(said, name):
            raise Refused("rating_needs", 409, rating_field=name)
    if not 0 < said.days <= MOST_DAYS:
        raise Refused("due_too_far", limit=MOST_DAYS)
    set_limit(Clock(c.hall), case, c.business_date, said.days)
    return limit_of(case) | {"measure": one_more(case.measure, said.reason, LONGEST_MEASURE)}


def _note(c: Command, case: RatingCase, said: Said) -> Effect:
    return {"measure": one_more(case.measure, said.note, LONGEST_MEASURE)}, {"reason": said.note}


def _answer(c: Command, case: RatingCase, said: Said) -> Effect:
    """What the citizen reads; the clock ends."""
    _refuse_uncalled(case)
    late = case.due_at is not None and c.now >= case.due_at
    changes = {"answer": said.answer, "answered_at": c.now, "next_at": None}
    return changes, {"reason": said.answer, "late": late}


def _close(c: Command, case: RatingCase, said: Said) -> Effect:
    return {"closed_at": c.now}, {}


def _claim(c: Command, case: RatingCase, said: Said) -> Effect:
    """误评·恶意, as who handles it says."""
    _refuse_uncalled(case)
    claimed = {"claim": said.reason, "claimed_by": c.by.name, "before_review": case.state}
    return claimed, {"reason": said.reason}


def _appeal(c: Command, case: RatingCase, said: Said) -> Effect:
    """Who was rated does not agree; once."""
    if case.appealed_at is not None:
        raise Refused("appealed_already")
    claimed = {"claim": said.reason, "claimed_by": c.by.name, "before_review": case.state}
    return claimed | {"appealed_at": c.now}, {"reason": said.reason}


def _uphold(c: Command, case: RatingCase, said: Said) -> Effect:
    """A second person agrees: the rating stays on record and is not counted."""
    _refuse_same_person(c, case)
    Rating.objects.filter(pk=case.rating_id).update(counted=False)
    return {"closed_at": c.now, "next_at": None}, {"reason": said.reason}


def _reject(c: Command, case: RatingCase, said: Said) -> Effect:
    _refuse_same_person(c, case)
    return {}, {"reason": said.reason}


def _again(c: Command, case: RatingCase, said: Said) -> Effect:
    """It was not settled: it counts, and the clock starts anew today."""
    Rating.objects.filter(pk=case.rating_id).update(counted=True)
    set_limit(Clock(c.hall), case, c.business_date, RatingRules.of(c.hall).case_days)
    changes = limit_of(case) | {"closed_at": None, "reopened": case.reopened + 1}
    return changes, {"reason": said.reason, "due_on": str(case.due_on)}


def _refuse_uncalled(case: RatingCase) -> None:
    """Who left a telephone number is called first, always (实名差评回访率 100 %)."""
    if case.rating.phone_sealed and case.called_back_at is None:
        raise Refused("call_back_first")


def _refuse_same_person(c: Command, case: RatingCase) -> None:
    if case.claimed_by == c.by.name:
        raise Refused("second_review", 403)


EFFECTS: dict[str, Callable[[Command, RatingCase, Said], Effect]] = {
    "call_back": _call_back,
    "classify": _classify,
    "note": _note,
    "answer": _answer,
    "close": _close,
    "assign": _assign,
    "dispute": _claim,
    "appeal": _appeal,
    "uphold": _uphold,
    "reject": _reject,
    "reopen": _again,
}
