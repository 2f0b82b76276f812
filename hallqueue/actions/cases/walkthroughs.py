"""Walkthroughs (走流程): begun with a citizen's ticket or without, filled step by step from a phone, finished once."""

import re
from datetime import UTC, datetime, timedelta

from hallqueue.actions.cases.concern_words import long_text
from hallqueue.actions.command import Actor, Answer, Command, command
from hallqueue.actions.line.tickets import LINK, active_service
from hallqueue.actions.numbering import numbered
from hallqueue.cases import finding_states
from hallqueue.cases.walkthrough_states import MOVES, move
from hallqueue.errors import Refused
from hallqueue.models import WALKERS, WATCHERS, Ticket, Walkthrough, WalkthroughStep

RECORDED_WITHIN = timedelta(days=31)
MOST_STEPS, MOST_MATERIALS, MOST_TRIPS, MOST_WINDOWS = 200, 60, 99, 99

_LABEL = re.compile(r"[A-Z]{1,3}\d{1,6}")


@command
def start_walkthrough(
    c: Command,
    *,
    mode: str,
    walker: str = "official",
    place: str = "hall",
    place_note: str = "",
    scope: str = "whole",
    ticket: str = "",
    consent: bool = False,
    service: str = "",
    matter: str = "",
    situation: str = "",
    began: int = 0,
    again_of: int = 0,
) -> Answer:
    """Begin one; `ticket` is a number of today or the ticket's link, `service` a code, `matter` words in its stead.

    `began` (ms of the epoch) is for one that was walked without the phone and is recorded within a month;
    `again_of` names the walkthrough whose matter is walked again (再走一遍).

    Answers {walkthrough, number}. Raises Refused: not_allowed, bad_input, consent_required,
    walkthrough_ticket_unknown, walkthrough_ticket_day, walkthrough_ticket_taken, unknown_service, matter_required.
    """
    if c.by.user is None or c.by.role not in WALKERS:
        raise Refused("not_allowed", 403)
    found = _ticket(c, ticket, consent) if ticket.strip() else None
    numbers = numbered(c, Walkthrough)
    walk = Walkthrough(hall=c.hall, user=c.by.user, ticket=found, consent=found is not None, **numbers)
    walk.mode = choice_of("mode", mode, Walkthrough.Mode.values)
    walk.walker = choice_of("walker", walker, Walkthrough.Walker.values)
    walk.place = choice_of("place", place, Walkthrough.Place.values)
    walk.scope = choice_of("scope", scope, Walkthrough.Scope.values)
    walk.place_note, walk.situation = long_text(place_note, 60), long_text(situation, 500)
    walk.again_of = Walkthrough.objects.filter(hall=c.hall, pk=again_of).first()
    _matter(c, walk, service, matter)
    walk.started_at = found.issued_at if found else _begun(c, began)
    walk.business_date = c.hall.business_date(walk.started_at)
    walk.materials = _known_materials(walk)
    walk.save()
    told: Answer = {
        "mode": walk.mode,
        "place": walk.place,
        "service": walk.service.code if walk.service else "",
    }
    c.log.record("walkthrough.started", walkthrough=walk.pk, number=walk.label, **told)
    return {"walkthrough": walk.pk, "number": walk.label}


@command
def take_step(c: Command, *, walkthrough: int, kind: str, at: int = 0) -> Answer:
    """One tap: a step begins, at the phone's moment `at` (ms of the epoch; 0: now), and the one before it ends."""
    walk = own_walkthrough(c, walkthrough)
    if walk.own_steps.count() >= MOST_STEPS:
        raise Refused("step_limit", limit=MOST_STEPS)
    choice_of("kind", kind, WalkthroughStep.Kind.values)
    move(c.log, walk, "step", told={"kind": kind})
    began = moment_of(c, walk, at)
    step = WalkthroughStep.objects.create(hall=c.hall, walkthrough=walk, kind=kind, began_at=began)
    return {"step": step.pk}


@command
def strike_step(c: Command, *, walkthrough: int, step: int) -> Answer:
    """A tap too many: the step is struck out, not erased."""
    walk = own_walkthrough(c, walkthrough)
    found = walk.own_steps.filter(pk=step, struck=False).first()
    if found is None:
        raise Refused("unknown_step", 404)
    move(c.log, walk, "strike", told={"kind": found.kind})
    found.struck = True
    found.save(update_fields=["struck"])
    return {"step": found.pk}


@command
def compare_material(c: Command, *, walkthrough: int, name: str, guide: bool, asked: bool) -> Answer:
    """A paper: whether the guide names it and whether it was asked for; neither takes it from the list."""
    walk = own_walkthrough(c, walkthrough)
    clean = long_text(name, 100)
    if not clean:
        raise Refused("bad_input", 400, detail="name")
    kept = {each["name"]: each for each in walk.materials}
    kept[clean] = {"name": clean, "guide": guide, "asked": asked}
    found = [each for each in kept.values() if each["guide"] or each["asked"]]
    if len(found) > MOST_MATERIALS:
        raise Refused("bad_input", 400, detail="materials")
    move(c.log, walk, "material", materials=found)
    return {"materials": len(found)}


@command
def tell_facts(
    c: Command, *, walkthrough: int, trips: int = 1, windows: int = 0, reused: str = "", suggestion: str = ""
) -> Answer:
    """How often one had to come, at how many windows (0: as the calls say), what was reused, what could be better."""
    walk = own_walkthrough(c, walkthrough)
    if not 1 <= trips <= MOST_TRIPS or not 0 <= windows <= MOST_WINDOWS:
        raise Refused("bad_input", 400, detail="trips")
    changes = {"trips": trips, "windows": windows or None}
    texts = {"reused": long_text(reused, 500), "suggestion": long_text(suggestion, 1000)}
    move(c.log, walk, "facts", **changes, **texts)
    return {"walkthrough": walk.pk}


@command
def finish_walkthrough(c: Command, *, walkthrough: int, at: int = 0) -> Answer:
    """It is over; a second time is refused."""
    walk = own_walkthrough(c, walkthrough)
    move(c.log, walk, "finish", ended_at=moment_of(c, walk, at))
    return {"walkthrough": walk.pk, "number": walk.label}


@command
def drop_walkthrough(c: Command, *, walkthrough: int, reason: str) -> Answer:
    """It does not count (begun by mistake, or a test), nor do its open findings; the reason stays."""
    walk = own_walkthrough(c, walkthrough)
    clean = long_text(reason, 200)
    if not clean:
        raise Refused("reason_required", 400)
    move(c.log, walk, "drop", reason=clean, ended_at=walk.ended_at or c.now)
    for finding in walk.findings.filter(state__in=finding_states.MOVES["withdraw"].origins):
        over = {"next_at": None, "closed_at": c.now}
        finding_states.move(c.log, finding, "withdraw", told={"reason": clean}, **over)
    return {"walkthrough": walk.pk}


def own_walkthrough(c: Command, pk: int) -> Walkthrough:
    """The speaker's own walkthrough, or for a manager any; raises Refused("unknown_walkthrough")."""
    found = Walkthrough.objects.filter(hall=c.hall, pk=pk).select_related("ticket", "service").first()
    mine = found is not None and c.by.user is not None and found.user_id == c.by.user.pk
    if found is None or not (mine or c.by.may_manage):
        raise Refused("unknown_walkthrough", 404)
    return found


def moment_of(c: Command, walk: Walkthrough, at: int) -> datetime:
    """The phone's moment, but never before the walkthrough began nor after now: a phone's clock may be wrong."""
    told = told_moment(at) if at else None
    return min(max(told or c.now, walk.started_at), c.now)


def told_moment(at: int) -> datetime | None:
    """Milliseconds of the epoch as a moment; None for what is none."""
    try:
        return datetime.fromtimestamp(at / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def choice_of(name: str, value: str, choices: list[str]) -> str:
    """One of `choices`; raises Refused("bad_input")."""
    if value not in choices:
        raise Refused("bad_input", 400, detail=name)
    return value


def may_see(by: Actor, walk: Walkthrough) -> bool:
    """Its walker, and those who watch the hall."""
    return by.role in WATCHERS or (by.user is not None and walk.user_id == by.user.pk)


def may_walk(by: Actor, walk: Walkthrough) -> bool:
    """Whether somebody may go on with it: it is their own and not over."""
    mine = by.user is not None and by.user.pk == walk.user_id
    return mine and walk.state in MOVES["step"].origins


def _ticket(c: Command, text: str, consent: bool) -> Ticket:
    """Today's ticket, by its number or its link, whose holder agreed."""
    clean = text.replace("\x00", "").strip()[:200]
    link = LINK.search(clean)
    known = Ticket.objects.filter(hall=c.hall).order_by("-business_date")
    label = re.sub(r"[\s-]", "", clean).upper()
    if link is None and not _LABEL.fullmatch(label):
        raise Refused("walkthrough_ticket_unknown", 404)
    found = (known.filter(token=link[1]) if link else known.filter(label=label)).first()
    if found is None:
        raise Refused("walkthrough_ticket_unknown", 404)
    if found.business_date != c.business_date:
        raise Refused("walkthrough_ticket_day", label=found.label, date=str(found.business_date))
    if not consent:
        raise Refused("consent_required", 400)
    if found.walkthroughs.filter(state=Walkthrough.State.WALKING).exists():
        raise Refused("walkthrough_ticket_taken", label=found.label)
    return found


def _begun(c: Command, began: int) -> datetime:
    """When it began: now, or as it is recorded afterwards. Raises Refused("walkthrough_began")."""
    told = told_moment(began) if began else c.now
    if told is None or not c.now - RECORDED_WITHIN <= told <= c.now:
        raise Refused("walkthrough_began", 400, limit=RECORDED_WITHIN.days)
    return told


def _matter(c: Command, walk: Walkthrough, service: str, matter: str) -> None:
    """What it is about: a service of the hall, the ticket's, or words."""
    if service:
        walk.service = active_service(c, service)
    elif walk.ticket is not None:
        walk.service = walk.ticket.service
    first = walk.again_of
    if first is not None and not (walk.service or matter.strip()):
        walk.service, matter = first.service, first.matter
    walk.matter = walk.service.name if walk.service else long_text(matter, 200)
    if not walk.matter:
        raise Refused("matter_required", 400)


def _known_materials(walk: Walkthrough) -> list[dict[str, object]]:
    """What the guide asks for: the catalogue's list, without one as the last walkthrough of the service knew it.

    What is asked is yet to be seen.
    """
    if walk.service is None:
        return []
    if walk.service.documents_to_bring:
        return [
            {"name": each[:100], "guide": True, "asked": False} for each in walk.service.documents_to_bring
        ]
    last = Walkthrough.objects.filter(hall=walk.hall, service=walk.service).exclude(materials=[])
    found = last.exclude(state=Walkthrough.State.DROPPED).order_by("-id").first()
    listed = found.materials if found else []
    return [{"name": each["name"], "guide": True, "asked": False} for each in listed if each["guide"]]
