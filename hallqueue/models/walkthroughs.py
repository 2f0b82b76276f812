"""Walkthroughs (走流程): an official walks a procedure, alone or beside a citizen, and what went wrong is noted."""

from django.conf import settings
from django.db import models

from hallqueue.models.cases import CaseClock, CaseFile, CaseLine
from hallqueue.models.catalogue import Service
from hallqueue.models.hall import Hall
from hallqueue.models.tickets import Ticket


class Walkthrough(models.Model):
    """A walkthrough. `state` is written by `walkthrough_states.move` alone; of the citizen nothing is kept.

    `materials` are [{name, guide, asked}]: a paper, whether the guide names it, whether it was asked for.
    """

    class State(models.TextChoices):
        """See `walkthrough_states.MOVES`."""

        WALKING = "walking", "进行中"
        FINISHED = "finished", "已结束"
        DROPPED = "dropped", "已作废"

    class Walker(models.TextChoices):
        """Who walks."""

        OFFICIAL = "official", "干部"
        TRIAL = "trial", "政务服务体验员"

    class Mode(models.TextChoices):
        """How."""

        SELF = "self", "亲自办"
        BESIDE = "beside", "陪同办"
        SEAT = "seat", "坐窗口"
        WATCH = "watch", "监督办"

    class Place(models.TextChoices):
        """Where."""

        HALL = "hall", "本大厅"
        ONLINE = "online", "线上"
        ELSEWHERE = "elsewhere", "其他地点"

    class Scope(models.TextChoices):
        """How much of the procedure."""

        WHOLE = "whole", "全流程"
        PART = "part", "部分环节"

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="walkthroughs", db_index=False)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    label = models.CharField("编号", max_length=12)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="walkthroughs")
    walker = models.CharField(max_length=10, choices=Walker.choices)
    mode = models.CharField(max_length=10, choices=Mode.choices)
    place = models.CharField(max_length=10, choices=Place.choices)
    place_note = models.CharField(max_length=60, blank=True)
    scope = models.CharField(max_length=10, choices=Scope.choices)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.PROTECT, related_name="walkthroughs")
    consent = models.BooleanField(default=False)
    service = models.ForeignKey(
        Service, null=True, on_delete=models.PROTECT, related_name="walkthroughs", db_index=False
    )
    matter = models.CharField(max_length=200)
    situation = models.CharField(max_length=500, blank=True)

    state = models.CharField(max_length=10, choices=State.choices, default=State.WALKING)
    business_date = models.DateField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    trips = models.PositiveSmallIntegerField(default=1)
    windows = models.PositiveSmallIntegerField(null=True)  # told by hand; without it, counted from the calls
    materials = models.JSONField(default=list)
    reused = models.CharField(max_length=500, blank=True)
    suggestion = models.CharField(max_length=1000, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    again_of = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="walked_again", db_index=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "走流程"
        constraints = [
            models.UniqueConstraint(fields=["hall", "year", "number"], name="no_walkthrough_twice"),
            models.UniqueConstraint(
                fields=["hall", "ticket"],
                condition=models.Q(state="walking", ticket__isnull=False),
                name="one_walkthrough_per_ticket",
            ),
        ]
        indexes = [models.Index(fields=["hall", "service", "business_date"], name="walkthroughs_of_service")]

    def __str__(self) -> str:
        return self.label


class WalkthroughStep(models.Model):
    """A step (环节) of one's own tap; what the queue did is read from the log and never copied here."""

    class Kind(models.TextChoices):
        """What was done."""

        ASK = "ask", "咨询"
        FORM = "form", "填表"
        COPY = "copy", "复印"
        PAY = "pay", "缴费"
        ONLINE = "online", "线上提交"
        QUEUE = "queue", "排队"
        WINDOW = "window", "窗口办理"
        COLLECT = "collect", "取件"
        OTHER = "other", "其他"

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="+", db_index=False)
    walkthrough = models.ForeignKey(Walkthrough, on_delete=models.PROTECT, related_name="own_steps")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    began_at = models.DateTimeField()
    struck = models.BooleanField(default=False)

    class Meta:
        ordering = ["began_at", "id"]

    def __str__(self) -> str:
        return self.get_kind_display()


class Finding(CaseClock):
    """A finding (堵点) of a walkthrough. `ref` is the phone's own name for it, made before the hall has heard of it."""

    class Kind(models.TextChoices):
        """What kind of obstacle."""

        MATERIALS = "materials", "材料"
        STEPS = "steps", "环节"
        TIME = "time", "时限"
        SYSTEM = "system", "系统"
        GUIDANCE = "guidance", "指引"
        CONDUCT = "conduct", "态度"
        BETWEEN = "between", "跨部门"

    class State(models.TextChoices):
        """See `finding_states.MOVES`."""

        NOTED = "noted", "待交办"
        OWNED = "owned", "整改中"
        FIXED = "fixed", "待复走"
        VERIFIED = "verified", "复走通过"
        CLOSED = "closed", "已销号"
        WITHDRAWN = "withdrawn", "已作废"

    RUNNING = (State.OWNED,)
    UNSETTLED = (State.NOTED, State.OWNED, State.FIXED, State.VERIFIED)

    class Severity(models.IntegerChoices):
        """How bad."""

        MINOR = 1, "一般"
        SERIOUS = 2, "较重"
        GRAVE = 3, "严重"

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="findings", db_index=False)
    walkthrough = models.ForeignKey(Walkthrough, on_delete=models.PROTECT, related_name="findings")
    ref = models.CharField(max_length=64)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    label = models.CharField("编号", max_length=12)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    severity = models.PositiveSmallIntegerField(choices=Severity.choices)
    note = models.CharField(max_length=1000, blank=True)
    found_at = models.DateTimeField()

    # The loop: who puts it right, and how; until when is the clock's.
    state = models.CharField(max_length=10, choices=State.choices, default=State.NOTED)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="findings"
    )
    measure = models.CharField(max_length=1000, blank=True)
    fixed = models.CharField(max_length=1000, blank=True)
    fixed_at = models.DateTimeField(null=True)
    walked_again = models.ForeignKey(
        Walkthrough, null=True, on_delete=models.PROTECT, related_name="verified", db_index=False
    )
    closed_at = models.DateTimeField(null=True)
    reopened = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "堵点"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["hall", "year", "number"], name="no_finding_twice"),
            models.UniqueConstraint(fields=["walkthrough", "ref"], name="one_finding_per_ref"),
        ]
        indexes = [
            models.Index(
                fields=["hall", "next_at"], condition=models.Q(next_at__isnull=False), name="finding_clock"
            ),
            models.Index(fields=["hall", "state", "due_on"], name="findings_by_state"),
        ]

    def __str__(self) -> str:
        return self.label


class FindingStep(CaseLine):
    """A line of a finding's story."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="lines")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hall", "seq"], name="one_finding_per_line")]

    def __str__(self) -> str:
        return f"{self.finding} {self.seq}"


class FindingFile(CaseFile):
    """A photo or a voice memo."""

    class Kind(models.TextChoices):
        """What it is."""

        PHOTO = "photo", "照片"
        MEMO = "memo", "语音"

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    seconds = models.PositiveSmallIntegerField(default=0)
