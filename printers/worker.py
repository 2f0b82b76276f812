"""Turns the log into jobs and jobs into paper: one supervisor per process, one feeder thread per printer."""

import logging
import secrets
import threading
import time
from datetime import datetime
from types import ModuleType
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from hallqueue import events, workers
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.round import alarms
from hallqueue.hall_time import now_in
from hallqueue.models import Hall
from printers import jobs, setting_up
from printers.escpos_bytes import apart
from printers.examples import slip_for
from printers.models import SEEN, Printer, PrintJob
from printers.planning import plan_of
from printers.rules import given_up, hands_over
from printers.slip import slip_bytes
from printers.stories import ALARMS

if TYPE_CHECKING:
    from printers.transport import Delivery

log = logging.getLogger(__name__)

LOOK_EVERY = 1.5  # with a second of silence and the alarm itself, staff know within three
RENEW_EVERY = 4.0  # seconds, of a lease of ten
OWN_LOOK = 0.5
GAP = 0.1
NOT_OURS = 2.0


def transport() -> ModuleType:
    """The way to printers, loaded when the first one is to be reached: python-escpos costs a second and 19 MB."""
    from printers import transport as loaded
    from printers.twins import address_of

    if settings.DEMO:
        loaded.resolvers["twin"] = address_of
    else:
        loaded.resolvers.pop("twin", None)
    return loaded


def follow(hall_id: int) -> int:
    """Make the jobs that the log asks for; says how many."""
    plan = plan_of(hall_id)
    if plan is None:
        return 0
    if plan.since is None:
        jobs.begin_following(hall_id, jobs.THE_PRINTERS, new_key())
        return 0
    details = {"since": plan.since, "upto": plan.upto, "slips": plan.slips}
    made: int = jobs.follow(hall_id, jobs.THE_PRINTERS, new_key(), **details)["made"]
    return made


class Feeder:
    """Feeds one printer, step by step; everything a step must survive is in the database, or in `untold`."""

    def __init__(self, printer_id: int) -> None:
        self.printer_id = printer_id
        self.owner = secrets.token_hex(8)
        self.untold: tuple[PrintJob, Delivery] | None = None
        self._look_at = self._renew_at = 0.0
        self._seen_at: datetime | None = None

    def turn(self) -> float | None:
        """Do what is due; the seconds until the next turn, or None when the printer is no longer in use."""
        printer = (
            Printer.objects.select_related("hall", "stand_in")
            .filter(pk=self.printer_id, is_active=True)
            .first()
        )
        if printer is None and self.untold is None:
            jobs.end_lease(self.printer_id, self.owner)
            return None
        if self.untold:
            self._tell(*self.untold)
        if printer is None or not self._has_lease(printer):
            return NOT_OURS
        self._tidy(printer)
        if time.monotonic() >= self._look_at:
            self._look(printer)
        self._hand_over(printer)
        if printer.is_ready and self._print_next(printer):
            return 0.0
        return self._pause(printer)

    def _has_lease(self, printer: Printer) -> bool:
        if printer.owner == self.owner and time.monotonic() < self._renew_at:
            return True
        self._renew_at = time.monotonic() + RENEW_EVERY
        return jobs.take_lease(printer, self.owner, self._seen_at)

    def _keep_lease(self, printer: Printer) -> None:
        """While a slip is on its way; one that cannot be renewed now breaks no slip off."""
        try:
            self._has_lease(printer)
        except DatabaseError:
            log.exception("the lease of %s is not renewed", printer)

    def _tidy(self, printer: Printer) -> None:
        now = now_in(printer.hall)
        open_jobs = PrintJob.underway(printer.hall, printer=printer).select_related("ticket")
        if any(job.state == PrintJob.State.SENDING or given_up(job, printer, now) for job in open_jobs[:200]):
            jobs.tidy(printer.hall_id, jobs.THE_PRINTERS, new_key(), printer=printer.pk, owner=self.owner)

    def _hand_over(self, printer: Printer) -> None:
        """Let another printer stand in; it is only asked for where something waits and can go there."""
        other = printer.stand_in
        if other is None or printer.works or not (other.works and other.is_active):
            return
        queued = PrintJob.underway(printer.hall, printer=printer, state=PrintJob.State.QUEUED)
        if any(hands_over(printer, job) for job in queued.select_related("ticket")):
            jobs.hand_over(printer.hall_id, jobs.THE_PRINTERS, new_key(), printer=printer.pk)

    def _look(self, printer: Printer) -> None:
        """Ask the printer how it is; only what is new is written."""
        condition = self._ask(printer)
        self._look_at = time.monotonic() + LOOK_EVERY
        if condition != printer.condition:
            details = {"printer": printer.pk, "condition": condition}
            jobs.note_condition(printer.hall_id, jobs.THE_PRINTERS, new_key(), **details)
            printer.condition = condition
            _raise_alarms(printer)

    def _ask(self, printer: Printer) -> str:
        if not printer.can_be_asked:
            known = printer.condition != Printer.Condition.UNKNOWN
            return printer.condition if known else Printer.Condition.NOT_ASKED
        status = transport().ask(printer.address)
        if isinstance(status, str):  # a Reason: it did not say
            return str(status)
        self._seen_at = timezone.now()
        well = Printer.Condition.NEAR_END if status.near_end else Printer.Condition.OK
        return str(transport().fault_of(status)) or well

    def _print_next(self, printer: Printer) -> bool:
        """Whether something was sent."""
        due = {"state": PrintJob.State.QUEUED, "due_at__lte": now_in(printer.hall)}
        if not PrintJob.underway(printer.hall, printer=printer, **due).exists():
            return False
        job = jobs.claim(printer, self.owner)
        if job is None:
            return False
        delivery = self._send(printer, job)
        self.untold = (job, delivery)
        self._tell(job, delivery)
        return True

    def _send(self, printer: Printer, job: PrintJob) -> "Delivery":
        carrier = transport()
        try:
            data = slip_bytes(slip_for(job), printer.paper)
            if _left_half(job):
                data = apart(printer.paper) + data
        except Exception as error:  # a bug in one slip must not stop the paper of everybody after it
            log.exception("the slip of job %s cannot be made", job.pk)
            return cast(
                "Delivery", carrier.Delivery(carrier.Outcome.FAILED, carrier.Reason.NONE, repr(error))
            )
        mark = f"{job.pk % 10000:04d}" if printer.process_ids else ""
        delivery = carrier.send(printer.address, data, mark, lambda: self._keep_lease(printer))
        self._look_at = time.monotonic() + LOOK_EVERY
        if delivery.outcome != carrier.Outcome.CONFIRMED:
            log.warning("%s: %s", printer, delivery)
            self._look_at = 0.0
        return cast("Delivery", delivery)

    def _tell(self, job: PrintJob, delivery: "Delivery") -> None:
        """Store an outcome; kept in mind until it is stored, and stored once however often it is tried."""
        key = f"slip-{job.pk}-{job.tries}-{self.owner}"
        details = {"job": job.pk, "attempt": job.tries, "near_end": delivery.near_end}
        words = {name: str(getattr(delivery, name)) for name in ("outcome", "reason", "detail")}
        jobs.told(job.hall_id, jobs.THE_PRINTERS, key, **details, **words)
        self.untold = None
        if delivery.reason or delivery.near_end:
            _raise_alarms(job.printer)

    def _pause(self, printer: Printer) -> float:
        left = max(0.05, self._look_at - time.monotonic())
        due = PrintJob.underway(printer.hall, printer=printer, state=PrintJob.State.QUEUED)
        first = due.order_by("due_at").values_list("due_at", flat=True).first()
        if first is None or not printer.is_ready:
            return left
        return min(left, max(0.05, (first - now_in(printer.hall)).total_seconds()))


class FeederThread(threading.Thread):
    """Turn after turn; any fault is logged and the next turn comes later."""

    def __init__(self, printer_id: int, stopping: threading.Event) -> None:
        super().__init__(name=f"printer-{printer_id}", daemon=True)
        self.wake = threading.Event()
        self._stopping = stopping
        self._feeder = Feeder(printer_id)

    def run(self) -> None:
        """Until the printer is no longer in use."""
        wait: float | None = 0.0
        while wait is not None and not self._stopping.is_set():
            self.wake.wait(wait)
            self.wake.clear()
            try:
                close_old_connections()
                wait = self._feeder.turn()
            except Exception:  # a feeder must outlive any fault; each is logged whole
                log.exception("%s failed; trying again", self.name)
                wait = 2.0
        connection.close()


class Supervisor:
    """Follows the logs of all halls with printers, and keeps one thread per printer."""

    def __init__(self) -> None:
        self.threads: dict[int, FeederThread] = {}
        self.stopping = threading.Event()
        self._bell = workers.Bell(GAP)
        self._heads: dict[int, tuple[str, int]] = {}
        self._began = False

    def round(self) -> float:
        """One pass, at the latest half a second after the last, at once after a commit of this process."""
        if not self._began:
            self._begin()
        self._bell.wait(OWN_LOOK)
        for hall in Hall.objects.filter(printers__is_active=True).distinct().only("id", "epoch", "seq"):
            if self._heads.get(hall.pk) != (hall.epoch, hall.seq):
                follow(hall.pk)
                self._heads[hall.pk] = (hall.epoch, hall.seq)
                self._wake(hall.pk)
        return workers.AT_ONCE

    def stop(self) -> None:
        """End all threads, for tests."""
        self.stopping.set()
        for thread in self.threads.values():
            thread.wake.set()
            thread.join(10)

    def _begin(self) -> None:
        events.on_hint(self._bell.ring)
        if settings.DEMO:
            _give_demo_halls_a_printer()
        self._began = True

    def _wake(self, hall_id: int) -> None:
        """Threads of new printers begin; those of this hall with something to print wake."""
        for pk in Printer.objects.filter(hall=hall_id, is_active=True).values_list("pk", flat=True):
            thread = self.threads.get(pk)
            if thread is None or not thread.is_alive():
                self.threads[pk] = thread = FeederThread(pk, self.stopping)
                thread.start()
            elif PrintJob.underway(hall_id, printer=pk, state=PrintJob.State.QUEUED).exists():
                thread.wake.set()


def _left_half(job: PrintJob) -> bool:
    """Whether the slip before may lie half printed under the head, whatever somebody who saw paper said of it."""
    earlier = PrintJob.objects.filter(hall=job.hall, printer=job.printer_id, id__lt=job.pk)
    before = earlier.order_by("-id").first()
    return before is not None and (before.state == PrintJob.State.UNKNOWN or before.reason == SEEN)


def _raise_alarms(printer: Printer) -> None:
    """Staff hear of a printer at once, not with the hall's next look round."""
    subject = f"printer:{printer.pk}"
    before = {about[1] for about in alarms.standing_alarms(printer.hall, ALARMS)}
    if alarms.alarms_moved(printer.hall, timezone.now(), ALARMS):
        alarms.look_round(printer.hall_id, THE_HALL, new_key(), kinds=ALARMS)
    if subject in before:
        alarms.retell(printer.hall_id, THE_HALL, new_key(), subject=subject)


def _give_demo_halls_a_printer() -> None:
    for hall in Hall.objects.filter(is_demo=True, printers=None):
        setting_up.add_printer(hall.pk, jobs.THE_PRINTERS, new_key(), name="取号机打印机", address="twin://")
