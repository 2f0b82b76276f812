"""One racer in a process of its own: `python -m tests.racers ROLE …` on the database its environment names."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402  (Django must be set up first)

from hallqueue.actions import calling, setup, tickets  # noqa: E402
from hallqueue.actions.command import THE_HALL, Actor, new_key  # noqa: E402
from hallqueue.errors import Refused  # noqa: E402
from hallqueue.models import Call, Hall, Ticket, User  # noqa: E402
from tests.hall import SERVICES, make_small_hall  # noqa: E402
from tests.invariants import check  # noqa: E402

CODES = [service["code"] for service in SERVICES]
CLERKS = {1: "clerk1", 2: "clerk2", 3: "clerk3", 9: "fallback"}


def prepare() -> None:
    """The small hall; windows 1–3 take everything, so that they fight for every ticket."""
    call_command("migrate", verbosity=0)
    small = make_small_hall()
    for number in (1, 2, 3):
        setup.map_services(
            small.hall.pk, THE_HALL, new_key(), window=number, takes=[(code, 0) for code in CODES]
        )


def kiosk(number: int, count: int) -> None:
    """Issue `count` tickets; every seventh press is a double tap."""
    hall, me = Hall.objects.get(), Actor(f"device:{number}", "kiosk")
    for n in range(count):
        wish = {"service": CODES[n % 3], "to_fallback": n % 10 == 9}
        key = f"kiosk-{number}-{n}"
        answer = tickets.issue(hall.pk, me, key, **wish)
        if n % 7 == 0:
            assert tickets.issue(hall.pk, me, key, **wish) == answer, "I10"


def window(number: int, over: Path) -> None:
    """Call and serve until the kiosks are done and nobody waits."""
    hall, user = Hall.objects.get(), User.objects.get(name=CLERKS[number])
    me = Actor(f"user:{user.pk}", "clerk", user)
    turn = 0
    while True:
        last_look = over.exists()
        try:
            calling.call_next(hall.pk, me, new_key(), window=number)
        except Refused as refusal:
            if refusal.code != "nobody_waiting":
                raise
            if last_look:
                return
            time.sleep(0.01)
            continue
        turn += 1
        for verb in (calling.start, calling.finish) if turn % 2 else (calling.no_show,):
            verb(hall.pk, me, new_key(), window=number)


def judge(count: int) -> None:
    """Every number once, without gaps; everybody called exactly once; every invariant."""
    hall = Hall.objects.get()
    assert Ticket.objects.count() == count
    calls = Counter(Call.objects.values_list("ticket_id", flat=True))
    assert len(calls) == count, f"{count - len(calls)} tickets were never called"
    assert set(calls.values()) == {1}, "somebody was called twice"
    check(hall)


def tell() -> None:
    """Every invariant holds; who got which number, and who was called, as JSON."""
    check(Hall.objects.get())
    issued = dict(Ticket.objects.values_list("pk", "label"))
    print(json.dumps({"issued": issued, "called": list(Call.objects.values_list("ticket_id", flat=True))}))


if __name__ == "__main__":
    role, words = sys.argv[1], sys.argv[2:]
    if role == "prepare":
        prepare()
    elif role == "kiosk":
        kiosk(int(words[0]), int(words[1]))
    elif role == "window":
        window(int(words[0]), Path(words[1]))
    elif role == "judge":
        judge(int(words[0]))
    elif role == "tell":
        tell()
    else:
        sys.exit(f"no such role: {role}")
