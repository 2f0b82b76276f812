"""What a manager's hand leaves behind: borrowed windows, messages, advice set aside; and who is connected."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from hallqueue.models.catalogue import Department, Service
from hallqueue.models.hall import Hall
from hallqueue.models.windows import Window


class Borrowing(models.Model):
    """A window lent to a service, or to all of a department, until a time or until it is taken back."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="borrowings")
    window = models.ForeignKey(Window, on_delete=models.PROTECT, related_name="borrowings", db_index=False)
    service = models.ForeignKey(
        Service, null=True, on_delete=models.PROTECT, related_name="borrowings", db_index=False
    )
    department = models.ForeignKey(
        Department, null=True, on_delete=models.PROTECT, related_name="borrowings", db_index=False
    )
    begun_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    by = models.CharField(max_length=40)
    reason = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(service=None) ^ Q(department=None), name="borrowed_for_one_thing"
            ),
        ]
        indexes = [
            models.Index(fields=["hall", "window"], condition=Q(ended_at=None), name="standing_borrowings")
        ]

    def __str__(self) -> str:
        return f"{self.window} → {self.what}"

    @property
    def what(self) -> str:
        """The name of the service or department it was borrowed for."""
        return str(self.service or self.department)

    @property
    def code(self) -> dict[str, str]:
        """The same as code: {"service": code} or {"department": code}."""
        if self.service:
            return {"service": self.service.code}
        return {"department": self.department.code if self.department else ""}


class Message(models.Model):
    """A short word from a manager to one window; `sent_seq` is one for all windows it went to at once."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="messages", db_index=False)
    business_date = models.DateField()
    window = models.ForeignKey(Window, on_delete=models.PROTECT, related_name="messages", db_index=False)
    text = models.CharField(max_length=200)
    by = models.CharField(max_length=40)
    sent_at = models.DateTimeField()
    sent_seq = models.BigIntegerField()
    seen_at = models.DateTimeField(null=True)
    seen_by = models.CharField(max_length=40, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["hall", "business_date", "window"], name="messages_of_a_day")]

    def __str__(self) -> str:
        return self.text


class Dismissal(models.Model):
    """A piece of advice a manager did not want; it stays away until a time."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="dismissals", db_index=False)
    advice = models.CharField(max_length=60)
    by = models.CharField(max_length=40)
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["hall", "until"], name="dismissed_advice")]

    def __str__(self) -> str:
        return self.advice


SILENT = timedelta(seconds=12)
"""A process that renews nothing for so long has died, and its screens with it."""


class Presence(models.Model):
    """Whether a paired device, or the browser of who sits at a window, is connected.

    `seen_at` is renewed while its socket is open, `gone_at` is when the last of its sockets closed. `subject` is
    `device:5` or `clerk:<window number>:<user id>`.
    """

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="presences", db_index=False)
    subject = models.CharField(max_length=40)
    seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hall", "subject"], name="one_presence_a_subject")]

    def __str__(self) -> str:
        return self.subject

    @property
    def has_left(self) -> bool:
        """Whether its last socket closed and none came since; who came back keeps the old `gone_at`."""
        return self.gone_at is not None and self.gone_at >= self.seen_at

    def is_here(self, now: datetime) -> bool:
        """Whether it is connected at `now` (aware)."""
        return not self.has_left and now < self.seen_at + SILENT
