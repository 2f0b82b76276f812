"""The one file that decides order: who of those waiting before a window is called next, and why.

Pure: values in, values out. No database, and no clock (I11): what time does to order is done by events
(`ticket.aged`), which change a ticket's precedence. The call itself and every preview ask `in_order`.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

# Smaller goes first; inside one class, position decides (I5).
PRECEDENCE: dict[str, int] = {
    "returning": 10,
    "priority": 20,
    "appointment": 30,
    "transferred": 40,
    "ordinary": 50,
}
GUARDED = 5  # who waited over the guard goes before everybody
USUAL = PRECEDENCE["ordinary"]  # whatever goes before it is preferred
LADDER = (USUAL, 40, 30, 20)  # the steps that ageing climbs
UNDER_WAY = ("transferred", "returning")  # taken by every window of their service, whatever classes it lists

BEHIND = ("back", "after", "end")  # places among all who wait, newcomers as well

# Positions are given out this far apart, so that a ticket can be put between two others.
STEP = 1024

STRICT, RATIO, AGEING = "strict", "ratio", "ageing"
PREFERRED, ORDINARY = "preferred", "ordinary"
HALL = 0
"""The scope of the hall's own policy; any other scope is the id of a series with a policy of its own."""


class Rules(NamedTuple):
    """A policy: its kind; how many preferred, then how many ordinary; minutes a step; minutes at most (0: off)."""

    kind: str = STRICT
    preferred: int = 1
    ordinary: int = 2
    ageing_minutes: int = 20
    guard_minutes: int = 60


Policies = Mapping[int, Rules]
"""By scope; a hall without a row of its own follows `Rules()`."""


class Standing(NamedTuple):
    """Somebody waiting before one window; as tuples they compare in plain order."""

    precedence: int
    position: int
    ticket: int
    rank: int = 0
    scope: int = HALL
    klass: str = "ordinary"
    sent: bool = False


class Why(NamedTuple):
    """Why somebody is next.

    `code`: guard (waited too long), turn (`number` of `of` in a ratio), alone (a ratio, but nobody of the other kind
    waits), sent (to this window), aged, class, place (came first). `rank` 0 is own work, above it helping out.
    `turn` is what the call will count as: preferred, ordinary, or "" for a call outside the turns.
    """

    code: str
    turn: str = ""
    number: int = 0
    of: int = 0
    rank: int = 0


class Next(NamedTuple):
    """Somebody, and why it is their turn."""

    who: Standing
    why: Why


def scope_of(series: int, policies: Policies) -> int:
    """The scope whose policy a series follows."""
    return series if series in policies else HALL


def in_order(
    people: Iterable[Standing], policies: Policies, past: Mapping[int, Sequence[str]] | None = None
) -> Iterator[Next]:
    """Everybody before one window as it would call them, if from now on it alone called.

    `past`: for each scope under a ratio its last turns, newest first. Who waited over the guard comes first, then own
    work before helping out; inside a rank each scope names its first by its policy, and the first of those goes.
    """
    turns = {
        scope: Turns(rules, (past or {}).get(scope, ()))
        for scope, rules in policies.items()
        if rules.kind == RATIO
    }
    ranks: dict[int, list[Standing]] = {}
    for each in sorted(people):
        if each.precedence <= GUARDED:
            yield Next(each, Why("guard", rank=each.rank))
        else:
            ranks.setdefault(each.rank, []).append(each)
    for rank in sorted(ranks):
        yield from _of_one_rank(ranks[rank], turns)


@dataclass
class Turns:
    """Whose turn it is in a scope: so many preferred, then so many ordinary; told by the last turns alone.

    Only the run at the end counts: who has had less than their part in a row goes on, else the others begin. So no
    counter can drift, an undone call gives its turn back, and a stretch with one kind only leaves no debt.
    """

    rules: Rules
    past: Sequence[str] = ()
    kind: str = field(init=False, default="")
    run: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        for turn in reversed(self.past):
            self.took(turn)

    def took(self, kind: str) -> None:
        """Somebody of this kind was called."""
        self.run = self.run + 1 if kind == self.kind else 1
        self.kind = kind

    def wanted(self) -> tuple[str, int, int]:
        """Whose turn it is, the how manieth, of how many."""
        parts = {PREFERRED: self.rules.preferred, ORDINARY: self.rules.ordinary}
        if self.kind and self.run < parts[self.kind]:
            return self.kind, self.run + 1, parts[self.kind]
        other = ORDINARY if self.kind == PREFERRED else PREFERRED
        return other, 1, parts[other]


class _Lane:
    """One rank of one scope under a ratio, or of all scopes without one together."""

    def __init__(self, turns: Turns | None) -> None:
        self._turns = turns
        self._waiting: dict[str, deque[Standing]] = {PREFERRED: deque(), ORDINARY: deque()}

    def add(self, one: Standing) -> None:
        """Behind those who came before."""
        self._waiting[turn_of(one.precedence)].append(one)

    def first(self) -> Next | None:
        """Whom this lane would send."""
        both = all(self._waiting.values())
        if self._turns is None or not both:
            kind = PREFERRED if self._waiting[PREFERRED] else ORDINARY
            waiting = self._waiting[kind]
            return Next(waiting[0], self._plainly(waiting[0], kind)) if waiting else None
        kind, number, of = self._turns.wanted()
        one = self._waiting[kind][0]
        return Next(one, Why("turn", kind, number, of, one.rank))

    def take(self, called: Next) -> None:
        """They were called: the turn moves on."""
        self._waiting[called.why.turn].popleft()
        if self._turns is not None:
            self._turns.took(called.why.turn)

    def _plainly(self, one: Standing, kind: str) -> Why:
        return Why("alone", kind, rank=one.rank) if self._turns is not None else _plainly(one, kind)


def sent_on(klass: str) -> str:
    """The class of somebody sent on: ordinary people keep their place and go before newcomers."""
    return "transferred" if klass == "ordinary" else klass


def placed(klass: str, place: str) -> int:
    """The precedence of somebody put at a place: who is under way goes before newcomers, unless put behind them."""
    own = PRECEDENCE[klass]
    return max(own, USUAL) if klass in UNDER_WAY and place in BEHIND else own


def turn_of(precedence: int) -> str:
    """What a call of somebody so placed counts as."""
    return PREFERRED if precedence < USUAL else ORDINARY


def _plainly(one: Standing, kind: str) -> Why:
    """Why somebody is next where no ratio decides."""
    if one.sent:
        return Why("sent", kind, rank=one.rank)
    if one.precedence < PRECEDENCE[one.klass]:
        return Why("aged", kind, rank=one.rank)
    return Why("place" if kind == ORDINARY else "class", kind, rank=one.rank)


def _of_one_rank(people: list[Standing], turns: Mapping[int, Turns]) -> Iterator[Next]:
    if not turns:
        yield from (Next(one, _plainly(one, turn_of(one.precedence))) for one in people)
        return
    lanes: dict[int, _Lane] = {}
    for one in people:
        name = one.scope if one.scope in turns else -1
        if name not in lanes:
            lanes[name] = _Lane(turns.get(name))
        lanes[name].add(one)
    for _ in people:
        named = [(first, lane) for lane in lanes.values() if (first := lane.first())]
        best, lane = min(named, key=lambda each: each[0].who)
        yield best
        lane.take(best)


def aged(rules: Rules, klass: str, precedence: int, minutes: float) -> tuple[int, str] | None:
    """What so many minutes of waiting make of a precedence: the new one and `guard` or `ageing`; None: nothing yet.

    Ageing climbs one step of the LADDER in every full `ageing_minutes`; nobody is ever set back.
    """
    if rules.guard_minutes and minutes >= rules.guard_minutes:
        return (GUARDED, "guard") if precedence > GUARDED else None
    if rules.kind != AGEING or PRECEDENCE[klass] not in LADDER:
        return None
    step = LADDER.index(PRECEDENCE[klass]) + int(minutes // rules.ageing_minutes)
    reached = LADDER[min(step, len(LADDER) - 1)]
    return (reached, "ageing") if reached < precedence else None


def first_due(policies: Policies) -> int | None:
    """After how many minutes of waiting anything may come of it; None: never."""
    rules = [*policies.values(), *([] if HALL in policies else [Rules()])]
    minutes = [each.guard_minutes for each in rules if each.guard_minutes]
    minutes += [each.ageing_minutes for each in rules if each.kind == AGEING]
    return min(minutes, default=None)
