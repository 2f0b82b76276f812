"""What a hall decides about its fallback windows: which reasons count, their limits, and who answers for what."""

from collections.abc import Sequence
from typing import Any

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.house.rerouting import rerouting
from hallqueue.actions.house.series import active_series
from hallqueue.errors import Refused
from hallqueue.models import Department, FallbackDuty, FallbackPolicy, Service, Window
from hallqueue.pinyin import initials_of, pinyin_of
from hallqueue.texts import text

LONGEST_WAIT, MOST_TRANSFERS = 600, 9
SHORTEST_WAIT = 5
SWITCHES = ("refusals", "not_today", "citizens_ask", "helps_out")


@command
@rerouting
def set_policy(
    c: Command,
    *,
    wait_minutes: int,
    transfers: int,
    unknown_series: str = "",
    duties: Sequence[tuple[int, str]] = (),
    refusals: bool = True,
    not_today: bool = True,
    citizens_ask: bool = True,
    helps_out: bool = False,
) -> Answer:
    """Decide anew; who waits is re-routed at once.

    `wait_minutes` and `transfers` 0: that reason is off; `unknown_series`: the letter of the numbers given to who
    does not know what to ask for, "" for none; `duties`: [fallback window's number, department's code];
    the rest switch a reason, or the helping out, on. Raises Refused: not_allowed, fallback_wait, fallback_transfers,
    unknown_series, series_off, unknown_window, not_a_fallback, unknown_department.
    """
    c.managers_only()
    switches = {
        "refusals": refusals,
        "not_today": not_today,
        "citizens_ask": citizens_ask,
        "helps_out": helps_out,
    }
    if wait_minutes and not SHORTEST_WAIT <= wait_minutes <= LONGEST_WAIT:
        raise Refused("fallback_wait", 400, least=SHORTEST_WAIT, most=LONGEST_WAIT)
    if not (transfers == 0 or 2 <= transfers <= MOST_TRANSFERS):
        raise Refused("fallback_transfers", 400, most=MOST_TRANSFERS)
    policy = FallbackPolicy.of(c.hall)
    policy.wait_minutes, policy.transfers = wait_minutes, transfers
    for name, value in switches.items():
        setattr(policy, name, value)
    policy.unknown_service = _unknown_service(c, unknown_series) if unknown_series else None
    policy.save()
    _set_duties(c, duties)
    told: dict[str, Any] = {
        "wait": wait_minutes,
        "transfers": transfers,
        **switches,
        "unknown": unknown_series,
    }
    c.log.record("setup.changed", what="fallback", **told, duties=[list(each) for each in duties])
    return {"wait_minutes": wait_minutes, "transfers": transfers}


def _unknown_service(c: Command, letter: str) -> Service:
    """The service that counts who does not know: chosen by nobody from a list, so it is not active."""
    series = active_series(c.hall, letter)
    names = _names("fallback.unknown")
    department, _ = Department.objects.get_or_create(
        hall=c.hall,
        code="unknown-matter",
        defaults=_names("fallback.unknown_department") | {"order": 9999},
    )
    more = {"pinyin": pinyin_of(names["name"]), "initials": initials_of(names["name"]), "is_active": False}
    service, _ = Service.objects.update_or_create(
        hall=c.hall,
        code="unknown-matter",
        defaults=names | more | {"department": department, "series": series, "order": 9999},
    )
    return service


def _names(key: str) -> dict[str, str]:
    return {f"name{end}": text(key, lang) for end, lang in (("", "zh"), ("_mn", "mn"), ("_en", "en"))}


def _set_duties(c: Command, duties: Sequence[tuple[int, str]]) -> None:
    departments = {each.code: each for each in Department.objects.filter(hall=c.hall)}
    windows = {each.number: each for each in Window.in_use(c.hall)}
    FallbackDuty.objects.filter(hall=c.hall).delete()
    for number, code in dict.fromkeys((number, code) for number, code in duties):
        if number not in windows:
            raise Refused("unknown_window", 404, number=number)
        if not windows[number].is_fallback:
            raise Refused("not_a_fallback", number=number)
        if code not in departments:
            raise Refused("unknown_department", 404)
        FallbackDuty.objects.create(hall=c.hall, window=windows[number], department=departments[code])
