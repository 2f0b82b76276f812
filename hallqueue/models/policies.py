"""In what order the classes of a hall, or of one series, are called."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from hallqueue.models.catalogue import Series
from hallqueue.models.hall import Hall


class Policy(models.Model):
    """A policy (叫号规则) of a hall (no series) or of one series; `order.Rules` says what its numbers mean."""

    LARGEST_PART: ClassVar[int] = 20
    LONGEST: ClassVar[int] = 480
    SHORTEST_GUARD: ClassVar[int] = 5

    class Kind(models.TextChoices):
        """How classes share the calls."""

        STRICT = "strict", "优先类别在前"
        RATIO = "ratio", "按比例"
        AGEING = "ageing", "等候升级"

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="policies")
    series = models.ForeignKey(
        Series, null=True, blank=True, on_delete=models.PROTECT, related_name="policies"
    )
    kind = models.CharField("方式", max_length=10, choices=Kind.choices, default=Kind.STRICT)
    preferred = models.PositiveSmallIntegerField(
        "优先份数", default=1, validators=[MinValueValidator(1), MaxValueValidator(LARGEST_PART)]
    )
    ordinary = models.PositiveSmallIntegerField(
        "普通份数", default=2, validators=[MinValueValidator(1), MaxValueValidator(LARGEST_PART)]
    )
    ageing_minutes = models.PositiveSmallIntegerField(
        "每升一级(分钟)", default=20, validators=[MinValueValidator(1), MaxValueValidator(LONGEST)]
    )
    guard_minutes = models.PositiveSmallIntegerField(
        "最长等候(分钟)", default=60, validators=[MaxValueValidator(LONGEST)]
    )

    class Meta:
        verbose_name = verbose_name_plural = "叫号规则"
        constraints = [
            models.UniqueConstraint(fields=["hall"], condition=Q(series=None), name="one_policy_of_the_hall"),
            models.UniqueConstraint(fields=["hall", "series"], name="one_policy_per_series"),
        ]

    def __str__(self) -> str:
        return f"{self.series or self.hall}: {self.kind}"
