"""The story of one case, whatever its kind: its lines of the hall's log, as people read them."""

from typing import Any
from zoneinfo import ZoneInfo

from hallqueue.models import Concern, Event, Finding, Project, RatingCase, User
from hallqueue.texts import has_text, text

DETAILS = (
    "kind",
    "sort",
    "grade",
    "handler",
    "due_on",
    "days",
    "level",
    "cause",
    "satisfaction",
    "count",
    "ticket_label",
    "walkthrough",
    "step",
    "team",
    "cases",
    "on",
)
LEVEL, SATISFACTION, KIND, STEP, SORT = "level", "satisfaction", "kind", "step", "sort"

Line = dict[str, Any]


def story_of(case: Concern | Finding | Project | RatingCase, lang: str) -> list[Line]:
    """Oldest first: {at, who, what, details: [(name, value)], reason, late}."""
    seqs = case.lines.values_list("seq", flat=True)
    zone = case.hall.local_zone
    events = list(Event.objects.filter(hall=case.hall_id, seq__in=list(seqs)).order_by("seq"))
    names = names_of([event.by for event in events], lang)
    steps = case.kind if isinstance(case, Project) else ""
    return [_line(event, names, lang, zone, steps) for event in events]


def names_of(actors: list[str], lang: str) -> dict[str, str]:
    """What people call those whom the log names (`user:3`, `ticket:9`, `client:2`, `hall`)."""
    keys = {name: int(name[5:]) for name in actors if name.startswith("user:") and name[5:].isdecimal()}
    users = {user.pk: str(user) for user in User.objects.filter(pk__in=keys.values())}
    return {name: users.get(keys.get(name, 0)) or _somebody(name, lang) for name in actors}


def _somebody(name: str, lang: str) -> str:
    kind = name.partition(":")[0]
    key = f"concern.by.{kind}"
    return text(key, lang) if has_text(key) else name


def _line(event: Event, names: dict[str, str], lang: str, zone: ZoneInfo, steps: str) -> Line:
    """One line; `steps` is the kind of project whose steps it may name."""
    data, (noun, _, what) = event.data, event.kind.partition(".")
    own = {**data, "walkthrough": ""} if what == "noted" else data  # a finding is noted by its walkthrough
    shown = [(name, data[name]) for name in DETAILS if own.get(name) not in (None, "")]
    return {
        "at": f"{event.at.astimezone(zone):%Y-%m-%d %H:%M}",
        "who": names[event.by],
        "what": text(f"{noun}.event.{what}", lang),
        "details": [
            (text(f"concern.detail.{name}", lang), _value(steps or noun, name, value, lang))
            for name, value in shown
        ],
        "reason": data.get("reason", ""),
        "late": bool(data.get("late")) or what == "overdue",
    }


def _value(of: str, name: str, value: Any, lang: str) -> Any:
    if name == STEP:
        return text(f"project.step_of.{of}.{value}", lang)
    if name == KIND and of == "finding":
        return text(f"walkthrough.finding.{value}", lang)
    if name == SORT:
        return text(f"rating.sort.{value}", lang)
    if name == LEVEL and of in Project.Kind.values:
        return text(f"project.level.{value}", lang)
    return text(f"concern.{name}.{value}", lang) if name in (LEVEL, SATISFACTION, KIND) else value
