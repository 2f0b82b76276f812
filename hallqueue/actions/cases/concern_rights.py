"""Who sees which concern, and who may move it."""

from django.db.models import Q

from hallqueue.actions.command import Actor, Command
from hallqueue.cases.clock import LEVELS
from hallqueue.cases.concern_states import MOVES
from hallqueue.cases.moves import HALL, MANAGER
from hallqueue.errors import Refused
from hallqueue.models import WATCHERS, Concern, ConcernDuty, Shift, User, WindowService

RAISES = ("clerk", "desk", "manager", "administrator", "citizen")
SEES_ALL = ("desk", "hall", *WATCHERS)
ACTS = ("clerk", "manager", "administrator")
CITIZEN = "citizen"


def seen_by(by: Actor) -> Q:
    """The concerns somebody may see: a clerk those of the own department, and those in the own hands."""
    if by.role in SEES_ALL:
        return Q()
    if by.role != "clerk":
        return Q(pk=None)
    mine = Q(raised_by=by.name)
    if by.user is None:
        return mine
    return mine | Q(handler=by.user) | Q(department__in=departments_of(by.user))


def departments_of(user: User) -> set[int]:
    """The departments (ids) whose concerns a clerk shares: by duty, and by the own work of the window last sat at."""
    duties = ConcernDuty.objects.filter(hall=user.hall_id, user=user).values_list("department", flat=True)
    shift = Shift.objects.filter(user=user).order_by("-id").first()
    if shift is None:
        return set(duties)
    own = WindowService.objects.filter(window=shift.window_id, rank=0)
    return {*duties, *own.values_list("service__department", flat=True)}


def concern_of(c: Command, pk: int) -> Concern:
    """A concern that the speaker may see; raises Refused("unknown_concern")."""
    rows = Concern.objects.filter(seen_by(c.by), hall=c.hall, pk=pk).select_related("grade", "handler")
    concern = rows.first()
    if concern is None:
        raise Refused("unknown_concern", 404)
    return concern


def may_say(by: Actor, verb: str) -> bool:
    """Whether somebody who sees a concern may say a verb about it."""
    hands = MOVES[verb].hands
    if hands == HALL:
        return False
    return by.may_manage if hands == MANAGER else by.role in ACTS


def moves_of(by: Actor, concern: Concern) -> list[str]:
    """The verbs somebody may say about a concern now, in the order of the table."""
    return [
        verb
        for verb, rule in MOVES.items()
        if concern.state in rule.origins and may_say(by, verb) and _fits(by, concern, verb)
    ]


def may_reveal(by: Actor, concern: Concern) -> bool:
    """The identity is for who must call the person: the handler, and the manager."""
    return by.may_manage or (by.user is not None and concern.handler_id == by.user.pk and by.role in ACTS)


def _fits(by: Actor, concern: Concern, verb: str) -> bool:
    asked = bool(concern.pause_asked_by)
    match verb:
        case "ask_pause":
            return not asked
        case "grant_pause":
            return asked and concern.pause_asked_by != by.name
        case "deny_pause":
            return asked
        case "escalate":
            return concern.level < LEVELS
        case "erase":
            return concern.purged_at is None
    return True
