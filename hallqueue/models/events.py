"""The hall's log, the receipts that make every write repeatable, and standing alarms."""

from typing import Any

from django.db import models
from django.db.models import Q

from hallqueue.chain.links import LONGEST_LINK
from hallqueue.models.hall import Hall
from hallqueue.models.tickets import Ticket
from hallqueue.models.windows import Window


class Event(models.Model):
    """One line of the hall's log: `seq` is gapless per hall; kinds are `noun.past`; never changed, never deleted.

    `screen` is where it was said (window:3, desk, kiosk:5, api …); `link` ties the line to the one before it.
    """

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="events", db_index=False)
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    business_date = models.DateField()
    kind = models.CharField(max_length=40)
    by = models.CharField(max_length=40)
    screen = models.CharField(max_length=40, blank=True)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.PROTECT, related_name="events")
    window = models.ForeignKey(
        Window, null=True, on_delete=models.PROTECT, related_name="events", db_index=False
    )
    data = models.JSONField(default=dict)
    link = models.CharField(max_length=LONGEST_LINK)

    class Meta:
        verbose_name = verbose_name_plural = "日志"
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["hall", "seq"], name="gapless_log")]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class Receipt(models.Model):
    """The answer once given to an idempotency key; the same key gets it again (I10)."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=64)
    request = models.CharField(max_length=64)
    answer = models.JSONField()
    refused = models.BooleanField(default=False)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hall", "key"], name="one_answer_per_key")]

    def __str__(self) -> str:
        return self.key


class Alarm(models.Model):
    """Something a manager should see until it is over: raised and cleared by events, as screens follow the log."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="alarms")
    kind = models.CharField(max_length=30)
    subject = models.CharField(max_length=60)
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=40, blank=True)
    acknowledged_at = models.DateTimeField(null=True)
    data = models.JSONField(default=dict)
    TOLD = "told"
    """Where `data` keep how the facts were told (`actions/round/alarm_steps.py`)."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "kind", "subject"], condition=Q(cleared_at=None), name="one_standing_alarm"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def facts(self) -> dict[str, Any]:
        """What it tells."""
        return {name: value for name, value in self.data.items() if name != self.TOLD}
