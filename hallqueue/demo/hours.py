"""When the demo hall serves, and its appointments: usual hours to look at, and a hall that is alive at any hour."""

from datetime import timedelta

from django.utils import timezone

from hallqueue.actions import appointments
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.house import calendar, slots
from hallqueue.models import Hall, Slot

USUAL = ["9:00-12:00, 13:30-17:30"] * 5 + ["9:00-12:00", "", ""]
ALWAYS = ["00:00-24:00"] * 8
DAYS = 7

# Services with appointments: half-hour slots all week, a few places in each.
BOOKABLE = ("police-01", "police-07", "social-01", "tax-01")
HALF_HOURS = [(hour, half) for hour in (9, 10, 11, 14, 15, 16) for half in (0, 30)]
PLACES = 3
BOOKED = (("张三", "13800000001"), ("斯琴高娃", "13800000002"))


def load_hours(hall: Hall) -> None:
    """The usual hours, and as the default hours without an end: a newcomer may come at midnight, and a manager gives
    windows the usual ones to see closing time."""
    calendar.save_hours(hall.pk, THE_HALL, new_key(), name="日常", week=USUAL, last_number_minutes=20)
    calendar.save_hours(hall.pk, THE_HALL, new_key(), name="全天（演示）", week=ALWAYS, is_default=True)


def load_appointments(hall: Hall) -> None:
    """The weekly pattern, and two people booked into a slot that begins soon, so that somebody can be checked in."""
    rows = [
        [weekday, f"{hour}:{half:02d}", _end(hour, half), PLACES]
        for weekday in range(7)
        for hour, half in HALF_HOURS
    ]
    for code in BOOKABLE:
        slots.set_pattern(hall.pk, THE_HALL, new_key(), service=code, rows=rows)
    _book_soon(hall)


def keep_slots(hall: Hall) -> None:
    """Make the slots of the coming week that are not there yet."""
    today = hall.local_date(timezone.now())
    last = today + timedelta(days=DAYS - 1)
    if not Slot.objects.filter(hall=hall, date=last).exists():
        slots.make_slots(hall.pk, THE_HALL, new_key(), first=today.isoformat(), last=last.isoformat())


def _end(hour: int, half: int) -> str:
    return f"{hour}:30" if half == 0 else f"{hour + 1}:00"


def _book_soon(hall: Hall) -> None:
    begin = timezone.now().astimezone(hall.local_zone) + timedelta(minutes=5)
    end = begin + timedelta(minutes=30)
    if end.date() != begin.date():
        return  # at midnight nobody has an appointment
    slot = slots.make_slot(
        hall.pk,
        THE_HALL,
        new_key(),
        service=BOOKABLE[0],
        day=begin.date().isoformat(),
        start=f"{begin:%H:%M}",
        end=f"{end:%H:%M}",
        capacity=PLACES,
    )
    for name, phone in BOOKED:
        appointments.book(hall.pk, THE_HALL, new_key(), slot=slot["slot"], name=name, phone=phone)
