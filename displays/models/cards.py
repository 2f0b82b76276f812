"""LED cards of a hall, what is known of each, and which process is the one master of their lines."""

from datetime import time

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from displays.lines.line import WELL, Condition
from hallqueue.models import Hall, Window


class Card(models.Model):
    """An LED control card (条屏) and the bar behind it. `station`: its address on a bus; 0: alone on its line."""

    class Family(models.TextChoices):
        """Whose protocol it speaks."""

        ONBON_FONT = "onbon_font", "仰邦 BX-5K/6K 字库卡"
        EQ = "eq", "EQ2013/2023 字库卡"
        HUIDU = "huidu", "灰度全彩卡 (SDK 2.0)"
        ONBON_BITMAP = "onbon_bitmap", "仰邦 BX-6Q 全彩卡"

    class Colours(models.TextChoices):
        """What its lamps can do."""

        RED = "red", "单色"
        TWO = "two", "红绿双色"
        FULL = "full", "全彩"

    class Units(models.TextChoices):
        """How a font card counts X and width; only a look at the bar tells."""

        BYTES = "bytes", "字节 (8 点, 5K)"
        PIXELS = "pixels", "像素 (6K)"
        MARKED_PIXELS = "marked_pixels", "像素 + 0x8000 (部分 6K)"

    class Shows(models.TextChoices):
        """What it is there for."""

        WINDOW = "window", "窗口"
        ZONE = "zone", "区域指引"
        NOTICE = "notice", "通知"

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="cards", db_index=False)
    name = models.CharField(max_length=60)
    family = models.CharField(max_length=20, choices=Family.choices, default=Family.ONBON_FONT)
    address = models.CharField(max_length=200)
    station = models.PositiveIntegerField(default=0)
    width = models.PositiveSmallIntegerField(
        default=128, validators=[MinValueValidator(16), MaxValueValidator(2048)]
    )
    height = models.PositiveSmallIntegerField(
        default=16, validators=[MinValueValidator(16), MaxValueValidator(256)]
    )
    letters = models.PositiveSmallIntegerField(default=16, choices=[(16, "16"), (24, "24"), (32, "32")])
    colours = models.CharField(max_length=10, choices=Colours.choices, default=Colours.RED)
    units = models.CharField(max_length=20, choices=Units.choices, default=Units.BYTES)
    shows = models.CharField(max_length=10, choices=Shows.choices, default=Shows.WINDOW)
    window = models.ForeignKey(Window, null=True, blank=True, on_delete=models.PROTECT, related_name="cards")
    zone = models.CharField(max_length=40, blank=True)
    brightness = models.PositiveSmallIntegerField(
        default=100, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    night_brightness = models.PositiveSmallIntegerField(
        default=40, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    night_from = models.TimeField(default=time(18))
    night_until = models.TimeField(default=time(7))
    is_active = models.BooleanField(default=True)
    test_text = models.CharField(max_length=60, blank=True, editable=False)
    test_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "LED 条屏"
        constraints = [models.UniqueConstraint(fields=["hall", "name"], name="one_card_per_name")]
        ordering = ["hall", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_twin(self) -> bool:
        """Whether there is no bar, only a picture of one."""
        return self.address.startswith("twin:")


class CardHealth(models.Model):
    """What is known of a card. The condition changes with an event; the rest is written beside the log."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="+")
    card = models.OneToOneField(Card, on_delete=models.CASCADE, related_name="health")
    condition = models.CharField(max_length=20, default=Condition.UNKNOWN.value)
    condition_at = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=200, blank=True)
    wanted = models.CharField(max_length=200, blank=True)
    shown = models.CharField(max_length=200, blank=True)
    shown_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hall", "card"], name="one_health_per_card")]

    def __str__(self) -> str:
        return f"{self.card} {self.condition}"

    @property
    def is_down(self) -> bool:
        """Whether somebody should go and look."""
        return self.condition not in (*WELL, Condition.UNKNOWN)


class CardMaster(models.Model):
    """The one process that speaks to a hall's cards: `owner` until `owned_until`."""

    hall = models.OneToOneField(Hall, on_delete=models.CASCADE, related_name="card_master")
    owner = models.CharField(max_length=40, blank=True)
    owned_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.hall} {self.owner}"
