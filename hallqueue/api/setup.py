"""What machines may read and change of the set-up: what windows take, and in what order they call."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import BeforeValidator, Field, StringConstraints

from hallqueue.actions.house import policies, rules
from hallqueue.api.door import entered
from hallqueue.api.operations import read, write
from hallqueue.api.shapes import (
    Code,
    HallPath,
    KeyHeader,
    Letter,
    Off,
    Partly,
    Sent,
    Shape,
    WindowPath,
    whole,
)
from hallqueue.errors import Refused
from hallqueue.models import Policy, Series, Window
from hallqueue.order import HALL, Rules
from hallqueue.routing import policies_of
from hallqueue.transactions import one_read

router = Router()

RULES = "/halls/{hall}/windows/{int:window}/rules"
POLICIES = "/halls/{hall}/policies"
MOST = 500

Rank = Annotated[int, Field(ge=0, le=rules.HIGHEST_RANK), BeforeValidator(whole)]
Part = Annotated[int, Field(ge=1, le=Policy.LARGEST_PART), BeforeValidator(whole)]
Minutes = Annotated[int, Field(ge=1, le=Policy.LONGEST), BeforeValidator(whole)]
Guard = Annotated[int, Field(ge=Policy.SHORTEST_GUARD, le=Policy.LONGEST), BeforeValidator(whole)]


class Ranked(Sent):
    """A department, group or service, and its rank: 0 is own work, 1 to 9 help."""

    code: Code
    rank: Rank = 0


class WindowRules(Sent):
    """All that a window takes; `everything` is the rank of one that takes whatever there is. No class: every class."""

    departments: Annotated[list[Ranked], Field(max_length=MOST)] = []
    groups: Annotated[list[Ranked], Field(max_length=MOST)] = []
    services: Annotated[list[Ranked], Field(max_length=MOST)] = []
    everything: Rank | None = None
    classes: Annotated[list[Literal["priority", "appointment", "ordinary"]], Field(max_length=9)] = []
    languages: Annotated[list[Literal["mn", "en"]], Field(max_length=9)] = []
    zone: Annotated[str, StringConstraints(max_length=40)] | None = None
    is_fallback: bool | None = None


class WindowNames(Partly):
    """What a window is called and where it is found; what is left out stays as it is."""

    name: Annotated[str, StringConstraints(max_length=rules.NAMED["name"])] = ""
    name_mn: Annotated[str, StringConstraints(max_length=rules.NAMED["name_mn"])] = ""
    name_en: Annotated[str, StringConstraints(max_length=rules.NAMED["name_en"])] = ""
    direction: Annotated[str, StringConstraints(max_length=rules.NAMED["direction"])] = ""


class NewRules(WindowRules):
    """The rules, said anew; `is_new` adds the window, `anyway` also where no window would take who waits any more."""

    names: WindowNames | None = None
    is_new: bool = False
    anyway: bool = False


class Taken(Shape):
    """How many services the window takes now, and how many active services no window takes."""

    window: int
    takes: int
    unserved: int


class PolicyState(Shape):
    """In what order the hall (series "") or one series calls."""

    series: str
    kind: str
    preferred: int
    ordinary: int
    ageing_minutes: int
    guard_minutes: int


class NewPolicy(Sent):
    """A policy: its kind, its parts, minutes a step, minutes at most (0: no guard)."""

    series: Letter = ""
    kind: Literal["strict", "ratio", "ageing"] = "strict"
    preferred: Part = 1
    ordinary: Part = 2
    ageing_minutes: Minutes = 20
    guard_minutes: Off | Guard = 60


class OfSeries(Sent):
    """The letter of a series; "" is the hall."""

    series: Letter = ""


class Dropped(Shape):
    """Whether there was a policy to drop."""

    series: str
    dropped: bool


@read(router, RULES, "readWindowRules", WindowRules)
def read_window_rules(request: HttpRequest, hall: HallPath, window: WindowPath) -> Any:
    """What a window takes, as it can be said anew."""
    found, _ = entered(request, "readWindowRules", hall)
    with one_read():
        seat = Window.in_use(found).filter(number=window).first()
        if seat is None:
            raise Refused("unknown_window", 404, number=window)
        return _as_said(rules.told_of(seat))


@write(router, RULES, "setWindowRules", Taken)
def set_window_rules(
    request: HttpRequest, hall: HallPath, window: WindowPath, key: KeyHeader, body: NewRules
) -> Any:
    """Say anew all that a window takes; who waits is re-routed at once."""
    found, client = entered(request, "setWindowRules", hall)
    said = body.model_dump()
    for name in ("departments", "groups", "services"):
        said[name] = [[each["code"], each["rank"]] for each in said[name]]
    said["names"] = body.names and body.names.model_dump(exclude_unset=True)
    return rules.set_window_rules(found.pk, client, key, window=window, **said)


@read(router, POLICIES, "listPolicies", list[PolicyState])
def list_policies(request: HttpRequest, hall: HallPath) -> Any:
    """The hall's policy first, then those of series that have one of their own."""
    found, _ = entered(request, "listPolicies", hall)
    with one_read():
        stand = {HALL: Rules()} | policies_of(found.pk)
        letters = {HALL: ""} | dict(Series.objects.filter(hall=found).values_list("pk", "letter"))
    return [{"series": letters[scope], **stand[scope]._asdict()} for scope in sorted(stand)]


@write(router, POLICIES, "setPolicy", PolicyState)
def set_policy(request: HttpRequest, hall: HallPath, key: KeyHeader, body: NewPolicy) -> Any:
    """Say in what order the hall or a series calls; who waits is re-ordered at once."""
    found, client = entered(request, "setPolicy", hall)
    return policies.set_policy(found.pk, client, key, **body.model_dump())


@write(router, f"{POLICIES}/drop", "dropPolicy", Dropped)
def drop_policy(request: HttpRequest, hall: HallPath, key: KeyHeader, body: OfSeries) -> Any:
    """A series follows the hall's policy again, or the hall the usual one."""
    found, client = entered(request, "dropPolicy", hall)
    return policies.drop_policy(found.pk, client, key, series=body.series)


def _as_said(told: dict[str, Any]) -> dict[str, Any]:
    """A window's rules as the log keeps them, in the shape in which they are sent."""
    whole = [row for row in told["scopes"] if not row[0] and not row[1]]
    return {
        "departments": [{"code": code, "rank": rank} for code, _, rank in told["scopes"] if code],
        "groups": [{"code": group, "rank": rank} for _, group, rank in told["scopes"] if group],
        "services": [{"code": code, "rank": rank} for code, rank in told["services"]],
        "everything": whole[0][2] if whole else None,
        "is_fallback": told["fallback"],
        **{name: told[name] for name in ("classes", "languages", "zone")},
    }
