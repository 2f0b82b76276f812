"""Who may act: staff with a role, paired devices, machines with a token."""

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone

from hallqueue.models.hall import Hall
from hallqueue.models.windows import Window


class Role(models.TextChoices):
    """What a member of staff is in the hall."""

    ADMINISTRATOR = "administrator", "管理员"
    MANAGER = "manager", "大厅主任"
    DESK = "desk", "导办"
    CLERK = "clerk", "窗口人员"
    AUDITOR = "auditor", "审计"


HANDS = (Role.MANAGER.value, Role.ADMINISTRATOR.value)
"""Who arranges the hall and acts on it."""
WATCHERS = (*HANDS, Role.AUDITOR.value)
"""Who sees all of it."""
AT_THE_DESK = (Role.DESK.value, *HANDS)
"""Who helps people on the spot, tries printers, bars and loudspeakers, and prints again."""
WALKERS = (Role.CLERK.value, *AT_THE_DESK)
"""Who walks the procedure with citizens."""
DEVICE_WATCHERS = (Role.DESK.value, *WATCHERS)
"""Who sees how printers, bars and loudspeakers are."""


class User(AbstractUser):
    """A member of staff. The role says what they may do; only administrators enter the set-up pages."""

    hall = models.ForeignKey(Hall, null=True, blank=True, on_delete=models.PROTECT, related_name="staff")
    role = models.CharField("角色", max_length=20, choices=Role.choices, default=Role.CLERK)
    name = models.CharField("姓名", max_length=60, blank=True)
    may_translate = models.BooleanField("蒙古文翻译", default=False, help_text="可修改、审核大厅的公示文字")
    is_party_member = models.BooleanField("党员", default=False, help_text="有月度考核台账")
    wrong_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    locked_until = models.DateTimeField(null=True, blank=True, editable=False)
    password_set_at = models.DateTimeField(default=timezone.now, editable=False)
    password_given = models.BooleanField(default=False, editable=False)
    password_before = models.CharField(max_length=128, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "人员"

    def __str__(self) -> str:
        return self.name or self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Whoever `createsuperuser` makes is an administrator: roles decide, and without one nobody could set up."""
        if self.is_superuser and self._state.adding:
            self.role = Role.ADMINISTRATOR
        super().save(*args, **kwargs)

    def set_password(self, raw_password: str | None) -> None:
        """Give them another password; it counts as somebody else's until `actions.entering.change_password`."""
        self.password_before, self.password_set_at, self.password_given = self.password, timezone.now(), True
        super().set_password(raw_password)

    @property
    def role_key(self) -> str:
        """The text that names the role."""
        return f"words.role.{self.role}"


class Device(models.Model):
    """A paired browser or machine: kiosk, board, window screen. Only the hash of its token is kept."""

    class Kind(models.TextChoices):
        """What the device is; the cookie that carries its token is named after it."""

        KIOSK = "kiosk", "取号机"
        BOARD = "board", "大屏"
        SCREEN = "screen", "窗口屏"
        PAD = "pad", "评价器"
        PRINTER = "printer", "打印机"

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="devices")
    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    name = models.CharField("名称", max_length=60)
    window = models.ForeignKey(
        Window, null=True, blank=True, on_delete=models.PROTECT, related_name="devices"
    )
    zone = models.CharField("区域", max_length=40, blank=True)
    shows_mongolian = models.BooleanField("显示蒙古文", default=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    approved_by = models.CharField(max_length=40, editable=False)
    approved_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "设备"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"


class Pairing(models.Model):
    """A browser that asks to become a device: it shows a one-time code, a manager approves it."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="pairings")
    code_hash = models.CharField(max_length=64)
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    device = models.ForeignKey(Device, null=True, on_delete=models.CASCADE, related_name="pairings")
    claimed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hall", "code_hash"], name="one_pairing_per_code")]

    def __str__(self) -> str:
        return f"{self.hall} {self.created_at:%H:%M:%S}"


class ApiClient(models.Model):
    """A machine that uses /api/v1 with a bearer token; it acts with the rights of a role."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="api_clients")
    name = models.CharField("名称", max_length=60)
    role = models.CharField("角色", max_length=20, choices=Role.choices, default=Role.CLERK)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "接口客户端"

    def __str__(self) -> str:
        return self.name
