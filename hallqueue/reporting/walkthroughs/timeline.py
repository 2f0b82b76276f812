"""The line of time of a walkthrough: what the queue did, from the log; one's own steps; what stood in the way."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hallqueue.models import Event, Finding, Service, Walkthrough, WalkthroughStep
from hallqueue.stories import SERVING, WAITING, Story, asides_of, story_of
from hallqueue.texts import has_text, text

QUEUE, OWN, PAPER, FOUND = "queue", "own", "paper", "found"
ENDING = frozenset({"ticket.called", "ticket.started", "ticket.transferred", "ticket.parked"})
ENDING |= {"ticket.finished", "ticket.cancelled", "ticket.expired"}
"""Events of the queue that end a step of one's own; whose number is passed over is busy with it still."""


@dataclass(frozen=True)
class Line:
    """One thing that happened; `lasted` is how long, or None: not known, or still going on; `during` what lasted."""

    at: datetime
    source: str
    words: str
    detail: str = ""
    lasted: timedelta | None = None
    during: str = ""
    kind: str = ""
    step: int = 0
    finding: Finding | None = None


@dataclass(frozen=True)
class Figures:
    """What a walkthrough cost: counts, and times (None: nothing was measured)."""

    steps: int
    waited: timedelta | None
    served: timedelta | None
    whole: timedelta | None
    windows: int
    trips: int
    asked: int
    guide: int
    beyond: int
    findings: int


def timeline_of(walk: Walkthrough, lang: str) -> list[Line]:
    """Everything in order of time."""
    queue = list(_queue(walk, lang))
    own = _own(walk, queue, lang)
    found = [_found(each, lang) for each in walk.findings.prefetch_related("files")]
    return sorted([*queue, *own, *found, *_paper(walk, queue, lang)], key=lambda line: line.at)


def figures_of(walk: Walkthrough, now: datetime) -> Figures:
    """Counted from the log and from what was told, up to its end: what becomes of the ticket later is not in it."""
    story = story_of(walk.ticket, walk.ended_at or max(now, walk.hall.moved_at)) if walk.ticket else None
    own = _own(walk, list(_queue(walk, "zh")), "zh")
    served = [step for step in story.steps if step.event.kind == "ticket.started"] if story else []
    asked = [each for each in walk.materials if each["asked"]]
    return Figures(
        steps=len(own) + len(served) + (story is not None),
        waited=_both(story.waited if story else None, own, WalkthroughStep.Kind.QUEUE),
        served=_both(story.served if story else None, own, WalkthroughStep.Kind.WINDOW),
        whole=_whole(walk, now),
        windows=walk.windows or _windows(story, own),
        trips=walk.trips,
        asked=len(asked),
        guide=sum(1 for each in walk.materials if each["guide"]),
        beyond=sum(1 for each in asked if not each["guide"]),
        findings=walk.findings.count(),
    )


def _whole(walk: Walkthrough, now: datetime) -> timedelta | None:
    """From its beginning to its end, or so far; of one that was left open on an earlier day nobody knows."""
    if walk.ended_at is None and walk.business_date < walk.hall.business_date(max(now, walk.hall.moved_at)):
        return None
    return (walk.ended_at or now) - walk.started_at


def reused_in(walk: Walkthrough) -> str:
    """The papers nobody had to bring again: what was told, and what the window noted when it finished."""
    noted = walk.ticket.replaced_papers if walk.ticket else ""
    return "；".join(dict.fromkeys(each for each in (walk.reused, noted) if each))


def _queue(walk: Walkthrough, lang: str) -> Iterable[Line]:
    """The ticket's events, up to the end of the walkthrough."""
    if walk.ticket is None:
        return
    for step in story_of(walk.ticket, walk.ended_at).steps:
        event, key = step.event, f"story.{step.event.kind}"
        yield Line(
            at=event.at,
            source=QUEUE,
            words=text(key, lang) if has_text(key) else event.kind,
            detail=_where(event, lang),
            lasted=step.lasted,
            during=text(f"words.state.{step.state}", lang) if step.state in (WAITING, SERVING) else "",
            kind=event.kind,
        )


def _where(event: Event, lang: str) -> str:
    """At which window it happened; of who was sent on there, also where to."""
    sent, places = event.data if event.kind == "ticket.transferred" else {}, list[str]()
    if event.window:
        places.append(text("walkthrough.at_window", lang, number=event.window.number))
    if sent.get("to_window") is not None:
        places.append(text("walkthrough.at_window", lang, number=sent["to_window"]))
    elif sent.get("fallback"):
        places.append(text("acts.to_fallback", lang))
    elif sent.get("service"):
        places += Service.objects.filter(hall=event.hall_id, code=sent["service"]).values_list(
            "name", flat=True
        )
    return " → ".join(places)


def _own(walk: Walkthrough, queue: list[Line], lang: str) -> list[Line]:
    """Steps of one's own; each ends with the next, or when the queue goes on, or with the walkthrough."""
    rows = list(walk.own_steps.filter(struck=False))
    lines = [
        Line(row.began_at, OWN, text(f"walkthrough.step.{row.kind}", lang), kind=row.kind, step=row.pk)
        for row in rows
    ]
    ends = [line.at for line in lines] + [line.at for line in queue if line.kind in ENDING]
    ends += [walk.ended_at] if walk.ended_at else []
    return [_ended(line, ends) for line in lines]


def _ended(line: Line, ends: list[datetime]) -> Line:
    later = [each for each in ends if each > line.at]
    return replace(line, lasted=min(later) - line.at if later else None)


def _found(finding: Finding, lang: str) -> Line:
    return Line(
        at=finding.found_at,
        source=FOUND,
        words=text(f"walkthrough.finding.{finding.kind}", lang),
        detail=finding.note,
        kind=finding.kind,
        finding=finding,
    )


def _paper(walk: Walkthrough, queue: list[Line], lang: str) -> Iterable[Line]:
    """The slips of the ticket of which its own events do not tell at that moment."""
    told = {line.at for line in queue if line.kind.startswith("slip.")}
    if walk.ticket is not None:
        for aside in asides_of(walk.ticket, lang):
            if aside.icon == "printer" and aside.at not in told:
                yield Line(aside.at, PAPER, aside.words)


def _both(queue: timedelta | None, own: list[Line], kind: str) -> timedelta | None:
    """The queue's own time and what was told by hand."""
    told = [line.lasted for line in own if line.kind == kind and line.lasted is not None]
    if queue is None and not told:
        return None
    return sum(told, queue or timedelta())


def _windows(story: Story | None, own: list[Line]) -> int:
    called = {step.event.window_id for step in story.steps if step.event.window_id} if story else set()
    return len(called) + sum(1 for line in own if line.kind == WalkthroughStep.Kind.WINDOW)
