"""What is kept of days that are over, and the reports made of them."""

from django.db import models

from hallqueue.models.hall import Hall


class KeptFigures(models.Model):
    """The counts of one closed business date by one dimension, folded by `figures.folding` and added up ever after.

    `content` is {key: {figure: count}}; `version` says by which definitions. Every kept day has its "hall" row, if
    only an empty one. `simulated` days come from the demo hall and are never folded again. A month, under its first
    day, is the sum of its days, so that a year is read as twelve.
    """

    class Span(models.TextChoices):
        """How much is kept in a row."""

        DAY = "day", "日"
        MONTH = "month", "月"

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="kept_figures", db_index=False)
    span = models.CharField(max_length=5, choices=Span.choices, default=Span.DAY)
    business_date = models.DateField()
    dimension = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField()
    simulated = models.BooleanField(default=False)
    content = models.JSONField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "span", "dimension", "business_date"], name="one_fold_per_span"
            )
        ]

    def __str__(self) -> str:
        return f"{self.business_date} {self.dimension}"


class KeptReport(models.Model):
    """A report as it was when its period was over; `content` is what `reporting.making.content_of` gives.

    `made_by` is who kept it, or the hall by its plan. Never changed, never deleted.
    """

    class Kind(models.TextChoices):
        """What it is over."""

        DAY = "day", "日报"
        WEEK = "week", "周报"
        MONTH = "month", "月报"
        QUARTER = "quarter", "季报"
        RANGE = "range", "区间"

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="reports", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    first_day = models.DateField()
    last_day = models.DateField()
    version = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=40)
    content = models.JSONField()

    class Meta:
        verbose_name = verbose_name_plural = "报表"
        ordering = ["-last_day", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "kind", "first_day", "last_day", "version"], name="one_report_per_period"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.first_day}"


class ReportPlan(models.Model):
    """That the hall keeps a report of every week, month or quarter by itself, from the one that ends after `since`."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="report_plans", db_index=False)
    kind = models.CharField(max_length=8, choices=KeptReport.Kind.choices)
    since = models.DateField()
    set_by = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hall", "kind"], name="one_plan_per_kind")]

    def __str__(self) -> str:
        return self.kind
