"""One racer in a process of its own: `python -m tests.racers ROLE …` on the database its environment names."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402  (set up first)
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db.models import F  # noqa: E402

from hallqueue.actions import people  # noqa: E402
from hallqueue.actions.command import THE_HALL, Actor, new_key  # noqa: E402
from hallqueue.actions.house import setup  # noqa: E402
from hallqueue.actions.line import calling, tickets  # noqa: E402
from hallqueue.errors import Refused  # noqa: E402
from hallqueue.models import Call, Device, Hall, Presence, Ticket, User  # noqa: E402
from hallqueue.topics import frame_of, parse  # noqa: E402
from hallqueue.topics.reading import Reading  # noqa: E402
from hallqueue.transactions import one_read  # noqa: E402
from tests.ground.process import wait_until  # noqa: E402
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


def session(name: str) -> None:
    """Sign a person in, and print the session's key."""
    user = User.objects.get(name=name)
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    print(store.session_key)


def device(kind: str) -> None:
    """Pair a device, and print its token."""
    token = people.new_secret()
    hall = Hall.objects.get()
    people.enrol(hall.pk, THE_HALL, new_key(), kind=kind, name=kind, token_hash=people.hashed(token))
    print(token)


def revoke(kind: str) -> None:
    """Take the right away from all devices of a kind."""
    hall = Hall.objects.get()
    for each in Device.objects.filter(kind=kind):
        people.revoke_device(hall.pk, Actor("user:0", "manager"), new_key(), device=each.pk)


def api_client() -> None:
    """Print the token of a machine that may do what a manager may."""
    call_command("api_client", "add", hall="small", name="proof", role="manager")


def leave(name: str) -> None:
    """Sign a person out everywhere, as the door does."""
    user = User.objects.get(name=name)
    for each in Session.objects.all():
        if each.get_decoded().get(SESSION_KEY) == str(user.pk):
            each.delete()
    by = Actor(f"user:{user.pk}", user.role, user)
    people.person_changed(Hall.objects.get().pk, by, new_key(), user=user.pk, what="signed out")


def gone(name: str, seconds: float) -> None:
    """Wait until the hall knows that a clerk's browser is gone."""
    mine = Presence.objects.filter(subject__endswith=f":{User.objects.get(name=name).pk}")
    assert mine.exists(), f"{name} was never there"
    wait_until(mine.filter(gone_at__gte=F("seen_at")).exists, seconds, f"{name} is gone", every=0.5)


def takes(number: int, *codes: str) -> None:
    """Say anew what a window takes."""
    mapped = [(code, 0) for code in codes]
    setup.map_services(Hall.objects.get().pk, THE_HALL, new_key(), window=number, takes=mapped)


def frames(*names: str) -> None:
    """What each topic shows now, computed afresh, as JSON."""
    with one_read():
        reading = Reading(Hall.objects.get())
        shown = {name: frame_of(reading, topic) for name in names if (topic := parse(name))}
    print(json.dumps(shown))


ROLES: dict[str, Callable[..., None]] = {
    "prepare": prepare,
    "kiosk": lambda number, count: kiosk(int(number), int(count)),
    "window": lambda number, over: window(int(number), Path(over)),
    "judge": lambda count: judge(int(count)),
    "tell": tell,
    "session": session,
    "device": device,
    "revoke": revoke,
    "api_client": api_client,
    "leave": leave,
    "gone": lambda name, seconds: gone(name, float(seconds)),
    "frames": frames,
    "takes": lambda number, *codes: takes(int(number), *codes),
}

if __name__ == "__main__":
    ROLES[sys.argv[1]](*sys.argv[2:])
