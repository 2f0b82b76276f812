"""Prepares the hall the bench drives: `python -m tests.bench.hall` prints its addresses and tokens as JSON."""

from __future__ import annotations

import json
import os
import sys

SERVICES, WINDOWS = 40, 40


def prepare() -> dict[str, object]:
    """A hall of 40 services in 4 series and 40 open windows that take all of them, one machine, one board."""
    from hallqueue.actions import people, windows
    from hallqueue.actions.command import THE_HALL, Actor, new_key
    from hallqueue.actions.house import setup
    from hallqueue.models import Rules, User

    hall = setup.make_hall("bench", "测量大厅")
    Rules.objects.update_or_create(
        hall=hall, defaults={"calls_before_no_show": 0}
    )  # so that a window is free again at once
    codes = [f"s{number}" for number in range(SERVICES)]
    rows = [
        {"code": c, "department": "综合", "series": "ABCD"[n % 4], "name": f"事项 {n}"}
        for n, c in enumerate(codes)
    ]
    setup.load_series(hall.pk, THE_HALL, new_key(), rows=[{"letter": letter} for letter in "ABCD"])
    setup.load_services(hall.pk, THE_HALL, new_key(), rows=rows)
    takes = [[code, 0] for code in codes]
    places = [
        {"number": n, "zone": "A区", "direction": "左侧", "takes": takes} for n in range(1, WINDOWS + 1)
    ]
    setup.load_windows(hall.pk, THE_HALL, new_key(), rows=places)
    for number in range(1, WINDOWS + 1):
        user = User.objects.create(username=f"bench{number}", hall=hall)
        clerk = Actor(f"user:{user.pk}", "clerk", user)
        windows.sit(hall.pk, clerk, new_key(), window=number)
        windows.open_window(hall.pk, clerk, new_key(), window=number)
    token, board = people.new_secret(), people.new_secret()
    people.add_client(
        hall.pk, THE_HALL, new_key(), name="bench", role="manager", token_hash=people.hashed(token)
    )
    people.enrol(hall.pk, THE_HALL, new_key(), kind="board", name="bench", token_hash=people.hashed(board))
    return {"hall": "bench", "services": codes, "windows": WINDOWS, "token": token, "board": board}


def age(tickets: int) -> None:
    """Add `tickets` served tickets of earlier days, with their calls and events, by bulk statements."""
    from datetime import timedelta

    from django.db import connection, transaction

    from hallqueue.models import Hall
    from tests.bench.past import write_past

    hall = Hall.objects.get(slug="bench")
    if connection.vendor == "sqlite":  # nothing is lost if this is cut off: the bench makes its data anew
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.execute("PRAGMA cache_size=-200000")
    with transaction.atomic():
        write_past(hall, hall.moved_at.date() - timedelta(days=1), tickets)


def keep_past() -> None:
    """Keep the figures of the old days, as the hall's round has done night by night; else it would do so now."""
    from django.utils import timezone

    from hallqueue.actions.command import THE_HALL, new_key
    from hallqueue.actions.round.figures import figures_wait, keep_figures
    from hallqueue.models import Hall

    hall = Hall.objects.get(slug="bench")
    while figures_wait(hall, timezone.now()):
        keep_figures(hall.pk, THE_HALL, new_key())


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hallqueue.settings")
    import django

    django.setup()
    if len(sys.argv) > 1:
        age(int(sys.argv[1]))
        if sys.argv[2:] == ["kept"]:
            keep_past()
    else:
        print(json.dumps(prepare()))
