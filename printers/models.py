"""Printers, the print jobs made for them, and how far each hall's log has been turned into jobs."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from hallqueue.models import Device, Hall, Ticket
from hallqueue.texts import text
from printers.addresses import EXAMPLES, is_of_a_twin, is_usable
from printers.parts import Paper

SEEN = "seen"
"""The reason of a paper of which only a person said that it came out: the printer never did."""


def check_address(address: str) -> None:
    """Refuse an address that cannot be one, before it is stored."""
    if not is_usable(address):
        raise ValidationError(text("errors.printer_address", examples=EXAMPLES))


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
        DEFECT = "defect", "故障"
        NONSENSE = "nonsense", "应答看不懂"
        NOT_THERE = "not_there", "找不到设备"
        NO_USB = "no_usb", "没有 USB 支持"
        NOT_PERMITTED = "not_permitted", "没有权限"
        DISK_FULL = "disk_full", "磁盘已满"
        NOT_ASKED = "not_asked", "不能询问"

    READY = (Condition.UNKNOWN, Condition.OK, Condition.NEAR_END, Condition.NOT_ASKED)

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="printers", db_index=False)
    name = models.CharField("名称", max_length=60)
    address = models.CharField(
        "地址",
        max_length=200,
        validators=[check_address],
        help_text="tcp://主机:9100 · serial:///dev/ttyUSB0?baud=115200 · usb://04b8:0202 · file:///dev/usb/lp0",
    )
    width = models.PositiveSmallIntegerField("纸宽", choices=Width.choices, default=Width.MM_80)
    text = models.CharField("文字方式", max_length=10, choices=Text.choices, default=Text.CHARACTERS)
    rom = models.CharField("字库", max_length=10, choices=Rom.choices, default=Rom.GBK)
    chinese_size_by_fs = models.BooleanField("老式机: 用 FS ! 放大汉字", default=False)
    cutter = models.BooleanField("有切刀", default=True)
    process_ids = models.BooleanField(
        "会报进程号 (GS ( H)", default=False, help_text="打完一张就报回它的编号; 不支持的打印机不要勾选"
    )
    kiosk = models.ForeignKey(
        Device,
        verbose_name="取号机",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="printers",
        help_text="只打印这台取号机的小票; 空: 打印没有专用打印机的取号机和导办台的小票",
    )
    stand_in = models.ForeignKey(
        "self",
        verbose_name="替补打印机",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="这台打不了时, 小票从替补打印机出来",
    )
    is_active = models.BooleanField("启用", default=True)

    condition = models.CharField(
        max_length=16, choices=Condition.choices, default=Condition.UNKNOWN, editable=False
    )
    condition_at = models.DateTimeField(default=timezone.now, editable=False)
    seen_at = models.DateTimeField(null=True, editable=False)
    fed_at = models.DateTimeField(null=True, editable=False)  # the last slip that went out
    owner = models.CharField(max_length=40, blank=True, editable=False)
    owned_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "打印机"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["hall", "name"], name="one_printer_per_name")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def of(cls, hall: Hall) -> QuerySet["Printer"]:
        """Those in use, with their kiosks."""
        return cls.objects.filter(hall=hall, is_active=True).select_related("kiosk")

    def clean(self) -> None:
        """A printer stands in for others of its own hall, and is one: twins are the demo's."""
        other = self.stand_in
        if other and (other.pk == self.pk or self.hall_id not in (None, other.hall_id)):
            raise ValidationError({"stand_in": text("errors.printer_stand_in")})
        if self.is_out_of_place:
            raise ValidationError({"address": text("errors.printer_twin", examples=EXAMPLES)})

    @property
    def is_twin(self) -> bool:
        """Whether it is the demo's printer twin, whose paper is shown in the browser."""
        return is_of_a_twin(self.address)

    @property
    def living_kiosk(self) -> Device | None:
        """The kiosk whose slips alone it prints, unless that was revoked."""
        return self.kiosk if self.kiosk and self.kiosk.revoked_at is None else None

    @property
    def is_out_of_place(self) -> bool:
        """Whether it is a twin in use outside the demo: it would say "printed" of papers that nobody holds."""
        return self.is_twin and self.is_active and not settings.DEMO

    @property
    def can_be_asked(self) -> bool:
        """Whether it answers questions at all; one that does not shows its faults only when it is sent to."""
        return "status=none" not in self.address and not self.address.startswith("file:")

    @property
    def works(self) -> bool:
        """Whether nothing is known against it."""
        return self.condition in self.READY

    @property
    def is_ready(self) -> bool:
        """Whether the next slip may be sent to it."""
        return self.works or not self.can_be_asked

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


class SlipDesign(models.Model):
    """What slips say, on one width of paper or on one printer; each change is a new version, none is ever changed."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="slip_designs", db_index=False)
    scope = models.CharField(max_length=20)  # "80", "58", "printer-3"
    version = models.PositiveIntegerField()
    lines = models.JSONField()  # names of `slip.LINES`, in order
    both_languages = models.BooleanField(default=True)
    footer = models.CharField(max_length=200, blank=True)
    footer_mn = models.CharField(max_length=200, blank=True)
    logo = models.BinaryField(null=True)  # a PNG of one bit, see `logo.encoded`
    made_by = models.CharField(max_length=40)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "小票样式"
        constraints = [models.UniqueConstraint(fields=["hall", "scope", "version"], name="one_row_a_version")]

    def __str__(self) -> str:
        return f"{self.scope} v{self.version}"


class PrintJob(models.Model):
    """A print job (打印任务): one paper for one ticket; copy 1 is the first, higher ones are reprints (补打).

    A test slip has no ticket but the name of an `example`. `meant_for` is set while another printer stands in.
    """

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
    ticket = models.ForeignKey(
        Ticket, null=True, on_delete=models.PROTECT, related_name="print_jobs", db_index=False
    )
    example = models.CharField(max_length=20, blank=True)
    meant_for = models.ForeignKey(
        Printer, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    copy = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    # The wait as it stood when the number was taken (or the reprint asked for); null where nothing honest is known.
    ahead = models.PositiveIntegerField(null=True)
    low = models.PositiveSmallIntegerField(null=True)
    high = models.PositiveSmallIntegerField(null=True)

    # Who took the number, or asked for the paper later (then `asked_why` is not empty), as the log names them.
    asked_by = models.CharField(max_length=40, blank=True)
    asked_why = models.CharField(max_length=100, blank=True)
    is_let_go = models.BooleanField(default=False)  # not printed, and nobody wants it any more
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
                condition=Q(ended_at=None),
                name="jobs_on_the_way",
            ),
            models.Index(fields=["hall", "id"], name="jobs_in_order"),
            # Only what is over: of two like indexes SQLite would ask this large one for what is on the way, too.
            models.Index(
                fields=["hall", "printer", "id"],
                condition=Q(ended_at__isnull=False),
                name="jobs_of_a_printer",
            ),
            models.Index(fields=["hall", "asked_by", "id"], name="jobs_of_a_kiosk"),
            models.Index(fields=["hall", "made_at"], name="jobs_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket or self.example} #{self.copy} {self.state}"

    @classmethod
    def underway(cls, hall: Hall | int, **which: Any) -> QuerySet["PrintJob"]:
        """The papers that are queued or being sent, those with `which` fields. They have no end, and that is said:
        of a state SQLite would not know that the index of these few holds all of them."""
        return cls.objects.filter(hall=hall, ended_at=None, **({"printer__gt": 0} | which))

    @property
    def label(self) -> str:
        """The number on the paper; of a test slip the word for it."""
        return self.ticket.label if self.ticket else text("slip.test")
