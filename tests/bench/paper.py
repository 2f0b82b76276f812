"""`python -m tests.bench.paper`: from a claimed print job to its bytes, and how many; from a fault to its alarm."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from tests.ground.process import ROOT
from tests.ground.servers import Hallqueue

SLIPS = 60
FAULTS = ("paper_out", "cover_open", "offline", "silent")
Mode: TypeAlias = Literal["gb18030", "raster"]
KINDS: tuple[tuple[Mode, int], ...] = (("gb18030", 80), ("gb18030", 58), ("raster", 80), ("raster", 58))


def main() -> None:
    """Measure in a hall of its own that nobody else is measured in."""
    words, server = (sys.executable, "-m", "tests.bench.paper", "measure"), Hallqueue()
    try:
        subprocess.run(words, env=server.environment(), cwd=ROOT, check=True)
    finally:
        server.remove()


def measure() -> None:
    """Slips of the demo hall (two scripts, seven rules, QR) by every way of printing; print figures."""
    hall, tickets = people_at_the_kiosk()
    for mode, width in KINDS:
        made, cpu, sizes = slips(hall, tickets, mode, width)
        figures = f"p50 {statistics.median(made):.1f} ms · p99 {sorted(made)[-1 - len(made) // 100]:.1f} ms"
        cost = f"CPU {statistics.median(cpu):.1f} ms · {statistics.median(sizes):,.0f} bytes"
        print(f"slip ready to send, {mode:<7} {width} mm {'':<18} {figures} · {cost}")
        print(f"the same for somebody who reads Mongolian {'':<11} {in_mongolian(hall, mode, width):,} bytes")
    heard = faults(hall)
    figures = f"p50 {statistics.median(heard):.1f} s · worst {max(heard):.1f} s"
    print(f"printer fault to the alarm of staff (aim 3 s) {figures}")


def in_mongolian(hall: Any, mode: Mode, width: int) -> int:
    """Bytes of an ordinary slip with what it says in both scripts."""
    from printers.examples import example_slip
    from printers.parts import Paper
    from printers.slip import slip_bytes

    paper = Paper(dots={80: 576, 58: 384}[width], text=mode)
    return len(slip_bytes(example_slip("ordinary", hall, language="mn"), paper))


def faults(hall: Any) -> list[float]:
    """Seconds from each fault of a printer, twice each, until its alarm stands."""
    from hallqueue.models import Alarm
    from printers import twin as paper_twin
    from printers.models import Printer
    from printers.worker import Supervisor

    supervisor, found = Supervisor(), list[float]()
    with paper_twin.PrinterTwin() as twin:
        printer = Printer.objects.create(hall=hall, name="faults", address=twin.url)
        standing = Alarm.objects.filter(subject=f"printer:{printer.pk}", cleared_at=None)
        for fault in FAULTS * 2:
            twin.mode = paper_twin.Mode.OK
            _work(supervisor, lambda: _is_ok(printer) and not standing.exists())
            twin.mode, begun = paper_twin.Mode(fault), time.perf_counter()
            _work(supervisor, standing.exists)
            found.append(time.perf_counter() - begun)
        supervisor.stop()
    return found


def _is_ok(printer: Any) -> bool:
    printer.refresh_from_db(fields=["condition"])
    return str(printer.condition) == "ok"


def _work(supervisor: Any, true: Callable[[], bool]) -> None:
    """Round after round; the feeder of the printer has a thread of its own."""
    while not true():
        supervisor.round()


def people_at_the_kiosk() -> tuple[Any, list[int]]:
    """The demo hall with its windows open, and numbers for many of its services."""
    from hallqueue.actions import windows
    from hallqueue.actions.command import Actor, new_key
    from hallqueue.actions.line import tickets
    from hallqueue.demo.load import load
    from hallqueue.models import Service, Window

    hall, boss, kiosk = load(), Actor("bench", "manager"), Actor("device:1", "kiosk")
    for number in Window.objects.filter(hall=hall).values_list("number", flat=True):
        windows.open_window(hall.pk, boss, new_key(), window=number)
    codes = list(Service.objects.filter(hall=hall, is_active=True).values_list("code", flat=True))
    taken = (
        tickets.issue(hall.pk, kiosk, new_key(), service=codes[at % len(codes)], source="phone")
        for at in range(SLIPS)
    )
    return hall, [each["ticket"] for each in taken]


def slips(hall: Any, tickets: list[int], mode: str, width: int) -> tuple[list[float], list[float], list[int]]:
    """Milliseconds, milliseconds of the processor, and bytes of each slip."""
    from django.utils import timezone

    from printers.examples import slip_for
    from printers.models import Printer, PrintJob
    from printers.slip import slip_bytes

    fields = {"address": "tcp://127.0.0.1:1", "is_active": False, "width": width, "text": mode}
    printer = Printer.objects.create(hall=hall, name=f"{mode} {width}", **fields)
    now = timezone.now()
    jobs = [
        PrintJob.objects.create(
            hall=hall,
            printer=printer,
            ticket_id=pk,
            copy=Printer.objects.count(),
            state="failed",
            ahead=6,
            low=15,
            high=25,
            made_at=now,
            due_at=now,
        )
        for pk in tickets
    ]
    made, cpu, sizes = [], [], []
    for row in jobs:
        job = PrintJob.objects.select_related("hall", "printer", "ticket__service__department").get(pk=row.pk)
        begun, worked = time.perf_counter(), time.process_time()
        data = slip_bytes(slip_for(job), printer.paper)
        made.append((time.perf_counter() - begun) * 1000)
        cpu.append((time.process_time() - worked) * 1000)
        sizes.append(len(data))
    return made, cpu, sizes


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hallqueue.settings")
    if sys.argv[1:] == ["measure"]:
        import django

        django.setup()
        measure()
    else:
        main()
