"""Concerns (办不成事诉求): cases that are followed to their end; nothing here is ever deleted."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from hallqueue.models.cases import CaseFile, CaseLine, SealedPerson
from hallqueue.models.catalogue import Department, Service
from hallqueue.models.hall import Hall
from hallqueue.models.tickets import Ticket
from hallqueue.models.windows import Window


class ConcernRules(models.Model):
    """What a hall may set about its concerns; a hall without a row has these defaults."""

    hall = models.OneToOneField(Hall, on_delete=models.PROTECT, related_name="concern_rules")
    identity_days = models.PositiveSmallIntegerField("归档后保留身份信息(天)", default=30)
    remind_days = models.PositiveSmallIntegerField("到期前提醒(工作日)", default=1)
    escalate_days = models.PositiveSmallIntegerField("每级升级间隔(工作日)", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "诉求规则"

    def __str__(self) -> str:
        return f"{self.hall}"


class ConcernGrade(models.Model):
    """How hard a concern is, and within how many working days it must be settled; 0 means the same day."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="concern_grades")
    code = models.SlugField("代码", max_length=20)
    name = models.CharField("名称", max_length=60)
    name_en = models.CharField("英文", max_length=120, blank=True)
    days = models.PositiveSmallIntegerField(
        "办结时限(工作日)", validators=[MaxValueValidator(120)], help_text="0 为当日办结"
    )
    order = models.PositiveSmallIntegerField("次序", default=0)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "诉求等级"
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["hall", "code"], name="one_grade_per_code")]

    def __str__(self) -> str:
        return self.name


class ConcernCause(models.Model):
    """A root cause (“一类事”): what several concerns have in common."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="concern_causes")
    name = models.CharField("名称", max_length=100)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "诉求根源"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["hall", "name"], name="one_cause_per_name")]

    def __str__(self) -> str:
        return self.name


class ConcernDuty(models.Model):
    """Who answers for the concerns of a department; its lead is the 首席代表."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="concern_duties")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="concern_duties", verbose_name="部门"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="concern_duties",
        verbose_name="人员",
    )
    is_lead = models.BooleanField("首席代表", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "诉求责任人"
        constraints = [
            models.UniqueConstraint(fields=["hall", "department", "user"], name="one_duty_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.department} · {self.user}"


class ConcernCounter(models.Model):
    """The last number given to a concern of a hall in a year."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hall", "year"], name="one_concern_counter")]

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Concern(SealedPerson):
    """A concern. `state` is written by `concern_states.move` alone; the identity is sealed, and erased by schedule."""

    class State(models.TextChoices):
        """See `concern_states.MOVES`."""

        NEW = "new", "待受理"
        ACCEPTED = "accepted", "已受理"
        CLASSIFIED = "classified", "已分类"
        ASSIGNED = "assigned", "办理中"
        PAUSED = "paused", "暂停计时"
        RESOLVED = "resolved", "已办结"
        TOLD = "told", "已反馈"
        CALLED_BACK = "called_back", "已回访"
        ARCHIVED = "archived", "已归档"

    class Kind(models.TextChoices):
        """What it is about."""

        REFUSED = "refused", "不予受理"
        REPEATED = "repeated", "多次未办成"
        DOUBTED = "doubted", "结果有疑问"
        CONDUCT = "conduct", "人员作风"
        SLOW = "slow", "办得慢"
        OTHER = "other", "其他"

    class Channel(models.TextChoices):
        """How it came."""

        WINDOW = "window", "窗口"
        FALLBACK = "fallback", "兜底窗口"
        DESK = "desk", "导办台"
        PHONE = "phone", "电话"
        WEB = "web", "群众自助"
        API = "api", "接口"

    RUNNING = (State.NEW, State.ACCEPTED, State.CLASSIFIED, State.ASSIGNED)
    UNSETTLED = (*RUNNING, State.PAUSED)

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="concerns", db_index=False)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    label = models.CharField("编号", max_length=12)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.PROTECT, related_name="concerns")
    window = models.ForeignKey(Window, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    service = models.ForeignKey(
        Service, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    department = models.ForeignKey(
        Department, null=True, on_delete=models.PROTECT, related_name="concerns", db_index=False
    )

    kind = models.CharField(max_length=10, choices=Kind.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    step = models.CharField(max_length=200, blank=True)
    failed = models.CharField(max_length=1000)
    tries = models.PositiveSmallIntegerField(default=1)
    wish = models.CharField(max_length=500, blank=True)
    raised_by = models.CharField(max_length=40)

    state = models.CharField(max_length=12, choices=State.choices, default=State.NEW)
    before_pause = models.CharField(max_length=12, blank=True)
    grade = models.ForeignKey(ConcernGrade, on_delete=models.PROTECT, related_name="+", db_index=False)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="concerns"
    )

    # The clock, in working days: `next_at` is when the hall's round must look again.
    received_on = models.DateField()
    counted_from = models.DateField()
    limit_days = models.PositiveSmallIntegerField(default=0)
    due_on = models.DateField()
    due_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    stage = models.PositiveSmallIntegerField(default=0)
    level = models.PositiveSmallIntegerField(default=0)
    pause_reason = models.CharField(max_length=200, blank=True)
    pause_asked_by = models.CharField(max_length=40, blank=True)
    paused_on = models.DateField(null=True)
    paused_days = models.PositiveSmallIntegerField(default=0)

    measures = models.CharField(max_length=2000, blank=True)
    answer = models.CharField(max_length=1000, blank=True)
    cause = models.ForeignKey(
        ConcernCause, null=True, on_delete=models.PROTECT, related_name="concerns", db_index=False
    )
    improvement = models.CharField(max_length=500, blank=True)
    told_how = models.CharField(max_length=100, blank=True)
    satisfaction = models.PositiveSmallIntegerField(null=True)
    call_back_note = models.CharField(max_length=500, blank=True)
    reopened = models.PositiveSmallIntegerField(default=0)

    raised_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "诉求"
        constraints = [
            models.UniqueConstraint(fields=["hall", "year", "number"], name="no_concern_twice"),
            models.CheckConstraint(
                condition=Q(satisfaction=None) | Q(satisfaction__gte=1, satisfaction__lte=5),
                name="satisfaction_of_five",
            ),
        ]
        indexes = [
            models.Index(
                fields=["hall", "next_at"], condition=Q(next_at__isnull=False), name="concern_clock"
            ),
            models.Index(fields=["hall", "state", "due_on"], name="concerns_by_state"),
            models.Index(fields=["hall", "received_on"], name="concerns_by_month"),
            models.Index(fields=["hall", "phone_hash"], name="concerns_of_person"),
        ]

    def __str__(self) -> str:
        return self.label


class ConcernStep(CaseLine):
    """A line of a concern's story."""

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="lines")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hall", "seq"], name="one_concern_per_line")]

    def __str__(self) -> str:
        return f"{self.concern} {self.seq}"


class ConcernPhoto(CaseFile):
    """A photo of a concern."""

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="photos")
