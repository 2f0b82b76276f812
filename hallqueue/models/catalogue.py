"""What citizens come for: departments, services, and the series their numbers belong to."""

from django.db import models

from hallqueue.models.hall import Hall


class Department(models.Model):
    """A department (部门) that has windows in the hall."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="departments")
    code = models.CharField("代码", max_length=40)
    name = models.CharField("名称", max_length=100)
    name_mn = models.CharField("蒙古文", max_length=200, blank=True)
    name_en = models.CharField("英文", max_length=200, blank=True)
    zone = models.CharField("区域", max_length=40, blank=True)
    order = models.PositiveIntegerField("次序", default=0)
    icon = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "部门"
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["hall", "code"], name="one_department_per_code")]

    def __str__(self) -> str:
        return self.name


class Series(models.Model):
    """A series (号段): a letter and its numbers from `first` to `last`, none twice a day; four digits above 999."""

    LAST = 9999

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="series")
    letter = models.CharField("字母", max_length=3)
    name = models.CharField("名称", max_length=100, blank=True)
    first = models.PositiveSmallIntegerField("起始号", default=1)
    last = models.PositiveSmallIntegerField("结束号", default=LAST)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "号段"
        constraints = [models.UniqueConstraint(fields=["hall", "letter"], name="one_series_per_letter")]

    def __str__(self) -> str:
        return f"{self.letter} {self.name}".strip()

    @property
    def from_label(self) -> str:
        """The first number of a day."""
        return self.label(self.first)

    @property
    def to_label(self) -> str:
        """The last number that a day can see."""
        return self.label(self.last)

    def label(self, number: int) -> str:
        """The number as people see it: A007, A1000."""
        return f"{self.letter}{number:03d}"


class SeriesCounter(models.Model):
    """The numbers given in a series on a business date, `first` to `last`; by the date, so midnight needs no job."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="+")
    business_date = models.DateField()
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="counters")
    first = models.PositiveSmallIntegerField(default=1)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hall", "business_date", "series"], name="one_counter_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.series.letter} {self.business_date}: {self.last}"

    @property
    def given(self) -> int:
        """How many numbers that is."""
        return self.last - self.first + 1


class Service(models.Model):
    """A service (事项): what a citizen comes for."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="services")
    code = models.CharField("编码", max_length=120)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="services", verbose_name="部门"
    )
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="services", verbose_name="号段")
    name = models.CharField("名称", max_length=200)
    name_mn = models.CharField("蒙古文", max_length=400, blank=True)
    name_en = models.CharField("英文", max_length=300, blank=True)
    also_called = models.CharField("俗称", max_length=200, blank=True, help_text="用顿号隔开")
    pinyin = models.CharField(max_length=1000, blank=True, editable=False)
    initials = models.CharField(max_length=200, blank=True, editable=False)
    group = models.CharField("事项组", max_length=40, blank=True)
    tags = models.JSONField("标签", default=list, blank=True)
    documents = models.TextField("要带的材料", blank=True, max_length=1000, help_text="一行一样; 印在小票上")
    minutes = models.PositiveSmallIntegerField("预计办理(分钟)", default=10)
    weight = models.PositiveSmallIntegerField("常用度", default=1)
    order = models.PositiveIntegerField("次序", default=0)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "事项"
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["hall", "code"], name="one_service_per_code")]

    def __str__(self) -> str:
        return self.name

    @property
    def all_names(self) -> list[str]:
        """Its name, then what people call it (俗称)."""
        return [self.name, *filter(None, self.also_called.split("、"))]

    @property
    def documents_to_bring(self) -> list[str]:
        """What to bring, one thing an entry."""
        return [line.strip() for line in self.documents.splitlines() if line.strip()]
