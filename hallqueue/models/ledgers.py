"""The monthly ledger of persons (党员日常考核台账): whom it is about, what was put right by hand, and closed months."""

from django.conf import settings
from django.db import models

from hallqueue.models.hall import Hall


class LedgerRules(models.Model):
    """Whose ledger a hall keeps: party members alone, or everybody; a hall without a row keeps the members'."""

    hall = models.OneToOneField(Hall, on_delete=models.PROTECT, related_name="ledger_rules")
    everybody = models.BooleanField("全体人员", default=False)

    def __str__(self) -> str:
        return f"{self.hall}"


class LedgerCorrection(models.Model):
    """A figure of a person's month put right by hand: what the records said stays beside it; the newest counts.

    Nothing here is ever changed or deleted; a correction is taken back by another one.
    """

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="ledger_corrections", db_index=False
    )
    figure = models.CharField(max_length=20)
    recorded = models.FloatField()
    value = models.FloatField()
    reason = models.CharField(max_length=200)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["hall", "month", "user"], name="corrections_of_a_month")]

    def __str__(self) -> str:
        return f"{self.user} {self.month:%Y-%m} {self.figure}"


class LedgerClosing(models.Model):
    """A month as it was closed. Reopened it stays, with the reason; the next closing is another row."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="ledger_closings", db_index=False)
    month = models.DateField()
    closed_by = models.CharField(max_length=40)
    closed_at = models.DateTimeField()
    reopened_by = models.CharField(max_length=40, blank=True)
    reopened_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "month"], condition=models.Q(reopened_at=None), name="a_month_is_closed_once"
            )
        ]
        indexes = [models.Index(fields=["hall", "month"], name="closings_of_a_month")]

    def __str__(self) -> str:
        return f"{self.hall} {self.month:%Y-%m}"


class LedgerEntry(models.Model):
    """What the records said of a person when the month was closed: {figure: number}, before corrections."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="+", db_index=False)
    closing = models.ForeignKey(
        LedgerClosing, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="ledger_entries", db_index=False
    )
    figures = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["closing", "user"], name="one_entry_per_person")]

    def __str__(self) -> str:
        return f"{self.user} {self.closing}"
