"""`python -m tests.bench.routing`: call-next and re-routing in a large hall beside the small one, in one process."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

SIZES = {"small": (3, 3, 20), "large": (150, 1135, 2000)}
CLASSES = ("ordinary", "ordinary", "priority", "appointment", "transferred", "returning")
TAKES = 60  # services a window of the large hall takes, every third as help
CALLS = 60
CLOSES = 9


def main() -> None:
    """Build both halls, call in both in turn under every kind of policy, close a window with 500 waiting."""
    halls = {name: build(name, *size) for name, size in SIZES.items()}
    for kind in ("strict", "ratio"):
        taken = calls(halls, kind)
        for name, size in SIZES.items():
            print(f"call-next, {name} hall {size}, {kind:<7} p50 {_told(taken[name])}")
        large, small = (
            Taken(*map(statistics.median, zip(*taken[name], strict=True))) for name in ("large", "small")
        )
        ratios = f"{large.clock / small.clock:.2f}, of processor {large.processor / small.processor:.2f}"
        print(f"large : small, {kind:<7} {ratios}")
    print(f"re-route after a close, 500 waiting: p50 {_told(reroutes())} to every window's line and preview")
    print(f"another set-up of one window, 2,000 waiting: p50 {_told(remaps(halls['large']))}")


class Taken(NamedTuple):
    """Seconds that something took: by the clock, and of this process's processor time."""

    clock: float
    processor: float


def timed(do: Callable[[], Any]) -> tuple[Taken, Any]:
    """How long it took, and what came of it."""
    clock, processor = time.perf_counter(), time.process_time()
    came = do()
    return Taken(time.perf_counter() - clock, time.process_time() - processor), came


def _told(taken: list[Taken]) -> str:
    clock, processor = (1000 * statistics.median(each) for each in zip(*taken, strict=True))
    return f"{clock:.2f} ms, {processor:.2f} ms of processor"


def build(slug: str, windows: int, services: int, waiting: int) -> int:
    """A hall with open windows and people waiting over five classes; returns its id."""
    from hallqueue.actions.command import THE_HALL, new_key
    from hallqueue.actions.house import setup
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


def calls(halls: dict[str, int], kind: str) -> dict[str, list[Taken]]:
    """Calls at the first windows, in each hall in turn; each is taken back, so the crowds stay."""
    from hallqueue.actions.command import THE_HALL, Actor, new_key
    from hallqueue.actions.house import policies
    from hallqueue.actions.line import calling

    for hall in halls.values():
        policies.set_policy(hall, THE_HALL, new_key(), kind=kind, preferred=2, ordinary=1)
    manager = Actor("client:0", "manager")
    taken: dict[str, list[Taken]] = {name: [] for name in halls}
    for number in range(CALLS):
        say: dict[str, Any] = {"window": 1 + number % 3}
        for name, hall in halls.items():
            time_taken, answer = timed(partial(calling.call_next, hall, manager, new_key(), **say))
            taken[name].append(time_taken)
            calling.undo(hall, manager, new_key(), ticket=answer["ticket"], **say)
    return taken


def reroutes() -> list[Taken]:
    """From a window's closing until every window's line and preview are computed afresh; it is opened again."""
    from hallqueue.actions import windows
    from hallqueue.actions.command import THE_HALL, Actor, new_key
    from hallqueue.models import Hall
    from hallqueue.topics.queue import queue_of
    from hallqueue.topics.reading import Reading

    hall_id = build("closing", 150, 1135, 500)
    manager = Actor(THE_HALL.name, "manager")

    def close_and_look() -> None:
        windows.close(hall_id, manager, new_key(), window=5)
        reading = Reading(Hall.objects.get(pk=hall_id))
        for window in reading.windows:
            queue_of(reading, window).next_row()
            queue_of(reading, window).rows(50)

    taken = []
    for _ in range(CLOSES):
        taken.append(timed(close_and_look)[0])
        windows.open_window(hall_id, manager, new_key(), window=5)
    return taken


def remaps(hall: int) -> list[Taken]:
    """A window loses one of its services and gets it back, while two thousand wait."""
    from hallqueue.actions.command import THE_HALL, new_key
    from hallqueue.actions.house import setup
    from hallqueue.models import WindowService

    takes = list(
        WindowService.objects.filter(hall=hall, window__number=5).values_list("service__code", "rank")
    )
    return [
        timed(
            partial(setup.map_services, hall, THE_HALL, new_key(), window=5, takes=takes[: len(takes) - less])
        )[0]
        for less in (1, 0) * CLOSES
    ]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hallqueue.settings")
    import django

    django.setup()
    main()
