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
