"""Tickets, and each window's attempts to serve them."""

import re
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet

from hallqueue.models.catalogue import Series, Service
from hallqueue.models.hall import Hall
from hallqueue.models.windows import AtAWindow, Window


class Klass(models.TextChoices):
    """The class (类别) of a ticket: who goes before whom is `order.PRECEDENCE`."""

    ORDINARY = "ordinary", "普通"
    APPOINTMENT = "appointment", "预约"
    PRIORITY = "priority", "优先"
    RETURNING = "returning", "返回"
    TRANSFERRED = "transferred", "转来"


def new_token() -> str:
    """128 bits, as 22 characters fit for a link."""
    return secrets.token_urlsafe(16)


class Ticket(models.Model):
    """A number (号) taken on a business date. `state` is written by `lifecycle.move` alone; `label` never changes."""

    class State(models.TextChoices):
        """See `lifecycle.MOVES`."""

        WAITING = "waiting", "等候"
        CALLED = "called", "已叫号"
        SERVING = "serving", "办理中"
        PARKED = "parked", "挂起"
        MISSED = "missed", "过号"
        DONE = "done", "办结"
        CANCELLED = "cancelled", "已取消"
        JOINED = "joined", "已并号"
        EXPIRED = "expired", "已失效"

    OPEN_STATES = (State.CALLED, State.SERVING)
    LIVING_STATES = (State.WAITING, *OPEN_STATES, State.PARKED, State.MISSED)
    ENDED_STATES = (State.DONE, State.CANCELLED, State.EXPIRED, State.JOINED)

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="tickets", db_index=False)
    business_date = models.DateField()
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    label = models.CharField("号码", max_length=10)
    token = models.CharField(max_length=22, unique=True, default=new_token)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="tickets", db_index=False)
    klass = models.CharField("类别", max_length=12, choices=Klass.choices, default=Klass.ORDINARY)
    priority_kind = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=2, default="zh")
    source = models.CharField(max_length=10, default="kiosk")
    note = models.CharField("备注", max_length=200, blank=True)
    people = models.PositiveSmallIntegerField("同行人数", default=1)
    # Several matters in one visit (并号), each as `actions.matters.Matter`; empty for the usual ticket, whose
    # one matter is its service. A list here and no rows of their own, so that one undo brings it back.
    matters = models.JSONField(default=list)
    # The journey (一件事) it walks through, whose steps are rows of their own.
    journey = models.ForeignKey(
        "hallqueue.Journey", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    replaced_papers = models.CharField("免证办", max_length=200, blank=True)

    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    precedence = models.PositiveSmallIntegerField(default=50)
    position = models.BigIntegerField()
    window = models.ForeignKey(
        Window, null=True, on_delete=models.PROTECT, related_name="tickets", db_index=False
    )
    for_window = models.ForeignKey(
        Window, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    return_to = models.ForeignKey(
        Window, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    joined_to = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="joined", db_index=False
    )
    # A code of FallbackReason, and in words what was said with it.
    fallback_reason = models.CharField(max_length=200, blank=True)
    fallback_note = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    before = models.JSONField(null=True)

    issued_at = models.DateTimeField()
    waiting_at = models.DateTimeField(null=True)  # in the line since; null: since it was issued
    called_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    call_count = models.PositiveSmallIntegerField(default=0)
    transfer_count = models.PositiveSmallIntegerField(default=0)
    requeue_count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "号票"
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "business_date", "series", "number"], name="no_number_twice"
            ),
            models.UniqueConstraint(
                fields=["hall", "window"], condition=Q(window__isnull=False), name="one_ticket_at_a_window"
            ),
            models.CheckConstraint(
                condition=Q(window=None) ^ Q(state__in=["called", "serving"]), name="open_means_at_a_window"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) ^ Q(state__in=["done", "cancelled", "expired", "joined"]),
                name="ended_means_over",
            ),
        ]
        # Old tickets must cost nothing. The condition is on `ended_at`, not on `state`: SQLite uses a partial index
        # only if the query itself says its condition, and of a bound parameter it does not know the value.
        indexes = [
            models.Index(
                fields=["hall", "state", "service", "precedence", "position"],
                condition=Q(ended_at=None),
                name="line_of_a_service",
            ),
            models.Index(
                fields=["hall", "for_window"],
                condition=Q(ended_at=None, for_window__isnull=False),
                name="line_sent_to_a_window",
            ),
            models.Index(
                fields=["joined_to"], condition=Q(joined_to__isnull=False), name="joined_to_a_ticket"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.business_date}"

    @classmethod
    def living(cls, hall: Hall) -> QuerySet["Ticket"]:
        """The tickets that are not over, of whatever day. Their states are named, and their dates better looked at
        outside the database: asked for dates, SQLite reads every ticket of those dates instead of these few."""
        return cls.objects.filter(hall=hall, state__in=cls.LIVING_STATES, ended_at=None)

    @classmethod
    def numbered(cls, hall: Hall, label: str) -> QuerySet["Ticket"]:
        """The tickets of every day whose number ends so, letters and all digits: A005 finds A005 and BA005.

        Looked for day by day in the index of numbers: by the label alone every ticket there ever was would be read.
        """
        whole = re.fullmatch(r"(\D+)([0-9]{1,9})", label)
        dates = (
            cls.objects.filter(hall=hall).order_by("business_date").values_list("business_date", flat=True)
        )
        first, last = dates.first(), dates.last()
        if whole is None or first is None or last is None:
            return cls.objects.none()
        days = [first + timedelta(days=day) for day in range((last - first).days + 1)]
        series = list(
            Series.objects.filter(hall=hall, letter__endswith=whole[1]).values_list("pk", flat=True)
        )
        found = cls.objects.filter(hall=hall, business_date__in=days, series__in=series, number=int(whole[2]))
        return found.filter(label__endswith=label)

    def keep_matters(self, matters: list[dict[str, Any]]) -> None:
        """Have these matters, also after the last step is taken back."""
        self.matters = matters
        if self.before:
            self.before = {**self.before, "matters": matters}


class Call(AtAWindow):
    """A call (叫号): one window's one attempt at one ticket. `said` counts how often it was called aloud."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="calls", db_index=False)
    business_date = models.DateField()
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="calls")
    window = models.ForeignKey(Window, on_delete=models.PROTECT, related_name="calls", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="calls", db_index=False
    )
    called_at = models.DateTimeField()
    said = models.PositiveSmallIntegerField(default=1)
    said_at = models.DateTimeField()
    said_seq = models.BigIntegerField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True)
    # What the order of calls is told by: the class then, and for a call made in turn whose turn, in which scope.
    klass = models.CharField(max_length=12, choices=Klass.choices, blank=True)
    turn = models.CharField(max_length=10, blank=True)
    scope = models.PositiveBigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "window"], condition=Q(ended_at=None), name="one_call_per_window"
            ),
            models.UniqueConstraint(
                fields=["hall", "ticket"], condition=Q(ended_at=None), name="one_call_per_ticket"
            ),
        ]
        indexes = [
            models.Index(fields=["hall", "said_seq"], name="calls_as_said"),
            models.Index(fields=["hall", "business_date", "window"], name="calls_of_a_day"),
            models.Index(fields=["hall", "scope", "id"], name="turns_of_a_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket} → {self.window}"
