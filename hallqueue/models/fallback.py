"""Why tickets come to the fallback window (兜底窗口), what a hall decided about it, and refusals on record."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models

from hallqueue.models.catalogue import Department, Service
from hallqueue.models.hall import Hall
from hallqueue.models.tickets import Ticket
from hallqueue.models.windows import Window
from hallqueue.statements import fetch


class FallbackReason(models.TextChoices):
    """Every reason there is: the first two are derived while nobody else is open, the others stand on the ticket."""

    NO_WINDOW = "no_window", "没有窗口办理"
    WINDOW_CLOSED = "window_closed", "指定的窗口已关闭"
    WAITED = "waited", "等候超时"
    REFUSED = "refused", "窗口不予办理"
    TRANSFERS = "transfers", "多次转窗"
    NOT_TODAY = "not_today", "今天办不了"
    ASKED = "asked", "群众要求"
    UNKNOWN = "unknown", "不知道该办什么"
    SENT = "sent", "工作人员转来"


class FallbackPolicy(models.Model):
    """What one hall has decided about its fallback window; 0 means the reason is off. `of` answers for every hall."""

    hall = models.OneToOneField(Hall, on_delete=models.PROTECT, related_name="fallback", verbose_name="大厅")
    wait_minutes = models.PositiveSmallIntegerField(
        "等候超过几分钟", default=0, validators=[MaxValueValidator(600)]
    )
    transfers = models.PositiveSmallIntegerField("第几次转窗", default=3, validators=[MaxValueValidator(9)])
    refusals = models.BooleanField("窗口不予办理", default=True)
    not_today = models.BooleanField("今天办不了", default=True)
    citizens_ask = models.BooleanField("群众要求", default=True)
    helps_out = models.BooleanField("兜底窗口也办普通事项", default=False)
    unknown_service = models.ForeignKey(
        Service,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="不知道该办什么",
    )

    class Meta:
        verbose_name = verbose_name_plural = "兜底规则"

    def __str__(self) -> str:
        return f"{self.hall} · {self._meta.verbose_name}"

    @classmethod
    def of(cls, hall: Hall) -> FallbackPolicy:
        """The hall's policy, or the one every hall begins with."""
        found = fetch(cls, '"hall_id" = %s', hall.pk) or cls()
        found.hall = hall
        return found


class FallbackDuty(models.Model):
    """That a fallback window answers for a department; while it is open, the others leave that department to it."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="+")
    window = models.ForeignKey(Window, on_delete=models.CASCADE, related_name="duties")
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "兜底分工"
        constraints = [
            models.UniqueConstraint(fields=["hall", "window", "department"], name="one_duty_per_department")
        ]

    def __str__(self) -> str:
        return f"{self.window} · {self.department}"


class Refusal(models.Model):
    """A refusal on record (否定报备): which window said no to whom, and why; never changed, never deleted."""

    class Kind(models.TextChoices):
        """Why a window says no."""

        CONDITIONS = "conditions", "不符合办理条件"
        MATERIALS = "materials", "材料不齐"
        NOT_OURS = "not_ours", "不属于本窗口受理"
        SYSTEM = "system", "系统故障"
        NOT_TODAY = "not_today", "今天办不了"
        OTHER = "other", "其他"

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="refusals", db_index=False)
    business_date = models.DateField()
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="refusals")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+", db_index=False)
    window = models.ForeignKey(Window, on_delete=models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    words = models.CharField("理由", max_length=200)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "否定报备"
        ordering = ["-id"]
        indexes = [models.Index(fields=["hall", "business_date"], name="refusals_of_a_day")]

    def __str__(self) -> str:
        return f"{self.ticket} · {self.get_kind_display()}"

    @property
    def kind_key(self) -> str:
        """The text that names the kind."""
        return f"fallback.kind.{self.kind}"
