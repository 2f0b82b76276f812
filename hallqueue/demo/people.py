"""Simulated citizens and clerks: generators that act through the hall's actions and yield minutes to wait."""

import uuid
from collections.abc import Callable, Generator
from typing import Any

from hallqueue.actions import windows
from hallqueue.actions.cases.ratings import rate_own
from hallqueue.actions.command import Actor, Answer
from hallqueue.actions.line import calling, sending, tickets
from hallqueue.demo import crowd
from hallqueue.demo.crowd import Chance, Offer, Wish
from hallqueue.errors import Refused
from hallqueue.models import Call, Hall, Rating, Role, Service, Shift, Ticket, User, Window, WindowService
from hallqueue.rating_reasons import reasons_for
from hallqueue.routing import first_in_line, waiting

MOST_PATIENCE = 12
Life = Generator[float, None, None]

CITIZEN = Actor("demo:citizen", "kiosk", screen="kiosk")
RATER = Actor("demo:citizen", "anyone", screen="phone")
DESK = Actor("demo:desk", Role.DESK, screen="desk")
SOURCE = "demo"  # on each simulated ticket; printers and reports may leave them out


class People:
    """Everybody simulated in one hall: what they share, and how each of them lives."""

    def __init__(self, hall: Hall, chance: Chance) -> None:
        self.hall = hall
        self.chance = chance
        self.offers = offers_of(hall)
        self.staffed = staffed_windows(hall)
        self._run = uuid.uuid4().hex[:12]
        self._said = 0

    def say(self, verb: Callable[..., Answer], by: Actor, **details: Any) -> Answer:
        """Give one command with a key of its own."""
        self._said += 1
        return verb(self.hall.pk, by, f"demo-{self._run}-{self._said}", **details)

    def citizen(self, wish: Wish) -> Life:
        """Take a number, unless the line is too long; some grow tired of waiting."""
        if not wish.to_fallback and self._turns_round(wish.service):
            return
        try:
            ticket = self._take_number(wish)
        except Refused:
            return
        if self.chance.happens(1):
            yield self.chance.between(10, 30)
            self._try(tickets.cancel, DESK, ticket=ticket["ticket"], reason="群众离开")

    def come_back(self, ticket: int, after: float) -> Life:
        """A parked or missed person comes to the desk and is put back into the line."""
        yield after
        self._try(tickets.requeue, DESK, ticket=ticket)

    def rate(self, ticket: int) -> Life:
        """Whoever was served says how it was, from the telephone on the way out; half of them do not."""
        yield self.chance.between(0.5, 20)
        for asked in Rating.objects.filter(ticket=ticket, level=None).select_related("ticket"):
            if self.chance.happens(50):
                level = self.chance.weighted(crowd.LEVELS)
                reasons = [self.chance.one_of(reasons_for(level))]
                said = {"rating": asked.pk, "level": level, "reasons": reasons}
                self._try(rate_own, RATER, token=asked.ticket.token, **said)

    def _take_number(self, wish: Wish) -> Answer:
        details = {"priority": wish.priority, "language": wish.language, "source": SOURCE}
        try:
            return self.say(
                tickets.issue, CITIZEN, service=wish.service, to_fallback=wish.to_fallback, **details
            )
        except Refused as refusal:
            if refusal.code != "no_window_open":
                raise
            return self.say(tickets.issue, CITIZEN, service=wish.service, to_fallback=True, **details)

    def _turns_round(self, code: str) -> bool:
        open_windows = Window.objects.filter(hall=self.hall, state=Window.State.OPEN, is_fallback=False)
        taking = WindowService.objects.filter(
            hall=self.hall, service__code=code, rank=0, window__in=open_windows
        )
        numbers = list(taking.values_list("window", flat=True))
        beside = WindowService.objects.filter(hall=self.hall, window__in=numbers, rank=0).values("service")
        return crowd.turns_round(
            self.chance, waiting(self.hall).filter(service__in=beside).count(), len(numbers)
        )

    def _try(self, verb: Callable[..., Answer], by: Actor, **details: Any) -> bool:
        """Say something that somebody real may have made impossible meanwhile."""
        try:
            self.say(verb, by, **details)
        except Refused:
            return False
        return True


class Clerk:
    """One simulated clerk at one window; gives way to whoever real sits there, pauses it or closes it."""

    def __init__(self, people: People, number: int) -> None:
        self.people = people
        self.chance = people.chance
        self.number = number
        self.user = simulated_user(people.hall, number)
        self.actor = Actor(f"demo:{self.user.pk}", self.user.role, self.user, f"window:{number}")
        self.newcomers: list[Life] = []
        self.settled = False  # the first service counts as half done, or the hall would call in waves
        self.resting = ""  # the reason of a pause of one's own

    def life(self) -> Life:
        """Sit down where nobody sits, then work for ever; a refusal means somebody real was quicker."""
        yield self.chance.between(0, 1)
        while True:
            try:
                if self._sits() or self._sit_down():
                    yield from self._turn()
                else:
                    yield 2.0
            except Refused:
                yield 0.5

    def go_home(self) -> None:
        """End what is open and leave the seat, if it is still one's own."""
        if not self._sits():
            return
        open_call = self._call()
        if open_call is not None:
            verb = calling.finish if open_call.ticket.state == Ticket.State.SERVING else calling.no_show
            self.people._try(verb, self.actor, window=self.number)
        self.people._try(windows.leave, self.actor, window=self.number)

    def _turn(self) -> Life:
        """One look at one's own window, and the next thing to do there."""
        seat = Window.objects.select_related("hall").get(hall=self.people.hall, number=self.number)
        open_call = self._call()
        if open_call is not None:
            yield from self._serve(open_call)
        elif seat.state == Window.State.OPEN:
            yield from self._next(seat)
        elif self.resting and seat.pause_reason == self.resting:
            self._say(windows.open_window)
            self.resting = ""
        else:
            yield 2.0

    def _next(self, seat: Window) -> Life:
        """Call whoever the console shows as next; now and then rest instead."""
        if self.chance.happens(1):
            self.resting = self.chance.one_of(crowd.PAUSE_REASONS)
            self._say(windows.pause, reason=self.resting)
            yield self.chance.between(4, 10)
            return
        if first_in_line(seat) is not None:
            self._say(calling.call_next)
            yield self.chance.between(0.4, 1.2)
        else:
            yield self.chance.between(0.3, 0.7)

    def _serve(self, call: Call) -> Life:
        """Go on with the ticket at this window from wherever it stands."""
        if call.ticket.state == Ticket.State.CALLED:
            if self.chance.happens(8):
                yield from self._nobody_comes(call.ticket_id)
                return
            self._say(calling.start)
        usual = self.people.offers.get(call.ticket.service.code)
        minutes = self.chance.service_minutes(usual.minutes if usual else 10)
        yield minutes * (1.0 if self.settled else self.chance.between(0.05, 1))
        self.settled = True
        self._end(call.ticket)
        yield self.chance.between(0.1, 0.5)

    def _nobody_comes(self, ticket: int) -> Life:
        """Call again, as often and as slowly as the hall's rules ask, until the number may be passed."""
        for turn in range(MOST_PATIENCE):
            yield 0.8
            self._may(calling.recall)
            if turn and self._may(calling.no_show):
                break
        else:  # a day quicker than the rules' seconds: the person comes after all
            return
        if self.chance.happens(60):
            self.newcomers.append(self.people.come_back(ticket, self.chance.between(2, 12)))

    def _end(self, ticket: Ticket) -> None:
        """Mostly done; sometimes a paper is missing, or it is another window's matter."""
        fate = self.chance.weighted({"finish": 90, "park": 5, "transfer": 3, "fallback": 2})
        if fate == "park":
            self._say(sending.park, reason=self.chance.one_of(crowd.PARK_REASONS))
            self.newcomers.append(self.people.come_back(ticket.pk, self.chance.between(5, 15)))
        elif fate == "transfer":
            service = self.chance.weighted({code: each.weight for code, each in self.people.offers.items()})
            self._say(sending.transfer, service=service, reason=self.chance.one_of(crowd.TRANSFER_REASONS))
        elif fate == "fallback":
            self._say(sending.transfer, fallback=True, reason=self.chance.one_of(crowd.FALLBACK_REASONS))
        else:
            self._say(calling.finish)
            self.newcomers.append(self.people.rate(ticket.pk))

    def _may(self, verb: Callable[..., Answer]) -> bool:
        """Say it, unless the hall's rules say it is too early."""
        try:
            self._say(verb)
        except Refused as refusal:
            if not refusal.code.startswith(("recall_too", "no_show_too")):
                raise
            return False
        return True

    def _say(self, verb: Callable[..., Answer], **details: Any) -> None:
        self.people.say(verb, self.actor, window=self.number, **details)

    def _sits(self) -> bool:
        mine = Shift.objects.filter(hall=self.people.hall, window__number=self.number, user=self.user)
        return mine.filter(ended_at=None).exists()

    def _sit_down(self) -> bool:
        """Take the seat if nobody has it; a real person's seat is never taken over."""
        taken = Shift.standing(self.people.hall).filter(window__number=self.number)
        if taken.exists():
            return False
        self._say(windows.sit)
        self._say(windows.open_window)
        return True

    def _call(self) -> Call | None:
        at_window = Call.standing(self.people.hall).filter(window__number=self.number)
        return at_window.select_related("ticket__service").first()


def offers_of(hall: Hall) -> dict[str, Offer]:
    """The hall's services by code."""
    found = Service.objects.filter(hall=hall, is_active=True).order_by("id")
    return {each.code: Offer(each.code, each.minutes, each.weight) for each in found}


def staffed_windows(hall: Hall) -> list[int]:
    """Where simulated clerks sit: everywhere but at the first window, left for whoever tries the hall."""
    return list(Window.objects.filter(hall=hall).order_by("number").values_list("number", flat=True))[1:]


def simulated_user(hall: Hall, number: int) -> User:
    """The account of a window's simulated clerk: nobody can sign in with it."""
    fields = {
        "hall": hall,
        "role": Role.CLERK,
        "name": f"模拟{number:02d}",
        "password": "!simulated",
        "is_active": False,
    }
    return User.objects.get_or_create(username=f"simulated-{hall.slug}-{number:02d}", defaults=fields)[0]
