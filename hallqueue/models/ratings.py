"""Ratings (好差评): one for each served matter, given by who was served, and the case that a bad one becomes."""

from datetime import date, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from hallqueue.models.cases import CaseClock, CaseLine, SealedPerson
from hallqueue.models.catalogue import Department, Service
from hallqueue.models.hall import Hall
from hallqueue.models.tickets import Call, Ticket
from hallqueue.models.windows import Window


class RatingRules(models.Model):
    """What a hall may set about ratings; a hall without a row has these defaults."""

    hall = models.OneToOneField(Hall, on_delete=models.PROTECT, related_name="rating_rules")
    open_days = models.PositiveSmallIntegerField(
        "办理后可评价(天)", default=7, validators=[MaxValueValidator(90)], help_text="0 为仅当日"
    )
    pad_seconds = models.PositiveSmallIntegerField(
        "评价器显示(秒)", default=60, validators=[MinValueValidator(15), MaxValueValidator(300)]
    )
    case_days = models.PositiveSmallIntegerField(
        "差评办理时限(工作日)", default=5, validators=[MaxValueValidator(120)], help_text="0 为当日办结"
    )
    again_days = models.PositiveSmallIntegerField(
        "答复后可追评(天)", default=15, validators=[MaxValueValidator(90)]
    )

    class Meta:
        verbose_name = verbose_name_plural = "好差评规则"

    def __str__(self) -> str:
        return f"{self.hall}"

    @classmethod
    def of(cls, hall: Hall) -> "RatingRules":
        """The hall's own, or the defaults."""
        return cls.objects.filter(hall=hall).first() or cls(hall=hall)

    def last_again(self, answered_on: date) -> date:
        """The last business date of 追评 after an answer."""
        return answered_on + timedelta(days=self.again_days)


class Rating(SealedPerson):
    """That one served matter was asked to be rated, and what was said; without a level it is 未评价, never a good one.

    `position` counts the matters of the visit from 0. `reasons` are codes of the set `reason_version`
    (`rating_reasons`). A rating that is not `counted` was set aside after a review. Who rated is sealed.
    """

    class Level(models.IntegerChoices):
        """The five, in exactly these words; the lower two are bad ones (差评)."""

        AWFUL = 1, "非常不满意"
        BAD = 2, "不满意"
        FAIR = 3, "基本满意"
        GOOD = 4, "满意"
        EXCELLENT = 5, "非常满意"

    class Channel(models.TextChoices):
        """Where it was given."""

        PAD = "pad", "窗口评价器"
        TICKET = "ticket", "扫码评价"
        KIOSK = "kiosk", "取号机"
        HOTLINE = "hotline", "12345热线"
        SMS = "sms", "短信"
        WEB = "web", "网站"
        APP = "app", "移动端"
        LETTER = "letter", "意见箱"

    BAD_LEVELS = (Level.AWFUL, Level.BAD)
    FROM_ELSEWHERE = (Channel.HOTLINE, Channel.SMS, Channel.WEB, Channel.APP, Channel.LETTER)

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="ratings", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="ratings", db_index=False)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="ratings")
    position = models.PositiveSmallIntegerField(default=0)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="ratings", db_index=False)
    window = models.ForeignKey(Window, on_delete=models.PROTECT, related_name="ratings", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="ratings", db_index=False
    )
    business_date = models.DateField()
    asked_at = models.DateTimeField()

    level = models.PositiveSmallIntegerField(null=True, choices=Level.choices)
    reasons = models.JSONField(default=list)
    reason_version = models.CharField(max_length=10, blank=True)
    channel = models.CharField(max_length=10, choices=Channel.choices, blank=True)
    comment = models.CharField(max_length=500, blank=True)
    rated_at = models.DateTimeField(null=True)
    counted = models.BooleanField(default=True)
    keeps_words = models.BooleanField(default=False)  # what somebody wrote, or who it was: to be erased

    # 追评: once, after the answer to a bad one.
    again_level = models.PositiveSmallIntegerField(null=True, choices=Level.choices)
    again_comment = models.CharField(max_length=500, blank=True)
    again_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "好差评"
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "ticket", "service", "position"], name="one_rating_per_matter"
            ),
            models.CheckConstraint(
                condition=Q(level=None, rated_at=None)
                | Q(level__gte=1, level__lte=5, rated_at__isnull=False),
                name="a_rating_is_of_five",
            ),
        ]
        indexes = [
            models.Index(fields=["hall", "business_date", "asked_at"], name="ratings_of_a_day"),
            models.Index(fields=["hall", "window", "id"], name="ratings_of_a_window"),
            models.Index(
                fields=["hall", "rated_at"],
                condition=Q(keeps_words=True),
                name="ratings_to_purge",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The case number (办件编号) under which the matter is reported: date, ticket, matter."""
        return f"{self.business_date:%Y%m%d}-{self.ticket.label}-{self.position + 1}"

    @property
    def is_bad(self) -> bool:
        """Whether it is a 差评."""
        return self.level in self.BAD_LEVELS

    def last_day(self, rules: RatingRules) -> date:
        """The last business date on which it may be given."""
        return self.business_date + timedelta(days=rules.open_days)


class RatingCase(CaseClock):
    """What a bad rating became. `state` is written by `rating_states.move` alone; nothing here is ever deleted."""

    class State(models.TextChoices):
        """See `rating_states.MOVES`."""

        NEW = "new", "待核实"
        HANDLED = "handled", "办理中"
        REVIEWED = "reviewed", "复核中"
        ANSWERED = "answered", "已答复"
        CLOSED = "closed", "已办结"
        SET_ASIDE = "set_aside", "不计入"

    class Sort(models.TextChoices):
        """How it is dealt with."""

        AT_ONCE = "at_once", "立行立改"
        IN_TIME = "in_time", "限期整改"
        EXPLAIN = "explain", "解释说明"

    RUNNING = (State.NEW, State.HANDLED, State.REVIEWED)
    UNSETTLED = (*RUNNING, State.ANSWERED)

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="rating_cases", db_index=False)
    rating = models.OneToOneField(Rating, on_delete=models.PROTECT, related_name="case")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    label = models.CharField("编号", max_length=12)
    department = models.ForeignKey(
        Department, null=True, on_delete=models.PROTECT, related_name="rating_cases", db_index=False
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    before_review = models.CharField(max_length=10, blank=True)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="rating_cases"
    )
    sort = models.CharField(max_length=10, choices=Sort.choices, blank=True)
    measure = models.CharField(max_length=1000, blank=True)
    called_back_at = models.DateTimeField(null=True)
    call_back_note = models.CharField(max_length=500, blank=True)
    answer = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True)
    # 误评·恶意 claimed by who handles it, or an appeal of who was rated; another person reviews it.
    claim = models.CharField(max_length=500, blank=True)
    claimed_by = models.CharField(max_length=40, blank=True)
    appealed_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    reopened = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "差评办理"
        constraints = [
            models.UniqueConstraint(fields=["hall", "year", "number"], name="no_rating_case_twice")
        ]
        indexes = [
            models.Index(
                fields=["hall", "next_at"], condition=Q(next_at__isnull=False), name="rating_case_clock"
            ),
            models.Index(fields=["hall", "state", "due_on"], name="rating_cases_by_state"),
        ]

    def __str__(self) -> str:
        return self.label


class RatingLine(CaseLine):
    """A line of the story of a bad rating."""

    case = models.ForeignKey(RatingCase, on_delete=models.PROTECT, related_name="lines")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hall", "seq"], name="one_rating_case_per_line")]

    def __str__(self) -> str:
        return f"{self.case} {self.seq}"
