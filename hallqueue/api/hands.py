"""The manager's hands for machines: borrow, move, tell, put a notice, take advice, see an alarm, take an act back."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Router
from pydantic import BeforeValidator, Field, StringConstraints

from hallqueue.actions import advising, borrowing, messages, notices, undoing
from hallqueue.actions.line import moving
from hallqueue.actions.round import alarms
from hallqueue.api.door import entered, language_of
from hallqueue.api.operations import read, write
from hallqueue.api.reads import reading_of
from hallqueue.api.shapes import (
    LARGEST_NUMBER,
    Code,
    HallPath,
    KeyHeader,
    Nothing,
    Reason,
    Sent,
    Shape,
    TicketId,
    WindowNumber,
    WindowPath,
    whole,
)
from hallqueue.models import Borrowing
from hallqueue.topics import advice, hands
from hallqueue.transactions import one_read

router = Router()

BORROWINGS, NOTICES, ADVICE = "/halls/{hall}/borrowings", "/halls/{hall}/notices", "/halls/{hall}/advice"
MESSAGES, ALARMS = "/halls/{hall}/messages", "/halls/{hall}/alarms"

IdPath = Annotated[int, Path(ge=1, le=LARGEST_NUMBER, description="Its id, as the list tells it.")]
ActPath = Annotated[int, Path(ge=1, le=LARGEST_NUMBER, description="The seq of the act's event.")]
AdvicePath = Annotated[str, Path(pattern=r"^[a-z]+-[0-9]+-[0-9]+$", max_length=60)]
DayMinutes = Annotated[int, Field(ge=0, le=borrowing.LONGEST.total_seconds() // 60), BeforeValidator(whole)]
WeekMinutes = Annotated[int, Field(ge=1, le=notices.LONGEST.total_seconds() // 60), BeforeValidator(whole)]


class Borrow(Sent):
    """Why, and for how many minutes (0: until it is taken back)."""

    reason: Reason
    minutes: DayMinutes = 0


class BorrowForService(Borrow):
    """A window takes a service besides."""

    service: Code


class BorrowForDepartment(Borrow):
    """A window takes all services of a department besides."""

    department: Code


class Move(Sent):
    """Waiting tickets that are sent elsewhere, all or none, and why."""

    tickets: Annotated[list[TicketId], Field(min_length=1, max_length=moving.MOST)]
    reason: Reason


class MoveToService(Move):
    """Into the line of another service."""

    service: Code


class MoveToWindow(Move):
    """To a certain window."""

    to_window: WindowNumber


class MoveToFallback(Move):
    """To the fallback window."""

    fallback: Literal[True]


class Words(Sent):
    """A few words to one window, or to every window that is not closed."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=messages.LONGEST)]
    window: WindowNumber | None = None


class NewNotice(Sent):
    """A line for citizens: in which languages, where, for how many minutes."""

    zh: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    mn: Annotated[str, StringConstraints(max_length=240)] = ""
    en: Annotated[str, StringConstraints(max_length=240)] = ""
    minutes: WeekMinutes
    places: Annotated[list[Literal["board", "kiosk", "ticket"]], Field(min_length=1, max_length=3)]


class Borrowed(Shape):
    """A borrowing and what the window takes by it."""

    borrowing: int
    window: int
    name: str


class BorrowingRow(Borrowed):
    """A borrowing that stands; without `until` it stands until it is taken back."""

    until: datetime | None
    reason: str


class MovedOn(Shape):
    """How many were sent, and the first labels."""

    count: int
    labels: list[str]


class Told(Shape):
    """The seq of the message, and the windows it went to."""

    sent: int
    windows: list[int]


class MessageRow(Shape):
    """A message of today: which windows have signed it, and which have not."""

    sent: int
    text: str
    by: str
    at: datetime
    seen: list[int]
    unseen: list[int]


class NoticeState(Shape):
    """A notice."""

    notice: int


class NoticeRow(NoticeState):
    """A line that stands."""

    zh: str
    places: list[str]
    until: datetime | None


class AdviceRow(Shape):
    """Which window to open or borrow, for whom, and how many minutes the last of `people` would wait less; `earlier`:
    told by the mean of the last four weeks, as the last hour does not tell the pace."""

    advice: str
    verb: str
    window: int
    name: str
    waiting: int
    windows: int
    people: int
    minutes: int
    earlier: bool
    service: str
    department: str


class AdviceTaken(Shape):
    """The advice, and the window it was about."""

    advice: str
    window: int | None = None


class AlarmState(Shape):
    """An alarm."""

    alarm: int


class AlarmRow(AlarmState):
    """An alarm that stands: its kind, what it is about, who has seen it."""

    kind: str
    subject: str
    raised_at: datetime
    seen_by: str
    seen_at: datetime | None
    data: dict[str, Any]


class Undone(Shape):
    """The act that was taken back; `left` are labels of tickets that had moved on since."""

    act: int
    left: list[str]


@read(router, BORROWINGS, "listBorrowings", list[BorrowingRow])
def list_borrowings(request: HttpRequest, hall: HallPath) -> Any:
    """What windows are borrowed for now."""
    found, _ = entered(request, "listBorrowings", hall)
    standing = Borrowing.objects.filter(hall=found, ended_at=None).order_by("pk")
    names = ("until", "reason")
    return [
        {"borrowing": each.pk, "window": each.window.number, "name": each.what}
        | {name: getattr(each, name) for name in names}
        for each in standing.select_related("window", "service", "department")
    ]


@write(router, "/halls/{hall}/windows/{int:window}/borrow", "borrowWindow", Borrowed)
def borrow(
    request: HttpRequest,
    hall: HallPath,
    window: WindowPath,
    key: KeyHeader,
    body: BorrowForService | BorrowForDepartment,
) -> Any:
    """Let a window take a service, or all of a department, besides its own; who waits is re-routed at once."""
    found, client = entered(request, "borrowWindow", hall)
    return borrowing.borrow(found.pk, client, key, window=window, **body.model_dump())


@write(router, f"{BORROWINGS}/{{int:lent}}/end", "endBorrowing", Borrowed)
def end_borrowing(
    request: HttpRequest, hall: HallPath, lent: IdPath, key: KeyHeader, body: Nothing | None = None
) -> Any:
    """The window takes its own work alone again."""
    found, client = entered(request, "endBorrowing", hall)
    return borrowing.take_back(found.pk, client, key, borrowing=lent)


@write(router, "/halls/{hall}/tickets/move", "moveTickets", MovedOn)
def move_tickets(
    request: HttpRequest,
    hall: HallPath,
    key: KeyHeader,
    body: MoveToService | MoveToWindow | MoveToFallback,
) -> Any:
    """Send people who wait elsewhere, all or none; they keep number and place."""
    found, client = entered(request, "moveTickets", hall)
    return moving.redirect(found.pk, client, key, **body.model_dump())


@read(router, MESSAGES, "listMessages", list[MessageRow])
def list_messages(request: HttpRequest, hall: HallPath) -> Any:
    """The last messages of the day, newest first."""
    found, _ = entered(request, "listMessages", hall)
    with one_read():
        return hands.message_rows(reading_of(found))


@write(router, MESSAGES, "sendMessage", Told)
def send_message(request: HttpRequest, hall: HallPath, key: KeyHeader, body: Words) -> Any:
    """Tell clerks something."""
    found, client = entered(request, "sendMessage", hall)
    return messages.send(found.pk, client, key, **body.model_dump())


@read(router, NOTICES, "listNotices", list[NoticeRow])
def list_notices(request: HttpRequest, hall: HallPath) -> Any:
    """The lines that stand on boards, kiosks and ticket pages."""
    found, _ = entered(request, "listNotices", hall)
    with one_read():
        rows = hands.notice_rows(reading_of(found))
    return [{"notice": row.pop("id"), **row} for row in rows]


@write(router, NOTICES, "putNotice", NoticeState)
def put_notice(request: HttpRequest, hall: HallPath, key: KeyHeader, body: NewNotice) -> Any:
    """Show a line at once, for a time."""
    found, client = entered(request, "putNotice", hall)
    said = body.model_dump()
    return notices.put(found.pk, client, key, **said | {"places": list(dict.fromkeys(said["places"]))})


@write(router, f"{NOTICES}/{{int:notice}}/end", "endNotice", NoticeState)
def end_notice(
    request: HttpRequest, hall: HallPath, notice: IdPath, key: KeyHeader, body: Nothing | None = None
) -> Any:
    """Take a line off the screens."""
    found, client = entered(request, "endNotice", hall)
    return notices.take_down(found.pk, client, key, notice=notice)


@read(router, ADVICE, "listAdvice", list[AdviceRow])
def list_advice(request: HttpRequest, hall: HallPath) -> Any:
    """Tidal windows: what would help now, the most helpful first."""
    found, _ = entered(request, "listAdvice", hall)
    with one_read():
        rows = advice.advice(reading_of(found))
    return [{"advice": row.pop("id"), **row} for row in rows]


@write(router, f"{ADVICE}/{{wanted}}/take", "takeAdvice", AdviceTaken)
def take_advice(
    request: HttpRequest, hall: HallPath, wanted: AdvicePath, key: KeyHeader, body: Nothing | None = None
) -> Any:
    """Do what it says: open the window, or borrow it for an hour."""
    found, client = entered(request, "takeAdvice", hall)
    row = advice.standing(found, wanted)
    reason = advice.as_reason(row, language_of(request))
    return advising.take(found.pk, client, key, advice=row, reason=reason)


@write(router, f"{ADVICE}/{{wanted}}/dismiss", "dismissAdvice", AdviceTaken)
def dismiss_advice(
    request: HttpRequest, hall: HallPath, wanted: AdvicePath, key: KeyHeader, body: Nothing | None = None
) -> Any:
    """Not now: it stays away for half an hour."""
    found, client = entered(request, "dismissAdvice", hall)
    return advising.dismiss(found.pk, client, key, advice=advice.standing(found, wanted))


@read(router, ALARMS, "listAlarms", list[AlarmRow])
def list_alarms(request: HttpRequest, hall: HallPath) -> Any:
    """What needs a hand now, oldest first."""
    found, _ = entered(request, "listAlarms", hall)
    with one_read():
        rows = hands.alarm_rows(reading_of(found))
    return [{"alarm": row.pop("id"), **row} for row in rows]


@write(router, f"{ALARMS}/{{int:alarm}}/acknowledge", "acknowledgeAlarm", AlarmState)
def acknowledge_alarm(
    request: HttpRequest, hall: HallPath, alarm: IdPath, key: KeyHeader, body: Nothing | None = None
) -> Any:
    """Somebody has seen it; it stays listed, quietly, until it is over."""
    found, client = entered(request, "acknowledgeAlarm", hall)
    return alarms.acknowledge(found.pk, client, key, alarm=alarm)


@write(router, "/halls/{hall}/acts/{int:act}/undo", "undoAct", Undone)
def undo_act(
    request: HttpRequest, hall: HallPath, act: ActPath, key: KeyHeader, body: Nothing | None = None
) -> Any:
    """Take back what a manager, or a client in that role, did today."""
    found, client = entered(request, "undoAct", hall)
    return undoing.undo(found.pk, client, key, act=act)
