"""Who sees which finding, who may move it, and which walkthroughs may verify it."""

from datetime import date

from django.db.models import Q

from hallqueue.actions.command import Actor
from hallqueue.cases.finding_states import MOVES
from hallqueue.cases.moves import HALL, MANAGER
from hallqueue.cases.supervision import FIRST, OF_FINDING, led_by
from hallqueue.models import WATCHERS, Event, Finding, User, Walkthrough


def seen_by(by: Actor) -> Q:
    """The findings somebody may see: all for those who watch, else those one owns or noted, and of a department one
    leads those that came up to its lead."""
    if by.role in WATCHERS:
        return Q()
    if by.user is None:
        return Q(pk=None)
    come_up = Q(level__gte=FIRST) & led_by(by.user, OF_FINDING)
    return Q(owner=by.user) | Q(walkthrough__user=by.user) | come_up


def may_say(by: Actor, finding: Finding, verb: str) -> bool:
    """Managers say all, the owner what an owner says; whoever supervises it adds a word."""
    hands = MOVES[verb].hands
    if hands == HALL or by.user is None:
        return hands != HALL and by.may_manage
    owns = finding.owner_id == by.user.pk
    return by.may_manage or (hands != MANAGER and owns) or (verb == "note" and _supervises(by.user, finding))


def walked_again(finding: Finding) -> list[Walkthrough]:
    """What may verify it: finished walkthroughs of the same matter, begun after it was put right, not the owner's.

    Where it was told afterwards that it was put right on an earlier day, those of the days since then.
    """
    first = finding.walkthrough
    same = Q(again_of=first) | Q(service=first.service) if first.service_id else Q(again_of=first)
    rows = Walkthrough.objects.filter(same, hall=finding.hall_id, state=Walkthrough.State.FINISHED)
    on = _put_right_on(finding)
    later = rows.filter(business_date__gt=on) if on else rows.filter(started_at__gte=finding.fixed_at)
    return list(later.exclude(user=finding.owner).exclude(pk=first.pk).order_by("-id")[:20])


def there_since(finding: Finding) -> date:
    """The day on which it was found, or found again: what was put right before does not count."""
    back = _last_line(finding, "fail", "reopen")
    return back.business_date if back else finding.hall.business_date(finding.found_at)


def _supervises(user: User, finding: Finding) -> bool:
    """Whether it is late and came up to somebody as the lead of its department."""
    mine = Finding.objects.filter(led_by(user, OF_FINDING), pk=finding.pk)
    return finding.level >= FIRST and mine.exists()


def _put_right_on(finding: Finding) -> date | None:
    """The earlier day that its owner told when it was fixed last; None: that very moment."""
    last = _last_line(finding, "fix")
    return date.fromisoformat(last.data["on"]) if last is not None and last.data.get("on") else None


def _last_line(finding: Finding, *verbs: str) -> Event | None:
    seqs = list(finding.lines.values_list("seq", flat=True))
    kinds = [MOVES[verb].event for verb in verbs]
    told = Event.objects.filter(hall=finding.hall_id, seq__in=seqs, kind__in=kinds)
    return told.order_by("-seq").first()
