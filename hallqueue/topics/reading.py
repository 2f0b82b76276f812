"""One reading of a hall at one seq; what several topics need is read once and kept."""

from collections import Counter
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from hallqueue.floor import Duties, Floor
from hallqueue.models import (
    Alarm,
    Call,
    Department,
    FallbackDuty,
    FallbackPolicy,
    Hall,
    Journey,
    Message,
    Notice,
    Rating,
    RatingRules,
    Rules,
    Service,
    Shift,
    Ticket,
    User,
    Window,
    WindowService,
)
from hallqueue.order import scope_of
from hallqueue.pad_turns import LOOKED_BACK, Turn, turns_of
from hallqueue.routing import past_turns, policies_of
from hallqueue.statements import fetch_all, fetch_all_both, rows, values

SHOWN = (
    "id",
    "label",
    "service_id",
    "klass",
    "precedence",
    "position",
    "for_window_id",
    "fallback_reason",
    "fallback_note",
    "issued_at",
    "waiting_at",
    "token",
    "priority_kind",
    "language",
    "note",
    "reason",
    "transfer_count",
    "people",
    "matters",
)
"""What screens need to know of a waiting ticket."""

# The conditions of the partial indexes are written out: SQLite must see them to use one.
_WAITING = """"hall_id" = %s AND "state" = 'waiting' AND "ended_at" IS NULL
    ORDER BY "precedence", "position", "id\""""
_ALIKE = ("service_id", "for_window_id", "fallback_reason")
_CROWDS = """SELECT "service_id", "for_window_id", "fallback_reason", COUNT(*) FROM "hallqueue_ticket"
    WHERE "hall_id" = %s AND "state" = 'waiting' AND "ended_at" IS NULL
    GROUP BY "service_id", "for_window_id", "fallback_reason\""""
_SET_ASIDE = """"hall_id" = %s AND "state" IN ('parked', 'missed') AND "ended_at" IS NULL ORDER BY "id\""""
_PUT = """"hall_id" = %s AND "ended_at" IS NULL AND ("form" = %s OR "is_emergency") ORDER BY "id\""""
_IN_USE = """"hall_id" = %s AND "state" <> 'retired' ORDER BY "number\""""
# As `Shift.standing` and `Call.standing`.
_SHIFTS = """ FROM "hallqueue_shift" one JOIN "hallqueue_user" two ON two."id" = one."user_id"
    WHERE one."hall_id" = %s AND one."window_id" > 0 AND one."ended_at" IS NULL"""
_OPEN_CALLS = """ FROM "hallqueue_call" one JOIN "hallqueue_ticket" two ON two."id" = one."ticket_id"
    WHERE one."hall_id" = %s AND one."window_id" > 0 AND one."ended_at" IS NULL"""


def iso(moment: datetime | None) -> str | None:
    """A time in a frame: ISO 8601 in UTC, or null."""
    return moment.isoformat() if moment else None


class Catalogue:
    """A hall's set-up as it stood at one `setup_seq`; kept between readings, since it seldom changes."""

    def __init__(self, hall: Hall) -> None:
        self.rules = Rules.of(hall)
        self.ratings = RatingRules.of(hall)
        self.departments = list(Department.objects.filter(hall=hall))
        self.services = {service.pk: service for service in Service.objects.filter(hall=hall)}
        self.takes: dict[int, list[int]] = {}
        self.taken_by: dict[int, list[int]] = {}
        self.ranks: dict[int, dict[int, int]] = {}
        self.policies = policies_of(hall.pk)
        pairs = (
            WindowService.objects.filter(hall=hall)
            .order_by("rank", "id")
            .values_list("window", "service", "rank")
        )
        for window, service, rank in pairs:
            self.takes.setdefault(window, []).append(service)
            self.taken_by.setdefault(service, []).append(window)
            self.ranks.setdefault(window, {})[service] = rank
        self.fallback = FallbackPolicy.of(hall)
        offered = Journey.objects.filter(hall=hall, is_active=True).prefetch_related("parts__service")
        self.journeys = [(journey, list(journey.parts.all())) for journey in offered]
        self.duties: dict[int, set[int]] = {}
        for window, department in FallbackDuty.objects.filter(hall=hall).values_list("window", "department"):
            self.duties.setdefault(window, set()).add(department)

    def scope_of(self, service: int) -> int:
        """The scope whose policy a service (id) follows."""
        return scope_of(self.services[service].series_id, self.policies)


class Reading:
    """Everything read inside one `one_read()`; pure from here on."""

    _catalogues: dict[int, tuple[str, int, Catalogue]] = {}

    def __init__(self, hall: Hall) -> None:
        self.hall = hall

    @cached_property
    def business_date(self) -> date:
        """The business date of the hall's last event: a frame depends on the log, not on the clock."""
        return self.hall.business_date(self.hall.moved_at)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The set-up, from memory if nothing changed."""
        hall = self.hall
        kept = self._catalogues.get(hall.pk)
        if kept is None or kept[:2] != (hall.epoch, hall.setup_seq):
            kept = self._catalogues[hall.pk] = (hall.epoch, hall.setup_seq, Catalogue(hall))
        return kept[2]

    @cached_property
    def windows(self) -> list[Window]:
        """The windows in use, by number."""
        return fetch_all(Window, _IN_USE, self.hall.pk)

    def window(self, number: str) -> Window | None:
        """The window of that number, a retired one too: what stands above it says so."""
        found = next((each for each in self.windows if str(each.number) == number), None)
        if found is None and number.isascii() and number.isdecimal() and len(number) < 6:
            return Window.objects.filter(hall=self.hall, number=int(number)).first()
        return found

    @cached_property
    def shifts(self) -> dict[int, Shift]:
        """Open shifts by window id."""
        found = fetch_all_both(Shift, User, _SHIFTS, self.hall.pk)
        for shift, user in found:
            shift.user = user
        return {shift.window_id: shift for shift, _ in found}

    @cached_property
    def open_calls(self) -> dict[int, Call]:
        """Open calls by window id, with their tickets."""
        found = fetch_all_both(Call, Ticket, _OPEN_CALLS, self.hall.pk)
        for call, ticket in found:
            call.ticket = ticket
        return {call.window_id: call for call, _ in found}

    @cached_property
    def waiting(self) -> list[dict[str, Any]]:
        """Every waiting ticket in order, as few plain values."""
        return values(Ticket, SHOWN, _WAITING, self.hall.pk)

    @cached_property
    def crowds(self) -> list[tuple[dict[str, Any], int]]:
        """How many wait alike: {service_id, for_window_id, fallback_reason} and people; for who only counts."""
        found = rows(_CROWDS, self.hall.pk)
        return [(dict(zip(_ALIKE, alike, strict=True)), people) for *alike, people in found]

    @cached_property
    def floor(self) -> Floor:
        """Which windows may take whom, as they stand."""
        catalogue = self.catalogue
        departments = {pk: service.department_id for pk, service in catalogue.services.items()}
        duties = Duties(catalogue.fallback.helps_out, catalogue.duties, departments)
        return Floor(self.windows, catalogue.taken_by, duties)

    @cached_property
    def past_turns(self) -> dict[int, list[str]]:
        """The last turns of every scope under a ratio."""
        return past_turns(self.hall.pk, self.catalogue.policies)

    @cached_property
    def waiting_by_service(self) -> Counter[int]:
        """How many wait for each service id."""
        found: Counter[int] = Counter()
        for alike, people in self.crowds:
            found[alike["service_id"]] += people
        return found

    @cached_property
    def in_line_by_service(self) -> Counter[int]:
        """How many of them wait for its own windows: who was left to the fallback window goes before no newcomer."""
        found: Counter[int] = Counter()
        for alike, people in self.crowds:
            if not alike["fallback_reason"]:
                found[alike["service_id"]] += people
        return found

    @cached_property
    def alarms(self) -> list[Alarm]:
        """Standing alarms, oldest first."""
        where = '"hall_id" = %s AND "cleared_at" IS NULL ORDER BY "raised_at", "id"'
        return fetch_all(Alarm, where, self.hall.pk)

    @cached_property
    def at_once(self) -> list[Notice]:
        """Lines and the emergency that stand, oldest first."""
        return fetch_all(Notice, _PUT, self.hall.pk, Notice.Form.LINE.value)

    @cached_property
    def asked_last(self) -> dict[int, list[Turn]]:
        """Whom the pads may still ask for a rating, in order, by window id."""
        seconds = self.catalogue.ratings.pad_seconds
        asked = Rating.objects.filter(
            hall=self.hall,
            business_date=self.business_date,
            asked_at__gte=self.hall.moved_at - LOOKED_BACK * timedelta(seconds=seconds),
        ).select_related("ticket")
        found: dict[int, list[Rating]] = {}
        for each in asked.order_by("id"):
            found.setdefault(each.window_id, []).append(each)
        return {window: turns_of(rows, seconds) for window, rows in found.items()}

    @property
    def notices(self) -> list[Notice]:
        """Lines that stand, oldest first."""
        return [each for each in self.at_once if not each.is_emergency]

    @property
    def emergency(self) -> Notice | None:
        """What stands on every board before anything else."""
        return next((each for each in self.at_once if each.is_emergency), None)

    @cached_property
    def unread(self) -> dict[int, list[Message]]:
        """Messages of the day that nobody at their window has signed, by window id, oldest first."""
        today = Message.objects.filter(hall=self.hall, business_date=self.business_date)
        found: dict[int, list[Message]] = {}
        for message in today.filter(seen_at=None, withdrawn_at=None).order_by("pk"):
            found.setdefault(message.window_id, []).append(message)
        return found

    def notices_at(self, place: str) -> list[dict[str, str]]:
        """What citizens read at a place (of Notice.PLACES)."""
        return [
            {"zh": each.zh, "mn": each.mn, "en": each.en} for each in self.notices if place in each.places
        ]

    @cached_property
    def set_aside(self) -> list[Ticket]:
        """Parked and missed tickets."""
        return fetch_all(Ticket, _SET_ASIDE, self.hall.pk)

    @cached_property
    def sent_on(self) -> list[Ticket]:
        """Those who wait because a window sent them on, and may still be taken back by it."""
        moved = [row["id"] for row in self.waiting if row["transfer_count"]]
        found = Ticket.objects.filter(hall=self.hall, pk__in=moved) if moved else ()
        return [ticket for ticket in found if (ticket.before or {}).get("verb") == "transfer"]

    @cached_property
    def last_calls(self) -> dict[int, Call]:
        """The last call of each ticket set aside or sent on, by ticket id."""
        aside = [ticket.pk for ticket in [*self.set_aside, *self.sent_on]]
        found = Call.objects.filter(ticket__in=aside) if aside else ()
        return {call.ticket_id: call for call in sorted(found, key=lambda call: call.pk)}

    def service_name(self, service_id: int) -> str:
        """A service's name, or "" for one that is gone."""
        service = self.catalogue.services.get(service_id)
        return service.name if service else ""

    def service_names(self, service_id: int) -> dict[str, str]:
        """Its name by language, "" where nobody has worded it."""
        service = self.catalogue.services.get(service_id)
        return {"zh": service.name, "mn": service.name_mn, "en": service.name_en} if service else {"zh": ""}

    @cached_property
    def serving_windows(self) -> dict[int, list[int]]:
        """For each service id, the numbers of the open ordinary windows that take it."""
        numbers = {
            window.pk: window.number
            for window in self.windows
            if window.state == Window.State.OPEN and not window.is_fallback
        }
        found = {}
        for service, takers in self.catalogue.taken_by.items():
            if serving := [numbers[each] for each in takers if each in numbers]:
                found[service] = sorted(serving)
        return found
