"""What must always hold, as far as the database can tell: `check(hall)` proves I1–I14 of the design."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q

from hallqueue.chain.proof import verify
from hallqueue.lifecycle import MOVES
from hallqueue.models import (
    Call,
    Day,
    Event,
    Hall,
    Receipt,
    SeriesCounter,
    Service,
    Ticket,
    Window,
)
from hallqueue.order import GUARDED
from hallqueue.routing import PRECEDENCE, STEP, line, next_called, stranded
from hallqueue.topics.queue import queue_of
from hallqueue.topics.reading import Reading
from hallqueue.topics.window import line_of
from tests.routing_by_hand import ByHand

VERB_OF = {move.event: verb for verb, move in MOVES.items()}
LANE = ("service", "klass", "language", "precedence", "sent_to", "fallback")
KEPT = ("position", "state", "lent_by", "joined_to", "requeued")


@dataclass
class Replayed:
    """A ticket as the log alone tells it."""

    service: int
    klass: str
    language: str
    precedence: int
    position: int
    fallback: bool
    sent_to: int | None = None
    lent_by: int | None = None
    joined_to: int | None = None
    requeued: int = 0
    state: str = "waiting"
    before: dict[str, Any] = field(default_factory=dict)
    calls: list[tuple[int | None, str]] = field(default_factory=list)

    def keep(self) -> None:
        """Remember what one undo brings back."""
        self.before = {name: getattr(self, name) for name in (*LANE, *KEPT)}

    def lane(self) -> tuple[Any, ...]:
        """Tickets of one lane may be taken by the very same windows, so among them position alone decides."""
        return tuple(getattr(self, name) for name in LANE)


def check(hall: Hall) -> None:
    """Assert every invariant of a hall; reads only."""
    hall = Hall.objects.get(pk=hall.pk)
    tickets = {ticket.pk: ticket for ticket in Ticket.objects.filter(hall=hall)}
    events = list(Event.objects.filter(hall=hall).order_by("seq"))
    _check_log(hall, events)
    _check_numbers(hall, list(tickets.values()))
    _check_places(hall)
    _check_answers(hall, tickets)
    _check_times(hall)
    _check_days(hall, events)
    check_routing(hall)
    replayed = Replay(hall, events).tickets
    _check_replay(replayed, tickets)
    _check_visits(tickets, events)


def _check_visits(tickets: dict[int, Ticket], events: list[Event]) -> None:
    """A joined number's matters live on in the visit it was joined to; whoever was reminded of is told in the log."""
    for ticket in tickets.values():
        assert (ticket.state == "joined") == (ticket.joined_to_id is not None), (
            f"{ticket.label} is joined to nobody"
        )
        if ticket.joined_to_id is not None:
            brought = [
                matter for matter in tickets[ticket.joined_to_id].matters if matter["joined"] == ticket.pk
            ]
            assert brought, f"{ticket.label} was joined, and its matter is lost"
        parked = ticket.state == "parked"
        assert parked or ticket.remind_at is ticket.reminded_at is None, f"{ticket.label} is not parked"
    told = {event.ticket_id for event in events if event.kind == "ticket.reminded"}
    assert {key for key, ticket in tickets.items() if ticket.reminded_at} <= told, (
        "a reminder without its event"
    )


def _check_log(hall: Hall, events: list[Event]) -> None:
    seqs = [event.seq for event in events]
    assert seqs == list(range(1, hall.seq + 1)), f"I9: the log has gaps before {hall.seq}"
    times = [event.at for event in events]
    assert times == sorted(times), "I13: the log runs backwards"
    assert list(verify(hall).sentences("en"))[1:] == [], "the chain of the log is broken"


def _check_numbers(hall: Hall, tickets: list[Ticket]) -> None:
    given: dict[tuple[Any, int], list[int]] = {}
    for ticket in tickets:
        given.setdefault((ticket.business_date, ticket.series_id), []).append(ticket.number)
    counted = {
        (each.business_date, each.series_id): list(range(each.first, each.last + 1))
        for each in SeriesCounter.objects.filter(hall=hall, last__gte=F("first"))
    }
    for key, numbers in given.items():
        assert sorted(numbers) == counted[key], f"I1: numbers of {key}: {sorted(numbers)}"
    assert given.keys() == counted.keys(), "I3: numbers were counted whose tickets are gone"


def _check_places(hall: Hall) -> None:
    open_tickets = Ticket.objects.filter(hall=hall, state__in=Ticket.OPEN_STATES)
    at = sorted(open_tickets.values_list("pk", "window_id"))
    calls = sorted(Call.objects.filter(hall=hall, ended_at=None).values_list("ticket_id", "window_id"))
    assert at == calls, f"I2: open tickets {at} and open calls {calls} differ"
    windows = [window for _, window in at]
    assert len(windows) == len(set(windows)), f"I2: two at one window: {at}"
    away = Ticket.objects.filter(hall=hall).exclude(state__in=Ticket.OPEN_STATES).exclude(window=None)
    assert not away.exists(), "I2: a ticket that is not open stands at a window"


def _check_answers(hall: Hall, tickets: dict[int, Ticket]) -> None:
    for answer in Receipt.objects.filter(hall=hall, refused=False).values_list("answer", flat=True):
        if "ticket" not in answer:
            continue
        ticket = tickets.get(answer["ticket"])
        assert ticket is not None, f"I3: {answer} was acknowledged, and is gone"
        assert ticket.label == answer["label"], f"I10: {answer} now bears {ticket.label}"
        assert ticket.token == answer.get("token", ticket.token), f"I10: {answer} has another link now"


def _check_times(hall: Hall) -> None:
    backwards = (
        Q(called_at__lt=F("issued_at")) | Q(started_at__lt=F("called_at")) | Q(ended_at__lt=F("issued_at"))
    )
    wrong = Ticket.objects.filter(backwards | Q(ended_at__lt=F("called_at")), hall=hall)
    assert not wrong.exists(), (
        f"I13: {wrong.values('label', 'issued_at', 'called_at', 'started_at', 'ended_at')}"
    )
    early = Q(said_at__lt=F("called_at")) | Q(started_at__lt=F("called_at")) | Q(ended_at__lt=F("called_at"))
    calls = Call.objects.filter(early | Q(ended_at__lt=F("started_at")), hall=hall)
    assert not calls.exists(), f"I13: {calls.values()}"
    ended = Ticket.objects.filter(hall=hall).exclude(Q(ended_at=None) ^ Q(state__in=Ticket.ENDED_STATES))
    assert not ended.exists(), "I13: ended, and not ended"


def _check_days(hall: Hall, events: list[Event]) -> None:
    closed = sorted(
        str(day)
        for day in Day.objects.filter(hall=hall, closed_at__isnull=False).values_list(
            "business_date", flat=True
        )
    )
    told = sorted(event.data["date"] for event in events if event.kind == "day.closed")
    assert closed == told, f"I12: closed {closed}, told {told}"
    living = Ticket.objects.filter(hall=hall, business_date__in=closed, state__in=MOVES["expire"].origins)
    assert not living.exists(), "I12: somebody still lives in a closed day"


def check_routing(hall: Hall) -> None:
    """I5–I7 at this moment, by a routing of our own over plain rows."""
    by_hand = ByHand(hall)
    assert [t.pk for t in stranded(hall)] == by_hand.lost(), "I6: the stranded list is wrong"
    Reading._catalogues.clear()  # what a test rolled back leaves no trace in the log
    reading = Reading(Hall.objects.get(pk=hall.pk))
    for window in by_hand.windows:
        window.hall = hall
        mine, found = by_hand.line(window), [ticket.pk for ticket in line(window)]
        assert found == mine, f"I5–I7: window {window.number} should see {mine}, sees {found}"
        assert [row["id"] for row in line_of(reading, window)] == mine, (
            f"I5: {window.number} shows another line"
        )
        called, shown = next_called(window), queue_of(reading, window).next_row()
        assert (called.ticket.pk if called else None) == (mine[0] if mine else None), (
            f"I5: window {window.number} calls another"
        )
        assert (shown["ticket"] if shown else None) == (mine[0] if mine else None), "I5: the preview is wrong"
        assert called is None or shown is None or shown["code"] == called.why.code, "the preview says why"


class Replay:
    """The log told again from its first event, on paper: states (I4), order of calls (I5, I11), counts (I8)."""

    def __init__(self, hall: Hall, events: list[Event]) -> None:
        self.tickets: dict[int, Replayed] = {}
        self.services = dict(Service.objects.filter(hall=hall).values_list("code", "pk"))
        self.windows = dict(Window.objects.filter(hall=hall).values_list("number", "pk"))
        self.languages = dict(Ticket.objects.filter(hall=hall).values_list("pk", "language"))
        self.sits: dict[str, int | None] = {}
        for event in events:
            if event.kind in ("shift.started", "shift.ended"):
                self.sits[f"user:{event.data['user']}"] = (
                    event.window_id if event.kind == "shift.started" else None
                )
            elif event.kind == "ticket.issued":
                self._issue(event)
            elif event.kind in VERB_OF:
                self._move(event)
            elif event.kind in ("ticket.verified", "ticket.unverified"):
                self._reclass(event)
            elif event.kind == "ticket.aged":
                self._age(event)

    def _age(self, event: Event) -> None:
        assert event.ticket_id is not None
        ticket, told = self.tickets[event.ticket_id], event.data
        assert ticket.state == "waiting", f"I5: {event} while {ticket.state}"
        assert told["reason"] in ("guard", "ageing"), "I5: nobody goes forward without a reason"
        assert event.by, "I5: nobody goes forward without a name"
        assert told["before"] == ticket.precedence > told["precedence"] >= GUARDED, f"I5: {event} sets back"
        ticket.precedence = told["precedence"]

    def _issue(self, event: Event) -> None:
        assert event.ticket_id is not None
        assert event.ticket_id not in self.tickets, f"I4: issued twice: {event}"
        told = event.data
        self.tickets[event.ticket_id] = Replayed(
            service=self.services[told["service"]],
            klass=told["klass"],
            language=self.languages[event.ticket_id],
            precedence=PRECEDENCE[told["klass"]],
            position=event.seq * STEP,
            fallback=bool(told["fallback"]),
            sent_to=self.windows.get(told.get("to_window")),
        )

    def _reclass(self, event: Event) -> None:
        """A priority seen or taken back changes the class, and what an undo would bring back; never the place."""
        assert event.ticket_id is not None
        assert event.by, "I5: a change of class without a name"
        ticket = self.tickets[event.ticket_id]
        assert ticket.state in ("waiting", "parked", "missed"), (
            f"I4: {event} of a ticket that is {ticket.state}"
        )
        ticket.klass, ticket.precedence = event.data["to"], PRECEDENCE[event.data["to"]]
        if ticket.before:
            ticket.before |= {"klass": ticket.klass, "precedence": ticket.precedence}

    def _move(self, event: Event) -> None:
        assert event.ticket_id is not None
        ticket, verb = self.tickets[event.ticket_id], VERB_OF[event.kind]
        rule = MOVES[verb]
        assert event.data["from"] == ticket.state, (
            f"I4: {event} leaves {event.data['from']}, it was {ticket.state}"
        )
        assert ticket.state in rule.origins, f"I4: {event}: {verb} from {ticket.state}"
        target = {"undo": ticket.before.get("state"), "correct": ticket.state}.get(verb, rule.target)
        assert event.data["to"] == target, f"I4: {event} leads to {event.data['to']}, not {target}"
        if verb == "call" and ticket.state == "waiting" and "reason" not in event.data:
            self._check_turn(event, ticket)
        self._apply(verb, ticket, event)
        ticket.state = event.data["to"]

    def _check_turn(self, event: Event, ticket: Replayed) -> None:
        lane, place = ticket.lane(), ticket.position
        before = [
            key
            for key, each in self.tickets.items()
            if each.state == "waiting" and each.position < place and each.lane() == lane
        ]
        assert not before, f"I5: {event} went before {before}"

    def _apply(self, verb: str, ticket: Replayed, event: Event) -> None:
        if verb == "undo":
            for name, value in ticket.before.items():
                setattr(ticket, name, value)
            ticket.before = {}
            if event.data["from"] in ("called", "serving") and event.data["to"] not in ("called", "serving"):
                ticket.calls.pop()
        elif verb != "recall":
            ticket.keep()
        if verb in ("refuse", "fall_back"):
            assert event.data["fallback"], "I6: left to the fallback window without a reason"
            ticket.sent_to, ticket.fallback = None, True
        elif verb in ("transfer", "redirect", "advance"):
            self._send(ticket, event)
        else:
            self._note(verb, ticket, event)

    def _note(self, verb: str, ticket: Replayed, event: Event) -> None:
        if verb == "call":
            ticket.calls.append((event.window_id, event.by))
            ticket.sent_to = None
            ticket.precedence = PRECEDENCE[ticket.klass]
        elif verb == "finish":
            ticket.lent_by = None
        elif verb == "requeue":
            assert event.by, "I5: a change of position without a name"
            ticket.position = event.data["position"]
            ticket.requeued += event.data["from"] == "missed"
        elif verb in ("correct", "reroute"):
            ticket.service = self.services[event.data["service"]]
        elif verb == "join":
            ticket.joined_to = event.data["into"]

    def _send(self, ticket: Replayed, event: Event) -> None:
        """On to a service, a window, the fallback window, or back to the clerk who lent the person."""
        told = event.data
        assert told["reason"], "I5: a transfer without a reason"
        assert event.by, "I5: a change of position without a name"
        ticket.sent_to = self.windows.get(told["to_window"])
        ticket.fallback = bool(told["fallback"])
        ticket.service = self.services.get(told["service"], ticket.service)
        ticket.position = told.get("position", ticket.position)
        if event.kind == "ticket.transferred":
            self._sent_on(ticket, told["klass"], told.get("place", "keep"))
        if event.kind == "ticket.advanced" and "klass" in told:
            ticket.klass, ticket.precedence = told["klass"], PRECEDENCE[told["klass"]]
        if told.get("back"):
            ticket.lent_by = event.window_id

    def _sent_on(self, ticket: Replayed, klass: str, place: str) -> None:
        """Ordinary people are transferred ones now; who comes back goes first; nobody does if put behind others."""
        lender = next((by for window, by in reversed(ticket.calls) if window == ticket.lent_by), "")
        if klass == "returning" and ticket.sent_to in (ticket.lent_by, self.sits.get(lender, ticket.lent_by)):
            ticket.lent_by = None
        else:
            kept = "transferred" if ticket.klass == "ordinary" else ticket.klass
            assert klass == kept, f"I5: {ticket.klass} sent on as {klass}"
        behind = place in ("back", "after") and klass in ("transferred", "returning")
        ticket.klass, ticket.precedence = klass, PRECEDENCE["ordinary" if behind else klass]


def _check_replay(replayed: dict[int, Replayed], tickets: dict[int, Ticket]) -> None:
    assert replayed.keys() == tickets.keys(), "I3: the log and the tickets know different people"
    for key, told in replayed.items():
        row = tickets[key]
        stands: tuple[Any, ...] = (row.state, row.service_id, row.position, row.for_window_id)
        stands += (bool(row.fallback_reason), row.return_to_id, row.joined_to_id, row.requeue_count)
        says: tuple[Any, ...] = (told.state, told.service, told.position, told.sent_to, told.fallback)
        says += (told.lent_by, told.joined_to, told.requeued)
        assert stands == says, f"I4: {row.label} stands {stands}, the log says {says}"
        assert (row.precedence, row.klass) == (told.precedence, told.klass), f"I5: {row.label} changed class"
    counted = Counter(row.state for row in tickets.values())
    assert counted == Counter(told.state for told in replayed.values()), "I8"
    assert sum(counted[state] for state in Ticket.State.values) == len(tickets), "I14"
