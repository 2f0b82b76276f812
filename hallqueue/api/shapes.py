"""What machines send and get: every field, its kind and its limits; a field that is not here is refused."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Header, Path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, StringConstraints
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from hallqueue.actions.line.matters import MOST_MATTERS
from hallqueue.actions.line.sending import LONGEST_REMINDER
from hallqueue.actions.line.tickets import MOST_PEOPLE

LARGEST_NUMBER = 2**62
PHONE_PATTERN = r"(\+?86[ -]?)?[0-9]([ ()-]?[0-9]){6,11}"
KEY_PATTERN = r"^[A-Za-z0-9_.:-]{8,64}$"


def whole(value: Any) -> Any:
    """JSON knows one kind of number: 3.0 is the whole number 3."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def iso_only(typed: Any) -> date:
    """A date as ISO 8601 writes it, and nothing that could be taken for seconds. Raises ValueError."""
    if not isinstance(typed, str):
        raise ValueError("no text")
    return date.fromisoformat(typed)


IsoDate = Annotated[date, BeforeValidator(iso_only)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")]
Letter = Annotated[str, StringConstraints(max_length=4, pattern=r"^[^\x00-\x1f\x7f]*$")]
Off = Annotated[int, Field(ge=0, le=0), BeforeValidator(whole)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=200)]
PauseReason = Annotated[str, StringConstraints(min_length=1, max_length=100)]
TicketId = Annotated[int, Field(ge=1, le=LARGEST_NUMBER), BeforeValidator(whole)]
People = Annotated[int, Field(ge=1, le=MOST_PEOPLE), BeforeValidator(whole)]
Phone = Annotated[str, StringConstraints(pattern=rf"^{PHONE_PATTERN}$"), Field(examples=["13800138000"])]
PhoneIfGiven = Annotated[str, StringConstraints(pattern=rf"^({PHONE_PATTERN})?$")]
WindowNumber = Annotated[int, Field(ge=0, le=32767), BeforeValidator(whole)]

HallPath = Annotated[
    str, Path(max_length=30, pattern=r"^[A-Za-z0-9_-]+$", description="The hall's short name.")
]
WindowPath = Annotated[int, Path(ge=0, le=32767, description="The window's number.")]
TicketPath = Annotated[int, Path(ge=1, le=LARGEST_NUMBER, description="The ticket's id.")]
KeyHeader = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=KEY_PATTERN,
        description="Made by the client, one for each thing it wants done; a repeated request repeats the key.",
    ),
]


class Shape(BaseModel):
    """What goes out or comes in: plain pydantic. Ninja's own `Schema` wraps each value for the ORM, which no operation
    hands over, and checks what forbids unknown fields twice."""


class Sent(Shape):
    """A body from outside: no unknown field, no number for a text."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Nothing(Sent):
    """An operation that needs no details."""


class Partly(Sent):
    """A body of which what is left out stays as it is: its description has no defaults, or programs would send them."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, made_by: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The description without the defaults, which are there for Python alone."""
        described = made_by.resolve_ref_schema(made_by(core))
        for field in described["properties"].values():
            field.pop("default", None)
        return described


class Wish(Sent):
    """What a citizen wants a number for; `also` holds the codes of further services of the same visit (并号)."""

    service: Annotated[str, StringConstraints(max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    journey: Annotated[str, StringConstraints(max_length=40)] = ""
    unknown: bool = False
    priority: Literal["", "elderly", "disabled", "pregnant", "infant", "military"] = ""
    language: Literal["zh", "mn", "en"] = "zh"
    note: Annotated[str, StringConstraints(max_length=200)] = ""
    to_fallback: bool = False
    also: Annotated[list[Code], Field(max_length=MOST_MATTERS - 1)] = []
    people: People = 1


class Refusing(Sent):
    """Why a window says no: the kind, and words."""

    kind: Literal["conditions", "materials", "not_ours", "system", "not_today", "other"]
    words: Reason


class LeftToFallback(Sent):
    """Why a waiting person is brought to the fallback window."""

    reason: Literal["sent", "not_today"] = "sent"
    note: Annotated[str, StringConstraints(max_length=200)] = ""


class Because(Sent):
    """A reason, as people will read it."""

    reason: Reason


class ParkBecause(Because):
    """Why somebody is set aside, and after how many minutes the window is reminded."""

    minutes: Annotated[int, Field(ge=1, le=LONGEST_REMINDER), BeforeValidator(whole)] | None = None


class Finishing(Sent):
    """What each open matter came to, in order (done where none is given); what an e-licence replaced."""

    results: Annotated[list[Literal["done", "not_done", "sent_on"]], Field(max_length=MOST_MATTERS)] = []
    papers: Annotated[str, StringConstraints(max_length=200)] = ""


class PauseBecause(Sent):
    """Why a window rests."""

    reason: PauseReason


class CloseBecause(Sent):
    """Why a window closes, if there is a reason."""

    reason: Annotated[str, StringConstraints(max_length=100)] = ""


class CancelBecause(Sent):
    """A reason, if there is one."""

    reason: Annotated[str, StringConstraints(max_length=200)] = ""


class Chosen(Sent):
    """Somebody called out of turn, and why."""

    ticket: TicketId
    reason: Reason


class Which(Sent):
    """A ticket."""

    ticket: TicketId


class Problem(Shape):
    """Why nothing was done: RFC 9457. `title` is a sentence for people, `code` is for programs."""

    type: str
    title: str
    status: int
    code: str
    params: dict[str, Any]


class Issued(Shape):
    """A new ticket; `token` opens its own page at /t/<token>/ and is told here only."""

    ticket: int
    label: str
    token: str
    service: str


class Moved(Shape):
    """A ticket and the state it has now."""

    ticket: int
    label: str
    state: str


class Fallen(Moved):
    """A ticket left to the fallback window, and by which of its reasons."""

    fallback: str


class Called(Moved):
    """A ticket called to a window."""

    window: int
    service: str


class Recalled(Moved):
    """How often the call has been said."""

    said: int


class WindowState(Shape):
    """How a window stands: open, paused or closed."""

    window: int
    state: str
    reason: str


class Openness(Shape):
    """Whether numbers are given out."""

    is_open: bool


class HallState(Shape):
    """A hall at one seq of its log."""

    slug: str
    name: str
    name_en: str
    name_mn: str
    time_zone: str
    is_open: bool
    epoch: str
    seq: int
    moved_at: datetime
    business_date: date
    waiting: int
    open_windows: int


class ServiceRow(Shape):
    """A service, how many wait for it, and which open windows take it."""

    code: str
    name: str
    name_en: str
    name_mn: str
    department: str
    series: str
    tags: list[str]
    minutes: int
    is_active: bool
    waiting: int
    open_windows: list[int]


class JourneyRow(Shape):
    """A journey: one number for several services; those of one stage may be done in any order."""

    code: str
    name: str
    name_en: str
    name_mn: str
    returns: bool
    is_active: bool
    stages: list[list[str]]


class WindowRow(Shape):
    """A window; `taken` says whether somebody sits there, `ticket` is the id of whoever is called or served."""

    number: int
    name: str
    name_en: str
    name_mn: str
    zone: str
    direction: str
    is_fallback: bool
    state: str
    reason: str
    taken: bool
    ticket: int | None


class LineRow(Shape):
    """Somebody who waits, in the order of calling."""

    ticket: int
    label: str
    service: str
    klass: str
    issued_at: datetime


class TicketRow(Shape):
    """A ticket; without its token, which opens the citizen's own page."""

    ticket: int
    label: str
    state: str
    service: str
    klass: str
    priority_kind: str
    language: str
    source: str
    business_date: date
    window: int | None
    for_window: int | None
    fallback_reason: str
    issued_at: datetime
    called_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    call_count: int
    transfer_count: int


class EventRow(Shape):
    """One line of the log."""

    seq: int
    at: datetime
    business_date: date
    kind: str
    by: str
    ticket: int | None
    label: str | None
    window: int | None
    data: dict[str, Any]


class EventPage(Shape):
    """Events after a seq; ask again with `after` = `last` until `last` = `head`. A new `epoch`: begin at 0."""

    epoch: str
    head: int
    last: int
    events: list[EventRow]
