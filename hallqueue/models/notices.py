"""What the hall tells citizens between calls: lines put up at once, notices that one drafts and another approves."""

from django.db import models
from django.db.models import F, Q

from hallqueue.models.hall import Hall


class Notice(models.Model):
    """A notice (宣传内容). A line stands on its `places` until a time; text, picture and video play on boards, and
    so does the wall (您反映、我们改): what `reporting.projects.wall` says at the time.

    `notice_states.MOVES` says how a notice comes from draft to glass. A line and an emergency are shown at once, by one
    manager's hand. `authors` are all who wrote it since it was last a draft; none of them may approve it.
    `sent` names the video as it came, until `file` was made of it; `fault` ({code, detail}) says why it never will be.
    """

    PLACES = ("board", "kiosk", "ticket")

    class Form(models.TextChoices):
        """What it is made of."""

        LINE = "line", "滚动通知"
        TEXT = "text", "文字"
        PICTURE = "picture", "图片"
        VIDEO = "video", "视频"
        WALL = "wall", "公示墙"

    class Kind(models.TextChoices):
        """What it is about."""

        POLICY = "policy", "政策"
        DISCIPLINE = "discipline", "党纪"
        PUBLIC = "public", "公告"

    class State(models.TextChoices):
        """How far it has come."""

        DRAFT = "draft", "草稿"
        APPROVED = "approved", "已审核"
        SHOWN = "shown", "播出中"
        ENDED = "ended", "已撤下"

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="notices", db_index=False)
    form = models.CharField(max_length=8, choices=Form.choices, default=Form.LINE)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.PUBLIC)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SHOWN)
    is_emergency = models.BooleanField(default=False)
    zh = models.CharField("中文", max_length=120)
    mn = models.CharField("蒙古文", max_length=240, blank=True)
    en = models.CharField("英文", max_length=240, blank=True)
    body_zh = models.TextField(max_length=600, blank=True)
    body_mn = models.TextField(max_length=1200, blank=True)
    body_en = models.TextField(max_length=1200, blank=True)
    places = models.JSONField(default=list)
    file = models.CharField(max_length=80, blank=True)
    sent = models.CharField(max_length=80, blank=True)
    fault = models.JSONField(default=dict)
    bytes = models.PositiveIntegerField(default=0)
    seconds = models.PositiveSmallIntegerField(default=0)
    by = models.CharField(max_length=40)
    authors = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    put_at = models.DateTimeField()
    approved_by = models.CharField(max_length=40, blank=True)
    approved_at = models.DateTimeField(null=True)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by="") | ~Q(approved_by=F("by")), name="no_author_approves"
            ),
            models.CheckConstraint(
                condition=~Q(state="shown") | Q(form="line") | Q(is_emergency=True) | ~Q(approved_by=""),
                name="shown_was_approved",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("approved", "shown")) | Q(sent=""), name="approved_is_made"
            ),
            models.CheckConstraint(
                condition=~Q(state="ended") ^ Q(ended_at__isnull=False), name="ended_has_a_time"
            ),
            models.UniqueConstraint(
                fields=["hall"], condition=Q(is_emergency=True, ended_at=None), name="one_emergency_at_once"
            ),
        ]
        indexes = [models.Index(fields=["hall"], condition=Q(ended_at=None), name="standing_notices")]

    def __str__(self) -> str:
        return self.zh
