"""Projects (书记领航、攻坚): what cases have in common gets people, steps, dates and an account."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from hallqueue.models.cases import CaseFile, CaseLine
from hallqueue.models.catalogue import Department
from hallqueue.models.concerns import Concern, ConcernCause
from hallqueue.models.hall import Hall
from hallqueue.models.ratings import RatingCase
from hallqueue.models.walkthroughs import Finding


class Project(models.Model):
    """A project. `state` is written by `project_states.move` alone; nothing here is ever deleted.

    `heard` and `did` are what the wall says (您反映、我们改): by one, published by another.
    """

    class Kind(models.TextChoices):
        """How large; each has its own steps, see `project_dates.STEPS`."""

        PILOT = "pilot", "书记领航项目"
        TACKLE = "tackle", "攻坚项目"

    class State(models.TextChoices):
        """See `project_states.MOVES`."""

        PLANNED = "planned", "待启动"
        POSTED = "posted", "已发榜"
        RUNNING = "running", "推进中"
        DELIVERED = "delivered", "待验收"
        ACCEPTED = "accepted", "已验收"
        WITHDRAWN = "withdrawn", "已撤销"

    RUNS = (State.POSTED, State.RUNNING)
    UNSETTLED = (State.PLANNED, State.POSTED, State.RUNNING, State.DELIVERED)
    ON_WALL = (State.RUNNING, State.DELIVERED, State.ACCEPTED)

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="projects", db_index=False)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    label = models.CharField("编号", max_length=12)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    title = models.CharField("名称", max_length=60)
    problem = models.CharField("问题", max_length=1000)
    aim = models.CharField("目标", max_length=500)
    cause = models.ForeignKey(
        ConcernCause, on_delete=models.PROTECT, related_name="projects", verbose_name="一类事"
    )
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="projects")
    opened_by = models.CharField(max_length=40)
    opened_on = models.DateField()
    terms = models.CharField("揭榜要求", max_length=500, blank=True)
    team = models.ForeignKey(
        "ProjectTeam", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    result = models.CharField("交账", max_length=1000, blank=True)
    delivered_at = models.DateTimeField(null=True)
    verdict = models.CharField("验收意见", max_length=500, blank=True)
    accepted_at = models.DateTimeField(null=True)
    reopened = models.PositiveSmallIntegerField(default=0)

    heard = models.CharField("您反映", max_length=120, blank=True)
    heard_mn = models.CharField(max_length=240, blank=True)
    did = models.CharField("我们改", max_length=200, blank=True)
    did_mn = models.CharField(max_length=400, blank=True)
    worded_by = models.CharField(max_length=40, blank=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "项目"
        constraints = [
            models.UniqueConstraint(fields=["hall", "year", "number"], name="no_project_twice"),
            models.CheckConstraint(
                condition=Q(published_at=None) | ~(Q(heard="") | Q(did="")), name="wall_has_words"
            ),
        ]
        indexes = [models.Index(fields=["hall", "state"], name="projects_by_state")]

    def __str__(self) -> str:
        return self.label

    @property
    def account(self) -> str:
        """The account as it stands: none while work goes on; what was told before a reopening is in the story."""
        return self.result if self.state in (self.State.DELIVERED, self.State.ACCEPTED) else ""

    @property
    def opinion(self) -> str:
        """What was said when it was accepted, as long as it is."""
        return self.verdict if self.state == self.State.ACCEPTED else ""


class ProjectTeam(models.Model):
    """Named people of the hall with a leader: chosen by who arranged the project, or claiming a posted one (揭榜)."""

    class State(models.TextChoices):
        """How its claim stands."""

        CLAIMING = "claiming", "待定"
        CHOSEN = "chosen", "承担"
        DECLINED = "declined", "未中"
        LEFT = "left", "已退出"

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="+", db_index=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField("队伍", max_length=40)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="led_teams", verbose_name="队长"
    )
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="teams")
    plan = models.CharField("打算", max_length=1000, blank=True)
    state = models.CharField(max_length=10, choices=State.choices)
    named_by = models.CharField(max_length=40)
    named_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=Q(state="chosen"), name="one_team_a_project"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProjectStep(models.Model):
    """One step of a project. `due_on` is when the next thing must be said: its end, or sooner by its rhythm.

    `due_at`, `next_at`, `stage` and `level` are the clock's, as of a concern.
    """

    class Kind(models.TextChoices):
        """What it is; a pilot project has the last four, exactly these."""

        CLAIM = "claim", "发榜揭榜"
        TAKE_UP = "take_up", "年初领题"
        ADVANCE = "advance", "月度推进"
        REVIEW = "review", "季度调度"
        ACCOUNT = "account", "年底交账"

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="+", db_index=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    order = models.PositiveSmallIntegerField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="project_steps"
    )
    begins_on = models.DateField()
    ends_on = models.DateField()
    done_at = models.DateTimeField(null=True)
    done_late = models.BooleanField(default=False)

    due_on = models.DateField()
    due_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    stage = models.PositiveSmallIntegerField(default=0)
    level = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["project", "order"]
        constraints = [
            models.UniqueConstraint(fields=["project", "kind"], name="one_step_a_kind"),
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("begins_on")), name="step_has_days"),
        ]
        indexes = [
            models.Index(fields=["hall", "next_at"], condition=Q(next_at__isnull=False), name="project_clock")
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.kind}"

    @property
    def runs(self) -> bool:
        """Whether its clock runs: while a project is posted, that of its claims alone."""
        if self.project.state == Project.State.POSTED:
            return self.done_at is None and self.kind == self.Kind.CLAIM
        return self.done_at is None and self.project.state == Project.State.RUNNING


class ProjectEntry(models.Model):
    """What was done in a step, on a day, in the words of who did it."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="+", db_index=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="entries", db_index=False)
    step = models.ForeignKey(ProjectStep, on_delete=models.PROTECT, related_name="entries", db_index=False)
    on = models.DateField()
    words = models.CharField(max_length=1000)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["on", "id"]
        indexes = [models.Index(fields=["project", "on"], name="entries_of_project")]

    def __str__(self) -> str:
        return self.words


class ProjectFile(CaseFile):
    """A photo, or a paper (PDF)."""

    class Kind(models.TextChoices):
        """What it is."""

        PHOTO = "photo", "照片"
        PAPER = "paper", "文件"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="files")
    step = models.ForeignKey(ProjectStep, on_delete=models.PROTECT, related_name="files", db_index=False)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    name = models.CharField(max_length=60)

    def __str__(self) -> str:
        return self.name


class ProjectLink(models.Model):
    """What a project grew from: one concern, finding or bad rating; taken away again, it is struck, not erased."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="+", db_index=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="links")
    concern = models.ForeignKey(Concern, null=True, on_delete=models.PROTECT, related_name="project_links")
    finding = models.ForeignKey(Finding, null=True, on_delete=models.PROTECT, related_name="project_links")
    rating = models.ForeignKey(RatingCase, null=True, on_delete=models.PROTECT, related_name="project_links")
    linked_at = models.DateTimeField()
    struck_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(concern__isnull=False, finding=None, rating=None)
                | Q(concern=None, finding__isnull=False, rating=None)
                | Q(concern=None, finding=None, rating__isnull=False),
                name="link_to_one_case",
            ),
            models.UniqueConstraint(
                fields=["project", "concern"], condition=Q(struck_at=None), name="concern_linked_once"
            ),
            models.UniqueConstraint(
                fields=["project", "finding"], condition=Q(struck_at=None), name="finding_linked_once"
            ),
            models.UniqueConstraint(
                fields=["project", "rating"], condition=Q(struck_at=None), name="rating_linked_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.case}"

    @property
    def case(self) -> Concern | Finding | RatingCase:
        """What it leads to."""
        return self.concern or self.finding or self.rating  # type: ignore[return-value]  # link_to_one_case


class ProjectLine(CaseLine):
    """A line of a project's story."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="lines")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hall", "seq"], name="one_project_per_line")]

    def __str__(self) -> str:
        return f"{self.project} {self.seq}"
