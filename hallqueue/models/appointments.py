"""Appointments (预约): the hall's rules, the weekly pattern, slots with their places, and who has booked."""

from django.db import models
from django.db.models import BooleanField, F, Q, QuerySet
from django.db.models.expressions import RawSQL

from hallqueue.models.catalogue import Series, Service
from hallqueue.models.hall import Hall
from hallqueue.models.tickets import Ticket
from hallqueue.models.windows import Window


class AppointmentRules(models.Model):
    """How a hall takes appointments; without a row the defaults hold."""

    hall = models.OneToOneField(Hall, on_delete=models.CASCADE, related_name="appointment_rules")
    early_minutes = models.PositiveSmallIntegerField("最早提前报到(分钟)", default=15)
    late_minutes = models.PositiveSmallIntegerField("最晚迟到(分钟)", default=10)
    cancel_hours = models.PositiveSmallIntegerField("最晚提前取消(小时)", default=2)
    days_ahead = models.PositiveSmallIntegerField("可预约天数", default=7)
    day_limit = models.PositiveSmallIntegerField("每人每天次数", default=1)
    kept_days = models.PositiveSmallIntegerField("个人信息保存(天)", default=30)
    series = models.ForeignKey(
        Series, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="预约号段"
    )

    class Meta:
        verbose_name = verbose_name_plural = "预约规则"

    def __str__(self) -> str:
        return f"{self.hall} −{self.early_minutes}/+{self.late_minutes}"


class SlotPattern(models.Model):
    """Slots that come again every week: working days by their weekday, weekends by theirs, never on holidays."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="slot_patterns")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+", verbose_name="事项")
    window = models.ForeignKey(
        Window, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name="窗口"
    )
    weekday = models.PositiveSmallIntegerField("星期")
    start = models.TimeField("开始")
    end = models.TimeField("结束")
    capacity = models.PositiveSmallIntegerField("名额")

    class Meta:
        verbose_name = verbose_name_plural = "预约时段模板"
        ordering = ["weekday", "start", "id"]

    def __str__(self) -> str:
        return f"{self.service} {self.weekday} {self.start:%H:%M}-{self.end:%H:%M}"


class Slot(models.Model):
    """A slot (时段) of one service, perhaps at one window, with places for `capacity` people."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="slots", db_index=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="slots", db_index=False)
    window = models.ForeignKey(
        Window, null=True, on_delete=models.PROTECT, related_name="slots", db_index=False
    )
    date = models.DateField()
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    capacity = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["start_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(end_at__gt=F("start_at")), name="slot_has_length"),
            models.CheckConstraint(condition=Q(capacity__gt=0), name="slot_has_places"),
        ]
        indexes = [models.Index(fields=["hall", "date", "service"], name="slots_of_a_day")]

    def __str__(self) -> str:
        return f"{self.service} {self.start_at:%m-%d %H:%M}"


class Appointment(models.Model):
    """One person's appointment: a code, a masked name, the end of a telephone number and its keyed hash; no more."""

    class State(models.TextChoices):
        """How it stands; `late` came after the arrival window and was given an ordinary number."""

        BOOKED = "booked", "已预约"
        ARRIVED = "arrived", "已报到"
        LATE = "late", "迟到"
        MISSED = "missed", "未到"
        CANCELLED = "cancelled", "已取消"

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="appointments", db_index=False)
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="appointments")
    code = models.CharField(max_length=8)
    name = models.CharField(max_length=20, blank=True)
    phone_tail = models.CharField(max_length=4, blank=True)
    phone_hash = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.BOOKED)
    ticket = models.OneToOneField(Ticket, null=True, on_delete=models.PROTECT, related_name="appointment")
    booked_at = models.DateTimeField()
    booked_by = models.CharField(max_length=40)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "预约"
        constraints = [models.UniqueConstraint(fields=["hall", "code"], name="one_appointment_per_code")]
        indexes = [
            models.Index(fields=["hall", "phone_hash"], name="appointments_of_a_person"),
            models.Index(fields=["hall", "state"], condition=Q(state="booked"), name="appointments_to_come"),
        ]

    def __str__(self) -> str:
        return self.code

    @classmethod
    def to_come(cls, hall: Hall) -> QuerySet["Appointment"]:
        """Those that are booked and no more, in their own small index: of a parameter SQLite does not know that it
        asks for nothing else, so the state is written out."""
        booked = RawSQL('"hallqueue_appointment"."state" = \'booked\'', (), BooleanField())
        return cls.objects.filter(Q(booked), hall=hall)
