"""What a hall has decided about calling, no-shows, coming back and cancelling: its house rules, one row per hall."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from hallqueue.models.hall import Hall
from hallqueue.statements import fetch


class Rules(models.Model):
    """The house rules of a ticket's life; 0 means no limit. `topics.rules` says them as sentences."""

    class Place(models.TextChoices):
        """Where somebody who comes back stands."""

        AFTER = "after", "排在若干人之后"
        END = "end", "排到末尾"
        FRONT = "front", "排到最前"

    class Late(models.TextChoices):
        """What becomes of a missed number that comes back too late or too often."""

        END = "end", "可以激活, 但排到末尾"
        REFUSED = "refused", "不再激活, 重新取号"

    hall = models.OneToOneField(Hall, on_delete=models.PROTECT, related_name="rules", verbose_name="大厅")
    calls_before_no_show = models.PositiveSmallIntegerField(
        "过号前呼叫次数", default=3, validators=[MaxValueValidator(9)], help_text="0: 随时可以过号"
    )
    seconds_between_calls = models.PositiveSmallIntegerField(
        "两次呼叫的间隔(秒)",
        default=20,
        validators=[MaxValueValidator(600)],
        help_text="重呼前、过号前都要等这么久; 0: 不限",
    )
    requeue_within_numbers = models.PositiveSmallIntegerField(
        "过号后几个号以内可以激活",
        default=10,
        validators=[MaxValueValidator(999)],
        help_text="0: 不按号数限制",
    )
    requeue_within_minutes = models.PositiveSmallIntegerField(
        "过号后几分钟以内可以激活",
        default=30,
        validators=[MaxValueValidator(1440)],
        help_text="0: 不按时间限制; 两项都填时, 满足一项即可",
    )
    requeue_limit = models.PositiveSmallIntegerField(
        "一个号最多激活几次", default=2, validators=[MaxValueValidator(99)], help_text="0: 不限"
    )
    requeue_place = models.CharField("激活后的位置", max_length=8, choices=Place.choices, default=Place.AFTER)
    requeue_after = models.PositiveSmallIntegerField(
        "激活后排在几人之后", default=3, validators=[MinValueValidator(1), MaxValueValidator(99)]
    )
    requeue_late = models.CharField("超过激活期限", max_length=8, choices=Late.choices, default=Late.END)
    citizens_requeue = models.BooleanField("群众可以在手机上激活", default=True)
    citizens_cancel = models.BooleanField("群众可以在手机上取消", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "过号与激活规则"

    def __str__(self) -> str:
        return f"{self.hall} · {self._meta.verbose_name}"

    @classmethod
    def of(cls, hall: Hall) -> Rules:
        """The hall's rules, or those every hall begins with."""
        found = fetch(cls, '"hall_id" = %s', hall.pk) or cls()
        found.hall = hall
        return found
