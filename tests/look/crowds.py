"""Three halls to be looked at: nobody in the first, three people and the longest names in the second, three hundred
people at twenty-four windows in the third."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import cycle, islice
from typing import Any

from django.db.models import F
from django.utils import timezone

from hallqueue.actions import appointments, borrowing, helping, lending, messages, notices, windows
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.house import setup, slots
from hallqueue.actions.line import calling, journeys, sending
from hallqueue.actions.people import enrol, hashed
from hallqueue.models import Department, Hall, Service, Ticket, User, Window
from tests.desk_hall import THINGS, furnish
from tests.hall import KIOSK, SmallHall, make_small_hall, where_it_is_noon
from tests.look.words import (
    LONG_ENGLISH,
    LONG_NAME,
    LONG_PART,
    LONG_PERSON,
    MONGOLIAN,
    PART,
    REASON,
    WAY,
)
from tests.window_hall import signed_in

CROWDS = ("none", "three", "many")
GLASS = ("kiosk", "pad", "screen")
TRADES = ("公安局", "税务局", "住房和城乡建设局", "市场监督管理局", "人力资源和社会保障局", "不动产登记中心")
MATTERS = ("变更登记", "注销登记（个体工商户）", "补换领", "异地转移接续手续办理", "政策咨询", "资格认证")
LETTERS = "ABCDEF"
WAITING = 300


def build(crowd: str) -> None:
    """In the server's own database; prints the session of each person, the links of tickets by state, and ids."""
    small = where_it_is_noon(make_small_hall((), crowd))
    if crowd == "many":
        _grow(small)
    if crowd == "three":
        _stretch(small)
    small.open(*([1, 2, 9] if crowd == "none" else [1, 2, 3, 9]))
    furnish(small.hall)
    _journey(small)
    for kind in GLASS:
        window = None if kind == "kiosk" else 1
        about = {"kind": kind, "name": LONG_PERSON if crowd == "three" else kind}
        enrol(
            small.hall.pk, THE_HALL, new_key(), token_hash=hashed(f"{crowd}-{kind}"), window=window, **about
        )
    found = {"none": lambda _: {}, "three": _three, "many": _many}[crowd](small)
    print(json.dumps({"people": {name: signed_in(user) for name, user in small.people.items()}, **found}))


def _stretch(small: SmallHall) -> None:
    """Every name as long as the rules allow."""
    hall = small.hall
    Hall.objects.filter(pk=hall.pk).update(name=LONG_PART, name_en=LONG_ENGLISH * 2, name_mn=MONGOLIAN)
    Department.objects.filter(hall=hall).update(name=LONG_PART, name_en=LONG_ENGLISH, name_mn=MONGOLIAN)
    Service.objects.filter(hall=hall).update(name=LONG_NAME, name_en=LONG_ENGLISH, name_mn=MONGOLIAN)
    Window.objects.filter(hall=hall).update(
        name=LONG_PART, name_en=LONG_ENGLISH, zone=PART[:40], direction=WAY
    )
    User.objects.filter(hall=hall).update(name=LONG_PERSON)
    setup.note_change(hall.pk, THE_HALL, new_key(), what="names", row=hall.pk)


def _grow(small: SmallHall) -> None:
    """Thirty-six services of six departments at twenty-four windows, most of them open."""
    pk = small.hall.pk
    setup.load_series(pk, THE_HALL, new_key(), rows=[{"letter": letter} for letter in LETTERS])
    rows: list[dict[str, Any]] = [
        {"code": f"{part}-{at}", "department": part, "series": letter, "name": f"{part[:-1]}{matter}"}
        for letter, part in zip(LETTERS, TRADES, strict=True)
        for at, matter in enumerate(MATTERS)
    ]
    rows[7]["name"] = LONG_NAME
    setup.load_services(pk, THE_HALL, new_key(), rows=rows)
    seats = [_seat(rows, at, part) for at, part in enumerate(islice(cycle(TRADES), 20))]
    setup.load_windows(pk, THE_HALL, new_key(), rows=seats)
    for seat in seats[:14]:
        name = f"{small.hall.slug}-at{seat['number']}"
        user = User.objects.create(
            username=name, name=f"工作人员{seat['number']}", hall=small.hall, role="clerk"
        )
        small.people[name] = user
        say = (pk, small.actor(name), new_key())
        windows.sit(*say, window=seat["number"])
        windows.open_window(pk, small.actor(name), new_key(), window=seat["number"])


def _seat(rows: list[dict[str, Any]], at: int, part: str) -> dict[str, Any]:
    takes = [[row["code"], 0] for row in rows if row["department"] == part]
    place = {"zone": f"{at % 3 + 1}楼 {'ABC'[at % 3]}区", "direction": WAY}
    return {"number": 10 + at, "name": f"{part}综合窗口", "takes": takes} | place


def _journey(small: SmallHall) -> None:
    stages = [["id-card"], ["invoice", "housing"]]
    say = (small.hall.pk, small.actor("manager"), new_key())
    journeys.set_journey(*say, code="shop", name="开办餐饮店", stages=stages, name_mn=MONGOLIAN)


def _three(small: SmallHall) -> dict[str, Any]:
    """One is being served, one waits for a window that is closed, one was missed; everything has something to say."""
    first, journey, late = small.issue(), small.issue("", journey="shop"), small.issue("housing")
    small.call_next(1)
    found = _states(small, {"called": first, "waiting": journey, "stranded": late})
    _say_everything(small)
    for number in (3, 9):
        windows.close(
            small.hall.pk, small.actor("manager"), new_key(), window=number, reason=(REASON * 3)[:100]
        )
    return found


def _say_everything(small: SmallHall) -> None:
    """A message, a notice, a loan, a call for help, an appointment, a borrowing: as long as they may be."""
    pk, boss = small.hall.pk, small.actor("manager")
    messages.send(pk, boss, new_key(), text=(REASON * 5)[:200])
    notices.put(
        pk,
        boss,
        new_key(),
        zh=(REASON * 3)[:120],
        mn=MONGOLIAN,
        minutes=60,
        places=["board", "kiosk", "ticket"],
    )
    lending.lend(pk, small.actor("desk"), new_key(), item=THINGS[0]["code"], deposit="市民卡")
    helping.ask_for_help(pk, KIOSK, new_key(), kind="wheelchair", place="kiosk", spot="东门一号取号机旁边")
    borrowing.borrow(pk, boss, new_key(), window=1, service="invoice", reason=(REASON * 5)[:200], minutes=60)
    today = small.fresh().business_date(timezone.now()).isoformat()
    for start in range(14, 20):
        slot = slots.make_slot(
            pk,
            boss,
            new_key(),
            service="housing",
            day=today,
            start=f"{start}:00",
            end=f"{start}:30",
            capacity=4,
        )["slot"]
        who = {"name": LONG_PERSON[:40], "phone": f"138473012{start}"}
        appointments.book(pk, small.actor("desk"), new_key(), slot=slot, **who)


def _many(small: SmallHall) -> dict[str, Any]:
    """Three hundred wait, fourteen windows serve, some are parked, missed and done."""
    codes = list(Service.objects.filter(hall=small.hall).values_list("code", flat=True))
    kinds = cycle(["", "", "elderly", "", "", "pregnant", ""])
    given = [small.issue(code, priority=next(kinds)) for code in islice(cycle(codes), WAITING + 40)]
    ids = {each["ticket"]: at for at, each in enumerate(given)}
    for pk, at in ids.items():
        Ticket.objects.filter(pk=pk).update(
            issued_at=F("issued_at") - timedelta(seconds=13 * (len(ids) - at))
        )
    for at, number in enumerate([1, 2, 3, *range(10, 24)]):
        _serve(small, number, at)
    found = {state: given[at] for state, at in (("waiting", 200), ("last", -1))}
    for state in ("called", "serving", "missed", "parked", "done"):
        each = Ticket.objects.filter(hall=small.hall, state=state).first()
        if each:
            found[state] = {"ticket": each.pk, "token": each.token}
    _say_everything(small)
    return _states(small, found)


def _serve(small: SmallHall, number: int, at: int) -> None:
    """A window calls, and what becomes of it is another thing at each."""
    pk, boss = small.hall.pk, small.actor("manager")

    def say(verb: Any, **more: Any) -> None:
        verb(pk, boss, new_key(), window=number, **more)

    say(calling.call_next)
    if at % 4 == 0:
        say(calling.no_show)
        say(calling.call_next)
    elif at % 4 == 1:
        say(sending.park, reason=REASON)
        say(calling.call_next)
    say(calling.start)
    if at % 3 == 0:
        say(calling.finish)
        say(calling.call_next)
    if number == 20:
        say(windows.pause, reason="设备检修")


def _states(small: SmallHall, given: dict[str, Any]) -> dict[str, Any]:
    about = {state: {"ticket": each["ticket"], "token": each["token"]} for state, each in given.items()}
    services = dict(Service.objects.filter(hall=small.hall).values_list("code", "pk"))
    return {"tickets": about, "services": services}
