"""What the rows of all cases share: a clock in working days, a line of the story, a kept file, a person, sealed."""

from django.db import models

from hallqueue.models.hall import Hall


class CaseClock(models.Model):
    """A limit in working days, given when somebody answers for the case; `next_at` is when the hall looks again."""

    counted_from = models.DateField(null=True)
    limit_days = models.PositiveSmallIntegerField(default=0)
    due_on = models.DateField(null=True)
    due_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    stage = models.PositiveSmallIntegerField(default=0)
    level = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True


class CaseLine(models.Model):
    """Which line of the log belongs to a case: its story. It also holds the case fast: no delete passes it."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="+", db_index=False)
    seq = models.BigIntegerField()

    class Meta:
        abstract = True


class CaseFile(models.Model):
    """A piece of evidence, made anew or looked through by us, in the data folder under a name nobody can guess."""

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="+", db_index=False)
    file = models.CharField(max_length=80, unique=True)
    size = models.PositiveIntegerField()
    added_by = models.CharField(max_length=40)
    added_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering = ["id"]

    def __str__(self) -> str:
        return self.file


class SealedPerson(models.Model):
    """A person: sealed, shown masked, found again by a keyed hash of the phone number, erased by schedule."""

    name_sealed = models.CharField(max_length=400, blank=True)
    phone_sealed = models.CharField(max_length=200, blank=True)
    name_masked = models.CharField(max_length=40, blank=True)
    phone_masked = models.CharField(max_length=20, blank=True)
    phone_hash = models.CharField(max_length=64, blank=True)
    purged_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
