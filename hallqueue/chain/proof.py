"""Whether the log is as it was written: its chain from the first line to the head, the anchors, the tickets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from hallqueue.chain.anchors import Anchor
from hallqueue.chain.links import CHAINED, START, algorithm_of, content_of, link_of, settled
from hallqueue.lifecycle import MOVING
from hallqueue.models import Hall, Ticket
from hallqueue.statements import exists, rows
from hallqueue.texts import text
from hallqueue.transactions import one_read

_LINES = """SELECT "hall_id", "seq", "at", "business_date", "kind", "by", "screen", "ticket_id", "window_id", "data",
    "link" FROM "hallqueue_event" WHERE "hall_id" = %s AND "seq" > %s ORDER BY "seq" LIMIT 5000"""  # CHAINED first
_BEYOND = 'SELECT 1 FROM "hallqueue_event" WHERE "hall_id" = %s AND "seq" > %s LIMIT 1'
_SEQ, _AT, _KIND, _TICKET = (CHAINED.index(name) for name in ("seq", "at", "kind", "ticket_id"))


@dataclass(frozen=True)
class Remark:
    """Something found, as a sentence `audit.found.<code>` with its params."""

    code: str
    params: dict[str, Any]

    def sentence(self, lang: str) -> str:
        """In words."""
        is_one = self.code == "missing" and self.params["first"] == self.params["last"]
        return text(f"audit.found.{self.code}{'_one' if is_one else ''}", lang, **self.params)


@dataclass
class Verdict:
    """What was found: `flaws` say what is wrong, the first line first; `notes` what one should know besides."""

    hall: Hall
    lines: int = 0
    anchors_met: int = 0
    flaws: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        """Nothing is wrong."""
        return not self.flaws

    def sentences(self, lang: str) -> Iterator[str]:
        """All of it, in words."""
        hall = self.hall
        if self.is_well:
            facts = {"lines": self.lines, "anchors": self.anchors_met}
            yield text("audit.well", lang, hall=hall.name, link=hall.link, epoch=hall.epoch, **facts)
        yield from (remark.sentence(lang) for remark in (*self.flaws, *self.notes))


@dataclass(frozen=True)
class _Renewal:
    """A backup was put back: what stood at `seq` and later under `epochs` was lost."""

    seq: int
    epochs: tuple[str, ...]
    after: str
    reason: str


def verify(hall: Hall, anchors: Sequence[Anchor] = ()) -> Verdict:
    """Walk the whole log of a hall; it may go on meanwhile, what comes later is not looked at."""
    with one_read():
        head = Hall.objects.get(pk=hall.pk)
        is_longer = exists(_BEYOND, head.pk, head.seq)
    walk = _Walk(head, anchors)
    if walk.to_the_end():
        walk.look_at_the_head(is_longer)
    if walk.verdict.is_well:
        walk.verdict.flaws += _strayed_tickets(head, walk.states)
    return walk.verdict


def _moment(hall: Hall, kept: Any) -> str:
    """When a line was written by the hall's clock, as the auditor's page says it; as it stands if that is no moment."""
    try:
        moment = datetime.fromisoformat(str(kept))
    except ValueError:
        return str(kept)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return f"{moment.astimezone(hall.local_zone):%Y-%m-%d %H:%M:%S}"


class _Walk:
    """Line after line: the chain, the anchors, and where each ticket should stand."""

    def __init__(self, head: Hall, anchors: Sequence[Anchor]) -> None:
        self.head = head
        self.verdict = Verdict(head)
        self.states: dict[int, str] = {}
        self._link = START
        self._renewals: list[_Renewal] = []
        self._confirmed: set[str] = set()
        self._lost: dict[int, Anchor] = {}  # by the renewal's seq, the last anchor of what it gave up
        self._good: Anchor | None = None
        self._at: dict[int, list[Anchor]] = {}
        for anchor in anchors:
            self._at.setdefault(anchor.seq, []).append(anchor)

    def to_the_end(self) -> bool:
        """Walk to the head; False as soon as something is wrong."""
        while self.verdict.lines < self.head.seq:
            found = rows(_LINES, self.head.pk, self.verdict.lines)
            for line in found:
                if not self._step(line):
                    return False
                if self.verdict.lines == self.head.seq:
                    break
            if not found:
                return self._wrong("cut", last=self.verdict.lines, head=self.head.seq)
        return True

    def look_at_the_head(self, is_longer: bool) -> None:
        """What only the end shows: a head of its own, lines behind it, anchors that lead further, restored backups."""
        if is_longer:
            self._wrong("beyond", head=self.head.seq)
        elif self._link != self.head.link:
            self._wrong("head", seq=self.head.seq)
        for seq in sorted(seq for seq in self._at if seq > self.head.seq):
            if not self._meet(seq):
                return
        for renewal in self._renewals:
            self._tell(renewal)

    def _step(self, line: Sequence[Any]) -> bool:
        seq, link = line[_SEQ], line[-1]
        expected = self.verdict.lines + 1
        if seq != expected:
            return self._wrong("missing", first=expected, last=seq - 1)
        told = settled(line[-2])
        content = content_of(line[:-2], told)
        if link != link_of(self._link, content, algorithm_of(link)):
            return self._wrong("changed", seq=seq, at=_moment(self.head, line[_AT]), kind=line[_KIND])
        self._link = link
        self.verdict.lines = seq
        self._note(line, told)
        return seq not in self._at or self._meet(seq)

    def _note(self, line: Sequence[Any], told: Any) -> None:
        kind, ticket = line[_KIND], line[_TICKET]
        if kind == "ticket.issued":
            self.states[ticket] = Ticket.State.WAITING.value
        elif kind in MOVING:
            self.states[ticket] = told["to"]
        elif kind == "epoch.renewed":
            epochs = (told["before"], told["lost_epoch"])
            self._renewals.append(_Renewal(line[_SEQ], epochs, told["after"], told["reason"]))

    def _meet(self, seq: int) -> bool:
        """Whether the anchors of a line hold; one of a history that a restored backup gave up is remembered."""
        for anchor in self._at[seq]:
            if seq <= self.head.seq and anchor.link == self._link:
                self._good = anchor
                self.verdict.anchors_met += 1
                self._confirmed.add(anchor.epoch)
            elif (renewal := self._given_up(anchor)) is not None:
                self._lost[renewal.seq] = anchor
            else:
                return self._broken(anchor)
        return True

    def _given_up(self, anchor: Anchor) -> _Renewal | None:
        for renewal in self._renewals:
            if anchor.epoch in renewal.epochs and anchor.seq >= renewal.seq:
                return renewal
        return None

    def _broken(self, anchor: Anchor) -> bool:
        if anchor.seq > self.head.seq:
            return self._wrong("cut_anchored", seq=anchor.seq, at=anchor.at, head=self.head.seq)
        good = self._good.seq if self._good else 0
        return self._wrong("rewritten", first=good + 1, last=anchor.seq, at=anchor.at)

    def _tell(self, renewal: _Renewal) -> None:
        """A restored backup is told, always; that it lost lines counts only if the anchors know of the renewal."""
        lost = self._lost.get(renewal.seq)
        if lost is not None and renewal.after not in self._confirmed:
            self._wrong("renewal_unanchored", seq=renewal.seq)
        facts = {"seq": renewal.seq, "reason": renewal.reason, "lost": lost.seq if lost else renewal.seq - 1}
        self.verdict.notes.append(Remark("restored_lost" if lost else "restored", facts))

    def _wrong(self, code: str, **params: Any) -> bool:
        self.verdict.flaws.append(Remark(code, params))
        return False


def _strayed_tickets(hall: Hall, states: dict[int, str]) -> Iterator[Remark]:
    """Tickets whose row and log disagree; the hall may have moved on meanwhile, so each is asked once more."""
    sql = 'SELECT "id", "state" FROM "hallqueue_ticket" WHERE "hall_id" = %s'
    unlike = {key for key, state in rows(sql, hall.pk) if states.pop(key, None) != state}
    for key in sorted(unlike | states.keys()):
        with one_read():
            row = Ticket.objects.filter(pk=key).first()
            told = _state_told(hall, key)
        if row is None or row.state != told:
            label = row.label if row else f"#{key}"
            yield Remark("strayed", {"label": label, "state": row.state if row else "–", "told": told or "–"})


def _state_told(hall: Hall, ticket: int) -> str:
    """The state that the log's last move of a ticket led to; "" for a ticket the log does not know."""
    moves = hall.events.filter(ticket=ticket, kind__in=(*MOVING, "ticket.issued")).order_by("-seq")
    last = moves.first()
    return "" if last is None else str(last.data.get("to", Ticket.State.WAITING.value))
