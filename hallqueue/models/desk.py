"""What the desk keeps: calls for a helper, things that are lent, and what stands where in the hall."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from hallqueue.models.hall import Hall
from hallqueue.models.tickets import Ticket


class HelpCall(models.Model):
    """Somebody asks for a helper (求助): from a kiosk, a window, a seat or at the desk; open until it is done."""

    class Kind(models.TextChoices):
        """What is needed."""

        WHEELCHAIR = "wheelchair", "轮椅"
        INTERPRETER = "interpreter", "翻译"
        AGENT = "agent", "帮办代办"
        OTHER = "other", "其他"

    class Place(models.TextChoices):
        """From where it was asked; `spot` says which one."""

        KIOSK = "kiosk", "取号机"
        WINDOW = "window", "窗口"
        SEAT = "seat", "座位"
        DESK = "desk", "导办台"

    class Outcome(models.TextChoices):
        """How it ended."""

        HELPED = "helped", "已帮助"
        NOBODY = "nobody", "没有找到人"
        NOT_NEEDED = "not_needed", "不再需要"

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="help_calls", db_index=False)
    business_date = models.DateField()
    kind = models.CharField("需要", max_length=12, choices=Kind.choices)
    place = models.CharField("来自", max_length=8, choices=Place.choices)
    spot = models.CharField("具体位置", max_length=60, blank=True)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.PROTECT, related_name="help_calls")
    note = models.CharField("备注", max_length=100, blank=True)
    asked_by = models.CharField(max_length=40)
    asked_at = models.DateTimeField()
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    taken_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "求助"
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None) ^ ~Q(outcome=""), name="done_help_has_an_outcome"
            )
        ]
        indexes = [
            models.Index(fields=["hall", "asked_at"], condition=Q(done_at=None), name="help_still_open"),
            models.Index(fields=["hall", "business_date"], name="help_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.spot}"


class Item(models.Model):
    """A kind of thing the desk lends: wheelchairs, glasses, power banks, umbrellas; pieces are numbered 1 … total."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="items", db_index=False)
    code = models.CharField("编码", max_length=30)
    name = models.CharField("名称", max_length=40)
    name_mn = models.CharField("蒙古文名称", max_length=80, blank=True)
    name_en = models.CharField("英文名称", max_length=60, blank=True)
    icon = models.CharField("图标", max_length=30, blank=True)
    total = models.PositiveSmallIntegerField("件数", default=1)
    order = models.PositiveSmallIntegerField("次序", default=0)
    is_active = models.BooleanField("出借", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "出借物品"
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["hall", "code"], name="one_item_per_code")]

    def __str__(self) -> str:
        return self.name


class Loan(models.Model):
    """One piece lent: to a ticket or against a deposit, never to a name. A piece is out at most once."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="loans", db_index=False)
    business_date = models.DateField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="loans", db_index=False)
    number = models.PositiveSmallIntegerField("编号")
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.PROTECT, related_name="loans")
    deposit = models.CharField("押物", max_length=60, blank=True)
    lent_by = models.CharField(max_length=40)
    lent_at = models.DateTimeField()
    back_by = models.CharField(max_length=40, blank=True)
    back_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "出借记录"
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "item", "number"], condition=Q(back_at=None), name="a_piece_is_out_once"
            )
        ]
        indexes = [models.Index(fields=["hall", "business_date"], name="loans_of_a_day")]

    def __str__(self) -> str:
        return f"{self.item} {self.number}"


class Facility(models.Model):
    """Something that stands in the hall for everybody, and where: a self-service area, a medicine box, a copier."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="facilities", db_index=False)
    code = models.CharField("编码", max_length=30)
    name = models.CharField("名称", max_length=40)
    name_mn = models.CharField("蒙古文名称", max_length=80, blank=True)
    name_en = models.CharField("英文名称", max_length=60, blank=True)
    place = models.CharField("位置", max_length=80)
    place_mn = models.CharField("蒙古文位置", max_length=160, blank=True)
    place_en = models.CharField("英文位置", max_length=120, blank=True)
    icon = models.CharField("图标", max_length=30, blank=True)
    order = models.PositiveSmallIntegerField("次序", default=0)
    is_active = models.BooleanField("显示", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "便民设施"
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["hall", "code"], name="one_facility_per_code")]

    def __str__(self) -> str:
        return self.name
