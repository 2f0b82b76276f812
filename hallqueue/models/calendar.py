"""The hall's own calendar: the days on which it differs from the published one, and the years it has told whole."""

from django.db import models

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
