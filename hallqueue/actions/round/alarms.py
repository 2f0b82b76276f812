"""What needs a hand now: alarms are raised and cleared by events, so that screens stay a function of the log."""

from collections.abc import Sequence, Set
from datetime import datetime
from typing import Any

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.round.alarm_kinds import WATCHES
from hallqueue.actions.round.alarm_steps import changes, has_grown, is_due, told_anew
from hallqueue.models import Alarm, Hall

About = tuple[str, str]
"""What an alarm is about: its kind and its subject (`service:12`, `window:3`, `device:5`, `hall`)."""


@command
def look_round(c: Command, *, kinds: list[str] | None = None) -> Answer:
    """Raise alarms (of these kinds, or all) for what needs a hand now, clear those that are over, and tell anew those
    whose people changed; events all."""
    due, standing = due_alarms(c.hall, c.now, kinds), standing_alarms(c.hall, kinds)
    for about in sorted(due - standing.keys()):
        _raise(c, about)
    for about in sorted(standing.keys() - due):
        _clear(c, standing[about])
    for about in sorted(standing.keys() & due):
        if (facts := _changed(c.hall, standing[about], c.now)) is not None:
            _tell_anew(c, standing[about], facts)
    return {"raised": len(due - standing.keys()), "cleared": len(standing.keys() - due)}


@command
def acknowledge(c: Command, *, alarm: int) -> Answer:
    """A manager has seen an alarm; it stays listed, quietly, with the name and the time, until it is over."""
    _see(c, [alarm])
    return {"alarm": alarm}


@command
def acknowledge_all(c: Command, *, alarms: Sequence[int]) -> Answer:
    """A manager has seen these alarms, all that the screen showed; one raised meanwhile is not among them."""
    return {"seen": _see(c, alarms)}


@command
def retell(c: Command, *, subject: str) -> Answer:
    """Tell anew what stands about a subject: a printer without paper, say, whose cover is open now."""
    standing = [alarm for alarm in standing_alarms(c.hall).values() if alarm.subject == subject]
    for alarm in standing:
        _tell_anew(c, alarm, WATCHES[alarm.kind].tell(c.hall, subject))
    return {"told": len(standing)}


def alarms_moved(
    hall: Hall, now: datetime, kinds: list[str] | None = None, standing: Set[About] | None = None
) -> bool:
    """Whether `look_round` would change anything: a few short reads, so that a quiet hall writes nothing.

    `standing` is what is alarmed about already, of whatever kind, where that was read before.
    """
    now = max(now, hall.moved_at)
    due = due_alarms(hall, now, kinds)
    if standing is None:
        standing = standing_alarms(hall).keys()
    if due != {about for about in standing if kinds is None or about[0] in kinds}:
        return True
    of_people = {kind for kind, _ in due if WATCHES[kind].of_people}
    found = standing_alarms(hall, sorted(of_people)).values() if of_people else ()
    return any(_changed(hall, alarm, now) is not None for alarm in found)


def due_alarms(hall: Hall, now: datetime, kinds: list[str] | None = None) -> set[About]:
    """What should be alarmed about now, of these kinds or all."""
    asked = WATCHES if kinds is None else kinds
    return {(kind, subject) for kind in asked for subject in WATCHES[kind].due(hall, now)}


def standing_alarms(hall: Hall, kinds: list[str] | None = None) -> dict[About, Alarm]:
    """What is alarmed about already, of these kinds or all."""
    found = Alarm.objects.filter(hall=hall, cleared_at=None)
    if kinds is not None:
        found = found.filter(kind__in=kinds)
    return {(alarm.kind, alarm.subject): alarm for alarm in found}


def _see(c: Command, alarms: Sequence[int]) -> int:
    """Whoever saw an alarm first has seen it; how many of these were seen by nobody before: one act, however many."""
    unseen = Alarm.objects.filter(hall=c.hall, pk__in=alarms, cleared_at=None, acknowledged_by="")
    found = list(unseen.order_by("pk"))
    for alarm in found:
        alarm.acknowledged_by, alarm.acknowledged_at = c.by.name, c.now
        alarm.save(update_fields=["acknowledged_by", "acknowledged_at"])
    if found:
        about = [[alarm.kind, alarm.subject] for alarm in found]
        c.log.record(
            "alarm.acknowledged", count=len(found), alarms=[alarm.pk for alarm in found], about=about
        )
    return len(found)


def _raise(c: Command, about: About) -> None:
    kind, subject = about
    data = WATCHES[kind].tell(c.hall, subject)
    Alarm.objects.create(hall=c.hall, kind=kind, subject=subject, raised_at=c.now, data=data)
    c.log.record("alarm.raised", kind=kind, subject=subject, about=data)


def _changed(hall: Hall, alarm: Alarm, now: datetime) -> dict[str, Any] | None:
    """What a standing alarm about people who wait should tell now, where that is not what it told; else None."""
    watch = WATCHES[alarm.kind]
    if not watch.of_people:
        return None
    facts = watch.tell(hall, alarm.subject)
    return facts if facts != alarm.facts and is_due(alarm.data, facts, now) else None


def _tell_anew(c: Command, alarm: Alarm, facts: dict[str, Any]) -> None:
    """Whoever saw an alarm saw what it named then: when it has grown by services or windows it is to be seen again."""
    if has_grown(alarm.data, facts):
        alarm.acknowledged_by, alarm.acknowledged_at = "", None
    about = changes(alarm.data, facts)
    alarm.data = told_anew(alarm.data, facts, c.now)
    alarm.save(update_fields=["data", "acknowledged_by", "acknowledged_at"])
    c.log.record("alarm.retold", kind=alarm.kind, subject=alarm.subject, about=about)


def _clear(c: Command, alarm: Alarm) -> None:
    alarm.cleared_at = c.now
    alarm.save(update_fields=["cleared_at"])
    c.log.record("alarm.cleared", kind=alarm.kind, subject=alarm.subject)
