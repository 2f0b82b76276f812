"""What each board and window screen shows, and how: a few choices for a paired device or a named layout."""

from django.db import models

from hallqueue.models import Device, Hall, Window


class Board(models.Model):
    """A board's choices. Empty `zones` and `windows` (numbers) mean all of them; both given, either is enough."""

    class Main(models.TextChoices):
        """What takes the most room."""

        CALLS = "calls", "叫号列表"
        BIG = "big", "大字叫号"
        ZONES = "zones", "分区叫号"
        WAITING = "waiting", "等候表"
        NOTICES = "notices", "宣传内容"
        WINDOW = "window", "一个窗口(窗口屏)"

    class Side(models.TextChoices):
        """What stands beside it."""

        NONE = "none", "不要"
        AREAS = "areas", "各区等候人数"
        BOTH = "both", "等候人数和宣传内容"
        CALLS = "calls", "叫号列表"
        WAITING = "waiting", "等候表"
        NOTICES = "notices", "宣传内容"

    class Dress(models.TextChoices):
        """Its colours, by hand or by time."""

        DAY = "day", "白天"
        NIGHT = "night", "夜间"
        CONTRAST = "contrast", "高对比"
        TIMED = "timed", "按时间: 白天、夜间"

    class Turn(models.IntegerChoices):
        """How the page is turned on a glass that was hung upright while its computer lies."""

        NONE = 0, "不转"
        RIGHT = 90, "右转 90°"
        LEFT = 270, "左转 90°"

    GLASSES = ("1920x1080", "1080x1920", "3840x2160", "2160x3840", "1366x768", "1024x256")

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="boards", db_index=False)
    device = models.OneToOneField(
        Device, null=True, blank=True, on_delete=models.PROTECT, related_name="board", verbose_name="设备"
    )
    name = models.CharField("名称", max_length=60)
    main = models.CharField("主要内容", max_length=10, choices=Main.choices, default=Main.CALLS)
    side = models.CharField("旁边", max_length=10, choices=Side.choices, default=Side.AREAS)
    mongolian = models.BooleanField("蒙古文竖栏", default=True)
    zones = models.JSONField(default=list)
    windows = models.JSONField(default=list)
    glass = models.CharField("屏幕", max_length=10, default=GLASSES[0])
    turn = models.PositiveSmallIntegerField("转向", choices=Turn.choices, default=Turn.NONE)
    glass_mm = models.PositiveIntegerField("屏高(毫米)", null=True, blank=True)
    farthest_m = models.DecimalField("最远座位(米)", null=True, blank=True, max_digits=4, decimal_places=1)
    dress = models.CharField("颜色", max_length=10, choices=Dress.choices, default=Dress.DAY)
    night = models.CharField("夜间时段", max_length=40, default="18:00-24:00, 00:00-07:00")
    interlude = models.PositiveSmallIntegerField("无人叫号几秒后播放宣传内容", default=30)
    is_default = models.BooleanField("没有单独布置的大屏都用它", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "大屏布置"
        constraints = [
            models.UniqueConstraint(fields=["hall", "name"], name="one_board_a_name"),
            models.UniqueConstraint(
                fields=["hall"],
                condition=models.Q(is_default=True) & ~models.Q(main="window"),
                name="one_default_board",
            ),
            models.UniqueConstraint(
                fields=["hall"],
                condition=models.Q(is_default=True, main="window"),
                name="one_default_screen",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def shows(self, window: Window) -> bool:
        """Whether it has calls of this window."""
        chosen = window.zone in self.zones or window.number in self.windows
        return chosen or not (self.zones or self.windows)

    @property
    def is_screen(self) -> bool:
        """Whether it lays out window screens, each of which shows its own window."""
        return self.main == self.Main.WINDOW

    @property
    def main_key(self) -> str:
        """The text that names its main part."""
        return f"boards.main.{self.main}"

    @property
    def side_key(self) -> str:
        """The text that names what stands beside it."""
        return f"boards.side.{self.side}"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the page as people see it, in pixels."""
        width, height = (int(side) for side in self.glass.split("x"))
        return (height, width) if self.turn else (width, height)
