"""Windows, what they take, and who sits at them."""

from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet

from hallqueue.models.calendar import Hours
from hallqueue.models.catalogue import Department, Service
from hallqueue.models.hall import Hall
from hallqueue.order import UNDER_WAY

COMMON_LANGUAGE = "zh"


def listed(words: Iterable[str]) -> str:
    """Words as one column that plain SQL can search: " mn en "; nothing is ""."""
    found = sorted(set(words))
    return f" {' '.join(found)} " if found else ""


class Window(models.Model):
    """A window (窗口). Only an open one may call; the fallback window (兜底窗口) answers for what no other can take.

    A retired one takes nothing and is shown nowhere but where the past is told, until its number is added again.
    """

    class State(models.TextChoices):
        """How a window stands."""

        CLOSED = "closed", "关闭"
        OPEN = "open", "开放"
        PAUSED = "paused", "暂停"
        RETIRED = "retired", "停用"

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="windows")
    number = models.PositiveSmallIntegerField("窗口号")
    name = models.CharField("名称", max_length=100, blank=True)
    name_mn = models.CharField("蒙古文", max_length=200, blank=True)
    name_en = models.CharField("英文名称", max_length=200, blank=True)
    zone = models.CharField("区域", max_length=40, blank=True)
    direction = models.CharField("方位", max_length=100, blank=True)
    is_fallback = models.BooleanField("兜底窗口", default=False)
    hours = models.ForeignKey(
        Hours,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="windows",
        verbose_name="服务时间",
    )
    # As `listed` writes them. No classes: all; no languages: the common one.
    classes = models.CharField("类别", max_length=60, blank=True, editable=False)
    languages = models.CharField("语言", max_length=30, blank=True, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CLOSED, editable=False)
    pause_reason = models.CharField(max_length=100, blank=True, editable=False)
    state_at = models.DateTimeField(null=True, editable=False)
    services: "models.ManyToManyField[Service, WindowService]" = models.ManyToManyField(
        Service, through="WindowService", related_name="windows"
    )

    class Meta:
        verbose_name = verbose_name_plural = "窗口"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["hall", "number"], name="one_window_per_number")]

    def __str__(self) -> str:
        return f"{self.number}号窗口"

    @classmethod
    def in_use(cls, hall: Hall) -> "models.QuerySet[Window]":
        """The windows that stand in a hall, by number."""
        return cls.objects.filter(hall=hall).exclude(state=cls.State.RETIRED)

    @property
    def in_english(self) -> str:
        """What English pages call it: its number, and its English name if it has one."""
        return f"Window {self.number} {self.name_en}".rstrip()

    def takes_class(self, klass: str) -> bool:
        """Whether people of this class may be called here; who is already under way may, everywhere."""
        return not self.classes or klass in self.classes.split() or klass in UNDER_WAY

    def speaks(self, language: str) -> bool:
        """Whether the clerk speaks it; the common language is spoken everywhere."""
        return language == COMMON_LANGUAGE or language in self.languages.split()


class WindowScope(models.Model):
    """That a window takes a whole department, a group of services, or (neither) everything, now and later."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="+")
    window = models.ForeignKey(Window, on_delete=models.CASCADE, related_name="scopes")
    department = models.ForeignKey(Department, null=True, on_delete=models.CASCADE, related_name="+")
    group = models.CharField(max_length=40, blank=True)
    rank = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "window", "department", "group"], name="one_rank_per_scope"
            )
        ]

    def __str__(self) -> str:
        return f"{self.window} · {self.department or self.group or '*'}"


class WindowService(models.Model):
    """That a window takes a service; rank 0 is its own work, higher ranks are help given to others.

    `borrowing` marks what it takes only as long as it is borrowed; the set-up leaves such a row alone.
    Routing reads these rows alone. Those `by_scope` are written out from the window's scopes, and written anew when
    services are added or moved; a row given by hand stays, and its rank counts.
    """

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="+")
    window = models.ForeignKey(Window, on_delete=models.CASCADE, related_name="takes")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="taken_by")
    rank = models.PositiveSmallIntegerField("次序", default=0)
    borrowing = models.ForeignKey(
        "hallqueue.Borrowing",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    by_scope = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "窗口事项"
        constraints = [
            models.UniqueConstraint(fields=["hall", "window", "service"], name="one_rank_per_service")
        ]

    def __str__(self) -> str:
        return f"{self.window} · {self.service}"


class AtAWindow(models.Model):
    """What begins at a window and ends there: a shift, a call. Of each at most one stands at a time."""

    class Meta:
        abstract = True

    @classmethod
    def standing(cls, hall: Hall) -> QuerySet[Self]:
        """Those that are not over. Every one has a window: with that said, SQLite finds them in their own small index;
        by the hall alone it reads all there ever were."""
        return cls._default_manager.filter(hall=hall, window__gt=0, ended_at=None)


class Shift(AtAWindow):
    """Who sits at a window, from when to when. One open shift per window and per person."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="shifts")
    window = models.ForeignKey(Window, on_delete=models.PROTECT, related_name="shifts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="shifts")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "window"], condition=Q(ended_at=None), name="one_clerk_per_window"
            ),
            models.UniqueConstraint(
                fields=["hall", "user"], condition=Q(ended_at=None), name="one_window_per_clerk"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.window}"
