"""The hall's own calendar and opening hours: days that differ from the published calendar, years told whole, hours."""

from django.db import models
from django.db.models import Q

from hallqueue.models.hall import Hall


class CalendarDay(models.Model):
    """One day as this hall keeps it: its word goes before any published calendar."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="calendar_days", db_index=False)
    date = models.DateField("日期")
    is_working = models.BooleanField("上班")
    name = models.CharField("名称", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "日历"
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["hall", "date"], name="one_calendar_day")]

    def __str__(self) -> str:
        return f"{self.date} {'上班' if self.is_working else '休息'} {self.name}".strip()


class CalendarYear(models.Model):
    """A year whose holidays the hall has entered whole, so that nobody need be warned of it."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="calendar_years", db_index=False)
    year = models.PositiveSmallIntegerField("年份")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hall", "year"], name="one_calendar_year")]

    def __str__(self) -> str:
        return f"{self.hall} {self.year}"


class Hours(models.Model):
    """Opening hours (服务时间) by name: the hall's default, or those of some windows (午间、延时、周末).

    `week` holds eight lists of spans ["HH:MM", "HH:MM"]: Monday … Sunday, and legal holidays. A weekend that is
    worked to make up for a holiday is served like a Monday.
    """

    HOLIDAY = 7

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="hours", db_index=False)
    name = models.CharField("名称", max_length=40)
    week = models.JSONField("每周时段", default=list)
    is_default = models.BooleanField("大厅默认", default=False)
    last_number_minutes = models.PositiveSmallIntegerField("下班前停止取号(分钟)", default=0)
    refuses_late = models.BooleanField("过时不再发号", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "服务时间"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "name"], name="one_hours_per_name"),
            models.UniqueConstraint(fields=["hall"], condition=Q(is_default=True), name="one_default_hours"),
        ]

    def __str__(self) -> str:
        return self.name
