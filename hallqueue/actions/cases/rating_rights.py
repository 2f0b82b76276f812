"""Who sees which rating, and who may move its case: never who was rated, but for an appeal."""

from django.db.models import Q

from hallqueue.actions.command import Actor, Command
from hallqueue.cases.moves import MANAGER
from hallqueue.cases.rating_states import MOVES, RATED
from hallqueue.errors import Refused
from hallqueue.models import WATCHERS, Rating, RatingCase


def seen_by(by: Actor) -> Q:
    """The ratings somebody may see: all for those who watch the hall, but those of the own service; else none."""
    if by.role not in WATCHERS:
        return Q(pk=None)
    return ~Q(user=by.user) | Q(user=None) if by.user is not None else Q()


def cases_of_rated(by: Actor) -> Q:
    """The cases somebody was rated in and may know of: once classified, so that they can appeal."""
    if by.user is None:
        return Q(pk=None)
    return Q(rating__user=by.user) & ~Q(sort="")


def case_of(c: Command, pk: int) -> RatingCase:
    """A case the speaker sees or was rated in; raises Refused("unknown_rating")."""
    rows = RatingCase.objects.filter(hall=c.hall, pk=pk).select_related("rating__service", "handler")
    found = rows.first()
    if found is None or not (_sees(c.by, found.rating) or rows.filter(cases_of_rated(c.by)).exists()):
        raise Refused("unknown_rating", 404)
    return found


def may_say(by: Actor, case: RatingCase, verb: str) -> bool:
    """Whether somebody may say a verb about a case: a manager, or for an appeal who was rated."""
    rated = by.user is not None and case.rating.user_id == by.user.pk
    hands = MOVES[verb].hands
    return rated if hands == RATED else hands == MANAGER and by.may_manage and not rated


def moves_of(by: Actor, case: RatingCase) -> list[str]:
    """The verbs somebody may say about a case now, in the order of the table."""
    return [
        verb
        for verb, rule in MOVES.items()
        if case.state in rule.origins and may_say(by, case, verb) and _fits(by, case, verb)
    ]


def may_reveal(by: Actor, case: RatingCase) -> bool:
    """Who rated is for those who must call them."""
    return may_say(by, case, "call_back")


def _sees(by: Actor, rating: Rating) -> bool:
    return by.role in WATCHERS and (by.user is None or rating.user_id != by.user.pk)


def _fits(by: Actor, case: RatingCase, verb: str) -> bool:
    if verb == "appeal":
        return case.appealed_at is None
    return verb not in ("uphold", "reject") or case.claimed_by != by.name
