"""The hall: the unit of order, of the log and of every key."""

import secrets
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone

from hallqueue.chain.links import LONGEST_LINK, START

MONGOLIAN_SIZES = (60, 75, 90, 100, 120)
"""Mongolian letters in per cent of the Chinese beside them."""


def new_epoch() -> str:
    """A fresh name for one history of the log (16 hex characters)."""
    return secrets.token_hex(8)


class Hall(models.Model):
    """A service hall. Its row is the lock under which every command of the hall runs."""

    slug = models.SlugField(max_length=30, unique=True)
    name = models.CharField("名称", max_length=100)
    name_mn = models.CharField("蒙古文名称", max_length=200, blank=True)
    name_en = models.CharField("英文名称", max_length=200, blank=True)
    time_zone = models.CharField("时区", max_length=40, default="Asia/Shanghai")
    cutoff_hour = models.PositiveSmallIntegerField(
        "换日时刻(时)", default=3, validators=[MaxValueValidator(23)], help_text="此时刻之前仍算前一天"
    )
    is_open = models.BooleanField("正在取号", default=True)
    is_demo = models.BooleanField(default=False, editable=False)

    # The log: gapless `seq` under `epoch`, `link` the last line's; the two others say when a cached
    # reading must be made anew.
    epoch = models.CharField(max_length=16, default=new_epoch, editable=False)
    seq = models.BigIntegerField(default=0, editable=False)
    link = models.CharField(max_length=LONGEST_LINK, default=START, blank=True, editable=False)
    setup_seq = models.BigIntegerField(default=0, editable=False)
    rights_seq = models.BigIntegerField(default=0, editable=False)
    moved_at = models.DateTimeField(default=timezone.now, editable=False)

    # Settings that people of the hall may change.
    wait_alarm_minutes = models.PositiveSmallIntegerField("等候报警(分钟)", default=30)
    service_alarm_minutes = models.PositiveSmallIntegerField("办理报警(分钟)", default=45)
    idle_alarm_minutes = models.PositiveSmallIntegerField("窗口空闲报警(分钟)", default=5)
    tidal_people = models.PositiveSmallIntegerField("潮汐窗口: 每窗等候人数", default=10)
    tidal_minutes = models.PositiveSmallIntegerField("潮汐窗口: 目标等候(分钟)", default=15)
    help_alarm_minutes = models.PositiveSmallIntegerField("求助报警(分钟)", default=3)
    slip_rules = models.TextField("小票须知", blank=True)

    # How the two scripts stand together, on every page, slip and board.
    chinese_first = models.BooleanField("中文在前", default=True)
    mn_shown = models.BooleanField("显示蒙古文", default=True)
    mn_side = models.CharField(
        "蒙古文一侧", max_length=5, default="right", choices=[("left", "左"), ("right", "右")]
    )
    mn_size = models.PositiveSmallIntegerField(
        "蒙古文与中文大小之比(%)", default=90, choices=[(size, f"{size} %") for size in MONGOLIAN_SIZES]
    )

    class Meta:
        verbose_name = verbose_name_plural = "大厅"

    def __str__(self) -> str:
        return self.name

    def business_date(self, moment: datetime) -> date:
        """The business date that `moment` (aware) belongs to in this hall."""
        local = moment.astimezone(ZoneInfo(self.time_zone))
        return (local.replace(tzinfo=None) - timedelta(hours=self.cutoff_hour)).date()

    def local_date(self, moment: datetime) -> date:
        """The calendar's date at `moment` (aware) in this hall: hours and holidays follow it, numbers do not."""
        return moment.astimezone(self.local_zone).date()

    @property
    def local_zone(self) -> ZoneInfo:
        """The hall's time zone."""
        return ZoneInfo(self.time_zone)


class Day(models.Model):
    """One business date of one hall; closed exactly once (I12)."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="days")
    business_date = models.DateField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hall", "business_date"], name="one_day_per_date")]

    def __str__(self) -> str:
        return f"{self.hall} {self.business_date}"
