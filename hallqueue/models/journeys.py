"""Journeys (高效办成一件事): one matter of life that takes several services; and each ticket's way through one."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from django.db import models
from django.db.models import Q

from hallqueue.models.catalogue import Service
from hallqueue.models.hall import Hall
from hallqueue.models.tickets import Ticket
from hallqueue.models.windows import Window


class Journey(models.Model):
    """A journey a hall offers; `returns`: at the end the person comes back to the first clerk."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="journeys")
    code = models.CharField("代码", max_length=40)
    name = models.CharField("名称", max_length=100)
    name_mn = models.CharField("蒙古文", max_length=200, blank=True)
    name_en = models.CharField("英文", max_length=200, blank=True)
    returns = models.BooleanField("最后回到第一个窗口", default=False)
    order = models.PositiveIntegerField("次序", default=0)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "一件事"
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["hall", "code"], name="one_journey_per_code")]

    def __str__(self) -> str:
        return self.name


class JourneyPart(models.Model):
    """A service of a journey; those of one stage may be done in any order, whichever window is free first."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="+", db_index=False)
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="parts")
    stage = models.PositiveSmallIntegerField()
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["stage", "id"]
        constraints = [models.UniqueConstraint(fields=["journey", "service"], name="a_journey_has_no_loop")]

    def __str__(self) -> str:
        return f"{self.journey} {self.stage} · {self.service}"


class JourneyStep(models.Model):
    """One step of one ticket: how it stands, and how long the person waited and was served in it."""

    class State(models.TextChoices):
        """How a step stands; at most one step of a ticket is `now`."""

        AHEAD = "ahead", "还没到"
        NOW = "now", "正在这一步"
        DONE = "done", "已办完"
        SKIPPED = "skipped", "不需要"
        FAILED = "failed", "没办成"

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="+", db_index=False)
    business_date = models.DateField()
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="steps")
    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="steps", db_index=False)
    stage = models.PositiveSmallIntegerField()
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+", db_index=False)
    is_return = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.AHEAD)
    reason = models.CharField(max_length=200, blank=True)
    window = models.ForeignKey(Window, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    waiting_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["stage", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "ticket"], condition=Q(state="now"), name="one_step_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["hall", "journey", "business_date"], name="steps_of_a_journey")]

    def __str__(self) -> str:
        return f"{self.ticket} {self.stage} · {self.get_state_display()}"

    @classmethod
    def first_done(cls, steps: Iterable[JourneyStep]) -> JourneyStep | None:
        """Of a ticket's steps the one done first at a window, wherever it stands in the list; None: none yet."""
        done = [step for step in steps if step.state == cls.State.DONE and step.window]
        return min(done, key=attrgetter("ended_at", "pk"), default=None)
