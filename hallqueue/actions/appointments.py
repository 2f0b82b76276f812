"""Book a slot, move or cancel it, check in and get a number; those who never came are counted by the round."""

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.house.slots import rules_of
from hallqueue.actions.line.tickets import issued, new_ticket, plain_text
from hallqueue.actions.people import ALPHABET
from hallqueue.errors import Refused
from hallqueue.models import Appointment, AppointmentRules, Hall, Klass, Service, Slot, Ticket, Window
from hallqueue.sealing import masked_name

CODE_LENGTH = 6
MOST_FOUND = 20
MASK = "*"
NO_SHOWS_OF = timedelta(days=90)
State = Appointment.State


@command
def book(c: Command, *, slot: int, name: str, phone: str) -> Answer:
    """Give one place of a slot to a person, of whom only a masked name, four digits and a keyed hash are kept.

    Answers with the code to be shown at check-in. Raises Refused: slot_unknown, slot_past, slot_far, slot_full,
    phone_wrong, appointment_limit_reached, text_too_long.
    """
    found, rules = _open_slot(c, slot), rules_of(c.hall)
    _refuse_far(c, found, rules)
    digits = _phone(phone)
    person = hashed_phone(c.hall, digits)
    _refuse_another(c, found, rules, person)
    row = Appointment.objects.create(
        hall=c.hall,
        slot=found,
        code=_new_code(c),
        name=masked(plain_text(name, 40)),
        phone_tail=digits[-4:],
        phone_hash=person,
        booked_at=c.now,
        booked_by=c.by.name,
    )
    c.log.record("appointment.booked", window=found.window, appointment=row.pk, slot=found.pk)
    return _answer(row, found)


@command
def rebook(c: Command, *, code: str, slot: int) -> Answer:
    """Move an appointment to another slot; the code stays.

    Raises Refused: appointment_unknown, appointment_not_booked, cancel_too_late, slot_unknown, slot_past, slot_full,
    appointment_limit_reached.
    """
    row, rules = _booked(c, code), rules_of(c.hall)
    _refuse_late_change(c, row, rules)
    found = _open_slot(c, slot, row)
    _refuse_far(c, found, rules)
    if found.date != row.slot.date:
        _refuse_another(c, found, rules, row.phone_hash)
    row.slot = found
    row.save(update_fields=["slot"])
    c.log.record("appointment.moved", window=found.window, appointment=row.pk, slot=found.pk)
    return _answer(row, found)


@command
def cancel_appointment(c: Command, *, code: str) -> Answer:
    """Give the place back; until some hours before, later only by the staff.

    Raises Refused: appointment_unknown, appointment_not_booked, cancel_too_late.
    """
    row = _booked(c, code)
    _refuse_late_change(c, row, rules_of(c.hall))
    _end(c, row, State.CANCELLED)
    c.log.record("appointment.cancelled", appointment=row.pk, slot=row.slot_id)
    return _answer(row, row.slot)


@command
def check_in(c: Command, *, code: str, language: str = "zh", source: str = "kiosk") -> Answer:
    """The person has come: a number of class appointment, or an ordinary one (`late`) after the arrival window.

    A second check-in gets the same number again while it is good. Raises Refused: appointment_unknown,
    appointment_used, appointment_joined, appointment_called, appointment_cancelled, appointment_over,
    appointment_early, no_window_open, service_inactive, bad_input, series_full.
    """
    if language not in ("zh", "mn", "en"):
        raise Refused("bad_input", 400, detail="language")
    row, rules = _known(c, code), rules_of(c.hall)
    if row.ticket is not None:
        return _again(row, row.ticket)
    if row.state == State.CANCELLED:
        raise Refused("appointment_cancelled")
    is_late = _arrival(c, row.slot, rules)
    ticket = _number_for(c, row.slot, rules, is_late, language=language, source=source)
    row.ticket = ticket
    row.save(update_fields=["ticket"])
    _end(c, row, State.LATE if is_late else State.ARRIVED)
    kind = "appointment.late" if is_late else "appointment.arrived"
    c.log.record(kind, ticket, appointment=row.pk, slot=row.slot_id)
    return issued(ticket, row.slot.service) | {"late": is_late, "again": False}


@command
def count_missed(c: Command) -> Answer:
    """Those whose slot is over and who never came have missed it; what names a person goes after the hall's days."""
    rules = rules_of(c.hall)
    rows = list(_over(c.hall, c.now, rules))
    for row in rows:
        _end(c, row, State.MISSED)
        c.log.record("appointment.missed", appointment=row.pk, slot=row.slot_id)
    forgotten = _outlived(c.hall, c.now, rules).update(name="", phone_tail="", phone_hash="")
    if forgotten:
        c.log.record("appointments.forgotten", count=forgotten)
    return {"missed": len(rows), "forgotten": forgotten}


def needs_counting(hall: Hall, now: datetime) -> bool:
    """Whether `count_missed` would change anything: two short reads."""
    rules = rules_of(hall)
    return bool(_over(hall, now, rules).exists() or _outlived(hall, now, rules).exists())


def find(hall: Hall, query: str, now: datetime) -> list[Appointment]:
    """Appointments of today and later by code, by a whole telephone number or by its last four digits, soonest first.

    For the desk; a query that is none of these finds nothing.
    """
    typed = _plain(query)
    mine, today = Appointment.objects.filter(hall=hall), hall.local_date(now)
    ways = Q(code__in=(code_of(typed), typed))
    if re.fullmatch(r"1[0-9]{10}", typed):
        ways |= Q(phone_hash=hashed_phone(hall, typed))
    found = mine.filter(ways, slot__date__gte=today)
    if typed.isdecimal() and len(typed) == 4:
        # By the slots to come: by the digits, every appointment there ever was would be read.
        found = Appointment.objects.filter(slot__hall=hall, slot__date__gte=today, phone_tail=typed)
    rows = found.select_related("slot__service", "slot__window", "ticket")
    return list(rows.order_by("slot__start_at", "pk")[:MOST_FOUND])


def no_shows(hall: Hall, person: str, now: datetime) -> int:
    """How often the person of that hash has not come in the last ninety days."""
    rows = Appointment.objects.filter(hall=hall, phone_hash=person, state=State.MISSED)
    return rows.filter(slot__start_at__gt=now - NO_SHOWS_OF).count() if person else 0


def taken(slot: Slot) -> int:
    """How many places of a slot are given away."""
    return Appointment.objects.filter(slot=slot).exclude(state=State.CANCELLED).count()


def hashed_phone(hall: Hall, digits: str) -> str:
    """A telephone number as it is kept: HMAC-SHA256 under the installation's key, apart for each hall."""
    return hmac.new(
        settings.SECRET_KEY.encode(), f"phone:{hall.pk}:{digits}".encode(), hashlib.sha256
    ).hexdigest()


def masked(name: str) -> str:
    """As everywhere (张三 → 张*, 欧阳修 → 欧阳*); in letters a star for each of the next three: Anna → A***."""
    shown = masked_name(name)
    return shown + MASK * min(2, len(name) - 2) if name.isascii() else shown


def code_of(typed: str) -> str:
    """The code in what a person typed: alone, or behind the last four digits of the telephone."""
    plain = _plain(typed)
    return plain[4:] if len(plain) == CODE_LENGTH + 4 and plain[:4].isdecimal() else plain


def is_code_alone(typed: str) -> bool:
    """Whether nothing stands before the code that only its owner knows."""
    return code_of(typed) == _plain(typed)


def _plain(typed: str) -> str:
    return "".join(sign for sign in typed.upper()[:40] if sign.isalnum())


def _known(c: Command, typed: str) -> Appointment:
    """By code; when the four digits were typed before it, they must be right, and be known still."""
    rows = Appointment.objects.filter(hall=c.hall, code=code_of(typed))
    row = rows.select_related("slot__service__series", "slot__window", "ticket").first()
    if row is None or _plain(typed) not in (row.code, row.phone_tail + row.code):
        raise Refused("appointment_unknown", 404)
    return row


def _booked(c: Command, code: str) -> Appointment:
    row = _known(c, code)
    if row.state != State.BOOKED:
        raise Refused("appointment_not_booked", state=row.get_state_display())
    return row


def _open_slot(c: Command, pk: int, mine: Appointment | None = None) -> Slot:
    rows = Slot.objects.filter(hall=c.hall, pk=pk).select_related("service", "window")
    slot = rows.first()
    if slot is None:
        raise Refused("slot_unknown", 404)
    if slot.end_at <= c.now:
        raise Refused("slot_past")
    if not slot.service.is_active:
        raise Refused("service_inactive", name=slot.service.name)
    if taken(slot) - (mine is not None and mine.slot_id == slot.pk) >= slot.capacity:
        raise Refused("slot_full")
    return slot


def _refuse_far(c: Command, slot: Slot, rules: AppointmentRules) -> None:
    if slot.date > c.hall.local_date(c.now) + timedelta(days=rules.days_ahead):
        raise Refused("slot_far", days=rules.days_ahead)


def _refuse_late_change(c: Command, row: Appointment, rules: AppointmentRules) -> None:
    """Staff may change an appointment at any time; others until some hours before."""
    if c.by.user is None and c.now > row.slot.start_at - timedelta(hours=rules.cancel_hours):
        raise Refused("cancel_too_late", hours=rules.cancel_hours)


def _arrival(c: Command, slot: Slot, rules: AppointmentRules) -> bool:
    """Whether the person comes late; raises Refused: appointment_early, appointment_over."""
    opens = slot.start_at - timedelta(minutes=rules.early_minutes)
    zone = c.hall.local_zone
    if c.now < opens:
        raise Refused("appointment_early", time=f"{opens.astimezone(zone):%m-%d %H:%M}")
    if c.hall.local_date(c.now) > slot.date:
        raise Refused("appointment_over", time=f"{slot.start_at.astimezone(zone):%m-%d %H:%M}")
    return c.now > slot.start_at + timedelta(minutes=rules.late_minutes)


def _again(row: Appointment, ticket: Ticket) -> Answer:
    """The number they have; nobody is to wait with one that will not be called any more."""
    if ticket.joined_to is not None:
        raise Refused("appointment_joined", label=ticket.label, into=ticket.joined_to.label)
    if ticket.ended_at is not None:
        raise Refused("appointment_used", label=ticket.label)
    if ticket.state == Ticket.State.MISSED:
        raise Refused("appointment_called", label=ticket.label)
    return issued(ticket, row.slot.service) | {"late": row.state == State.LATE, "again": True}


def _number_for(c: Command, slot: Slot, rules: AppointmentRules, is_late: bool, **fields: Any) -> Any:
    service = slot.service
    if not service.is_active:
        raise Refused("service_inactive", name=service.name)
    _refuse_unserved(c, service)
    seat = slot.window if slot.window is not None and slot.window.state == Window.State.OPEN else None
    klass = Klass.ORDINARY if is_late else Klass.APPOINTMENT
    series = None if is_late else rules.series
    told = {"appointment": True} | ({"to_window": seat.number} if seat is not None else {})
    return new_ticket(
        c, service, klass, told, series=series, for_window_id=seat.pk if seat else None, **fields
    )


def _refuse_another(c: Command, slot: Slot, rules: AppointmentRules, person: str) -> None:
    """Raises Refused("appointment_limit_reached") where the person has as many that day as the hall allows."""
    same_day = Appointment.objects.filter(hall=c.hall, phone_hash=person, slot__date=slot.date)
    if same_day.exclude(state=State.CANCELLED).count() >= rules.day_limit:
        raise Refused("appointment_limit_reached", limit=rules.day_limit)


def _refuse_unserved(c: Command, service: Service) -> None:
    """An appointment is kept while any window answers for it: one that takes the service, or the fallback window."""
    open_now = Window.objects.filter(hall=c.hall, state=Window.State.OPEN)
    if not open_now.filter(Q(is_fallback=True) | Q(takes__service=service)).exists():
        raise Refused("no_window_open", name=service.name)


def _over(hall: Hall, now: datetime, rules: AppointmentRules) -> Any:
    limit = now - timedelta(minutes=rules.late_minutes)
    return Appointment.to_come(hall).filter(slot__end_at__lt=limit).order_by("pk")


def _outlived(hall: Hall, now: datetime, rules: AppointmentRules) -> Any:
    """A hash greater than nothing: so the index of persons tells who is left, whoever was forgotten long ago."""
    limit = now - timedelta(days=rules.kept_days)
    found = Appointment.objects.filter(hall=hall, phone_hash__gt="")
    return found.filter(slot__in=Slot.objects.filter(end_at__lt=limit))


def _end(c: Command, row: Appointment, state: str) -> None:
    row.state, row.ended_at = state, c.now
    row.save(update_fields=["state", "ended_at"])


def _phone(phone: str) -> str:
    digits = re.sub(r"[\s\-()+]", "", phone)
    digits = digits.removeprefix("86") if len(digits) > 12 else digits
    if not re.fullmatch(r"[0-9]{7,12}", digits):
        raise Refused("phone_wrong", 400)
    return digits


def _new_code(c: Command) -> str:
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        if not code[:4].isdecimal() and not Appointment.objects.filter(hall=c.hall, code=code).exists():
            return code


def _answer(row: Appointment, slot: Slot) -> Answer:
    start = slot.start_at.astimezone(row.hall.local_zone)
    end = slot.end_at.astimezone(row.hall.local_zone)
    return {
        "appointment": row.pk,
        "code": row.code,
        "state": row.state,
        "service": slot.service.name,
        "date": slot.date.isoformat(),
        "start": f"{start:%H:%M}",
        "end": f"{end:%H:%M}",
        "window": slot.window.number if slot.window else None,
    }
