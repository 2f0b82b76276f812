"""`python -m tests.bench.routing`: call-next and re-routing in a large hall beside the small one, in one process."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

SIZES = {"small": (3, 3, 20), "large": (150, 1135, 2000)}
CLASSES = ("ordinary", "ordinary", "priority", "appointment", "transferred", "returning")
TAKES = 60  # services a window of the large hall takes, every third as help
CALLS = 60


def main() -> None:
    """Build both halls, call in both with every kind of policy, close a window with 500 waiting; print figures."""
    medians: dict[tuple[str, str], float] = {}
    for name, size in SIZES.items():
        hall = build(name, *size)
        for kind in ("strict", "ratio"):
            medians[name, kind] = calls(hall, kind)
            print(f"call-next, {name} hall {size}, {kind:<7} p50 {medians[name, kind]:.2f} ms")
    for kind in ("strict", "ratio"):
        print(f"large : small, {kind:<7} {medians['large', kind] / medians['small', kind]:.2f}")
    print(f"re-route after a close, 500 waiting: {reroute():.0f} ms to every window's line and preview")


def build(slug: str, windows: int, services: int, waiting: int) -> int:
    """A hall with open windows and people waiting over five classes; returns its id."""
    from hallqueue.actions import setup
    from hallqueue.actions.command import THE_HALL, new_key
    from hallqueue.models import Window

    hall = setup.make_hall(slug, slug)
    codes = [f"s{number}" for number in range(services)]
    rows = [
        {"code": c, "department": f"部门{n % 30}", "series": "ABC"[n % 3], "name": c}
        for n, c in enumerate(codes)
    ]
    setup.load_series(hall.pk, THE_HALL, new_key(), rows=[{"letter": letter} for letter in "ABC"])
    setup.load_services(hall.pk, THE_HALL, new_key(), rows=rows)
    places = [
        {
            "number": n,
            "takes": [[codes[(n * 7 + k) % services], k % 3 // 2] for k in range(min(TAKES, services))],
        }
        for n in range(1, windows + 1)
    ]
    setup.load_windows(hall.pk, THE_HALL, new_key(), rows=places)
    Window.objects.filter(hall=hall).update(state="open")
    crowd(hall.pk, waiting, len(codes))
    return int(hall.pk)


def crowd(hall_id: int, waiting: int, services: int) -> None:
    """People waiting, made in one stroke."""
    from hallqueue.models import Hall, Service, Ticket
    from hallqueue.order import PRECEDENCE, STEP

    hall = Hall.objects.get(pk=hall_id)
    offered = list(Service.objects.filter(hall=hall).select_related("series")[:services])
    Ticket.objects.bulk_create(
        Ticket(
            hall=hall,
            business_date=hall.business_date(hall.moved_at),
            series=offered[n % len(offered)].series,
            number=n + 1,
            label=f"A{n + 1:04d}",
            service=offered[n % len(offered)],
            klass=CLASSES[n % len(CLASSES)],
            precedence=PRECEDENCE[CLASSES[n % len(CLASSES)]],
            position=(n + 1) * STEP,
            issued_at=hall.moved_at - timedelta(seconds=waiting - n),
        )
        for n in range(waiting)
    )


def calls(hall_id: int, kind: str) -> float:
    """Milliseconds of a call (median) at the first windows in turn; each is taken back, so the crowd stays."""
    from hallqueue.actions import calling, policies
    from hallqueue.actions.command import THE_HALL, Actor, new_key

    policies.set_policy(hall_id, THE_HALL, new_key(), kind=kind, preferred=2, ordinary=1)
    manager = Actor("client:0", "manager")
    taken = []
    for number in range(CALLS):
        window = 1 + number % 3
        say: dict[str, Any] = {"window": window}
        begun = time.perf_counter()
        answer = calling.call_next(hall_id, manager, new_key(), **say)
        taken.append(time.perf_counter() - begun)
        calling.undo(hall_id, manager, new_key(), ticket=answer["ticket"], **say)
    return statistics.median(taken) * 1000


def reroute() -> float:
    """Milliseconds from a window's closing until every window's line and preview are computed afresh."""
    from hallqueue.actions import windows
    from hallqueue.actions.command import THE_HALL, Actor, new_key
    from hallqueue.models import Hall
    from hallqueue.topics.queue import queue_of
    from hallqueue.topics.reading import Reading

    hall_id = build("closing", 150, 1135, 500)
    manager = Actor(THE_HALL.name, "manager")
    look: Callable[[], Any] = lambda: [  # noqa: E731
        (queue_of(reading, window).next_row(), queue_of(reading, window).rows(50))
        for reading in [Reading(Hall.objects.get(pk=hall_id))]
        for window in reading.windows
    ]
    look()
    begun = time.perf_counter()
    windows.close(hall_id, manager, new_key(), window=5)
    look()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hallqueue.settings")
    import django

    django.setup()
    main()
