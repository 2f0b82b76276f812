"""Printers, the print jobs made for them, and how far each hall's log has been turned into jobs."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from hallqueue.models import Device, Hall, Ticket
from printers.parts import Paper


class Printer(models.Model):
    """A printer of a hall. Who feeds it now holds its lease: `owner` until `owned_until`."""

    class Width(models.IntegerChoices):
        """The roll."""

        MM_80 = 80, "80 mm"
        MM_58 = 58, "58 mm"

    class Text(models.TextChoices):
        """How text goes out."""

        CHARACTERS = "gb18030", "打印机自带字库 (GB18030)"
        PICTURE = "raster", "整张图片"

    class Rom(models.TextChoices):
        """The characters the printer has by itself; others become pictures."""

        GB2312 = "gb2312", "GB2312"
        GBK = "gbk", "GBK"
        GB18030 = "gb18030", "GB18030"

    class Condition(models.TextChoices):
        """What the printer last said of itself; the words are in `texts/printer.toml`."""

        UNKNOWN = "unknown", "尚未询问"
        OK = "ok", "正常"
        NEAR_END = "near_end", "纸将尽"
        PAPER_OUT = "paper_out", "缺纸"
        COVER_OPEN = "cover_open", "开盖"
        OFFLINE = "offline", "脱机"
        NO_ANSWER = "no_answer", "无应答"
        REFUSED = "refused", "连接不上"
        BROKEN = "broken", "连接中断"
        BAD_ADDRESS = "bad_address", "地址不对"
        NOT_ASKED = "not_asked", "不能询问"

    READY = (Condition.UNKNOWN, Condition.OK, Condition.NEAR_END, Condition.NOT_ASKED)

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="printers", db_index=False)
    name = models.CharField("名称", max_length=60)
    address = models.CharField(
        "地址",
        max_length=200,
        help_text="tcp://主机:9100 · serial:///dev/ttyUSB0?baud=115200 · usb://04b8:0202 · file:///dev/usb/lp0",
    )
    width = models.PositiveSmallIntegerField("纸宽", choices=Width.choices, default=Width.MM_80)
    text = models.CharField("文字方式", max_length=10, choices=Text.choices, default=Text.CHARACTERS)
    rom = models.CharField("字库", max_length=10, choices=Rom.choices, default=Rom.GBK)
    chinese_size_by_fs = models.BooleanField("老式机: 用 FS ! 放大汉字", default=False)
    cutter = models.BooleanField("有切刀", default=True)
    kiosk = models.ForeignKey(
        Device,
        verbose_name="取号机",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="printers",
        help_text="只打印这台取号机的小票; 空: 打印没有专用打印机的取号机和导办台的小票",
    )
    is_active = models.BooleanField("启用", default=True)

    condition = models.CharField(
        max_length=12, choices=Condition.choices, default=Condition.UNKNOWN, editable=False
    )
    condition_at = models.DateTimeField(default=timezone.now, editable=False)
    seen_at = models.DateTimeField(null=True, editable=False)
    owner = models.CharField(max_length=40, blank=True, editable=False)
    owned_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "打印机"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["hall", "name"], name="one_printer_per_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_twin(self) -> bool:
        """Whether it is the demo's printer twin, whose paper is shown in the browser."""
        return self.address.startswith("twin://")

    @property
    def can_be_asked(self) -> bool:
        """Whether it answers questions at all; one that does not shows its faults only when it is sent to."""
        return "status=none" not in self.address and not self.address.startswith("file:")

    @property
    def is_ready(self) -> bool:
        """Whether the next slip may be sent to it."""
        return self.condition in self.READY or not self.can_be_asked

    @property
    def paper(self) -> Paper:
        """What the slip is laid out for."""
        return Paper(
            dots=576 if self.width == self.Width.MM_80 else 384,
            text=self.text,  # type: ignore[arg-type]
            rom=self.rom,  # type: ignore[arg-type]
            chinese_size_by_fs=self.chinese_size_by_fs,
            cutter=self.cutter,
        )


class PrintCursor(models.Model):
    """How far the hall's log has been turned into print jobs; moved in the same transaction that makes them."""

    hall = models.OneToOneField(Hall, on_delete=models.CASCADE, related_name="print_cursor")
    epoch = models.CharField(max_length=16)
    seq = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.hall} {self.seq}"


class PrintJob(models.Model):
    """A print job (打印任务): one paper for one ticket; copy 1 is the first, higher ones are reprints (补打)."""

    class State(models.TextChoices):
        """What is known of the paper. `unknown`: there may be paper or not; it is never printed again by itself."""

        QUEUED = "queued", "等待打印"
        SENDING = "sending", "正在发送"
        CONFIRMED = "confirmed", "已打印"
        UNCONFIRMED = "unconfirmed", "已发送"
        FAILED = "failed", "未打印"
        UNKNOWN = "unknown", "不确定"

    ON_THE_WAY = (State.QUEUED, State.SENDING)

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="print_jobs", db_index=False)
    printer = models.ForeignKey(Printer, on_delete=models.PROTECT, related_name="jobs", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="print_jobs", db_index=False)
    copy = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    # The wait as it stood when the number was taken (or the reprint asked for); null where nothing honest is known.
    ahead = models.PositiveIntegerField(null=True)
    low = models.PositiveSmallIntegerField(null=True)
    high = models.PositiveSmallIntegerField(null=True)

    asked_by = models.CharField(max_length=40, blank=True)
    asked_why = models.CharField(max_length=100, blank=True)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "打印任务"
        constraints = [models.UniqueConstraint(fields=["hall", "ticket", "copy"], name="one_job_per_copy")]
        indexes = [
            models.Index(
                fields=["hall", "printer", "id"],
                condition=Q(state__in=["queued", "sending"]),
                name="jobs_on_the_way",
            ),
            models.Index(fields=["hall", "id"], name="jobs_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket} #{self.copy} {self.state}"
