"""In what order classes are called: a policy for the hall, or for one series alone."""

from typing import Any

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.house.series import series_of
from hallqueue.errors import Refused
from hallqueue.models import Policy, Series

PARTS = ("preferred", "ordinary")


@command
def set_policy(
    c: Command,
    *,
    series: str = "",
    kind: str = "strict",
    preferred: int = 1,
    ordinary: int = 2,
    ageing_minutes: int = 20,
    guard_minutes: int = 60,
) -> Answer:
    """Say in what order the hall (series "") or one series (its letter) calls; who waits is re-ordered at once.

    Raises Refused: not_allowed, unknown_series, bad_policy_kind, bad_ratio, bad_ageing, bad_guard.
    """
    c.managers_only()
    rules: dict[str, Any] = {"kind": kind, "preferred": preferred, "ordinary": ordinary}
    rules |= {"ageing_minutes": ageing_minutes, "guard_minutes": guard_minutes}
    check_rules(rules)
    own = _series(c, series)
    before = Policy.objects.filter(hall=c.hall, series=own).values(*rules).first()
    if before != rules:
        Policy.objects.update_or_create(hall=c.hall, series=own, defaults=rules)
        c.log.record("setup.changed", what="policy", series=series, before=before, **rules)
    return {"series": series, **rules}


@command
def drop_policy(c: Command, *, series: str) -> Answer:
    """A series follows the hall's policy again, or the hall (series "") the usual one."""
    c.managers_only()
    gone, _ = Policy.objects.filter(hall=c.hall, series=_series(c, series)).delete()
    if gone:
        c.log.record("setup.changed", what="policy", series=series, dropped=True)
    return {"series": series, "dropped": bool(gone)}


def check_rules(rules: dict[str, Any]) -> None:
    """Refuse what no hall can mean: no part at all, a part or a limit out of bounds."""
    if rules["kind"] not in Policy.Kind.values:
        raise Refused("bad_policy_kind", 400)
    if not all(1 <= rules[part] <= Policy.LARGEST_PART for part in PARTS):
        raise Refused("bad_ratio", 400, largest=Policy.LARGEST_PART)
    if not 1 <= rules["ageing_minutes"] <= Policy.LONGEST:
        raise Refused("bad_ageing", 400, longest=Policy.LONGEST)
    if rules["guard_minutes"] and not Policy.SHORTEST_GUARD <= rules["guard_minutes"] <= Policy.LONGEST:
        raise Refused("bad_guard", 400, shortest=Policy.SHORTEST_GUARD, longest=Policy.LONGEST)


def _series(c: Command, letter: str) -> Series | None:
    return series_of(c.hall, letter) if letter else None
