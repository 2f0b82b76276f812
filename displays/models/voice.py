"""How a hall's calls are spoken, and what is known of each loudspeaker."""

from typing import Any

from django.db import models

from hallqueue.models import Device, Hall

ENGINES = ("pack", "espeak", "command", "browser")
"""The hall's own clips, espeak-ng, the installation's speaking program, a browser's own voice."""


def _engines() -> list[str]:
    return list(ENGINES)


class Voicing(models.Model):
    """A hall's settings of the voice; a hall without a row has these defaults.

    `engines` is the order of ENGINES, the shipped clips follow by themselves. `periods` holds [from, to, volume] with
    times "HH:MM" of the hall's day, the first that fits counts, 0 is quiet. `zones` holds, by name, {on, volume}; ""
    is the whole-hall boards. `level` is the period's volume now, told by the worker, so that frames read no clock.
    """

    class Drop(models.TextChoices):
        """Which call goes unspoken when more wait than the queue takes; the boards show it all the same."""

        OLDEST = "oldest", "等得最久的"
        NEWEST = "newest", "最新的"

    hall = models.OneToOneField(Hall, on_delete=models.PROTECT, related_name="voicing")
    engines = models.JSONField(default=_engines)
    times = models.PositiveSmallIntegerField(default=2)
    recall_times = models.PositiveSmallIntegerField(default=2)
    yao = models.BooleanField(default=False)
    words_per_minute = models.PositiveSmallIntegerField(default=175)
    volume = models.PositiveSmallIntegerField(default=100)
    periods = models.JSONField(default=list)
    zones = models.JSONField(default=dict)
    queue_limit = models.PositiveSmallIntegerField(default=8)
    drop = models.CharField(max_length=10, choices=Drop.choices, default=Drop.OLDEST)
    mongolian = models.BooleanField(default=True)
    pack_zh = models.CharField(max_length=40, blank=True)
    pack_mn = models.CharField(max_length=40, blank=True)
    level = models.PositiveSmallIntegerField(default=100, editable=False)
    test_device = models.BigIntegerField(default=0, editable=False)
    test_seq = models.BigIntegerField(default=0, editable=False)

    def __str__(self) -> str:
        return str(self.hall)

    _kept: dict[int, tuple[tuple[str, int], "Voicing"]] = {}

    @classmethod
    def of(cls, hall: Hall) -> "Voicing":
        """The hall's settings at its head; read once for each head, whatever number of frames asks."""
        head, kept = (hall.epoch, hall.seq), cls._kept.get(hall.pk)
        if kept is None or kept[0] != head:
            found = cls.objects.filter(hall=hall).first() or cls(hall=hall)
            kept = cls._kept[hall.pk] = (head, found)
        return kept[1]

    def zone(self, name: str) -> dict[str, Any]:
        """{on, volume} of a zone."""
        found: dict[str, Any] = {"on": True, "volume": 100} | self.zones.get(name, {})
        return found

    def volume_in(self, zone: str) -> int:
        """0–100 for a board of this zone, now."""
        share: int = self.zone(zone)["volume"]
        return round(self.volume * self.level * share / 10_000)


class Speaker(models.Model):
    """What a paired board last told of its sound. `last_at` is when it last spoke; drops are of its business date."""

    class State(models.TextChoices):
        """Whether it can be heard, as far as its browser knows; a plug that is pulled out it cannot know."""

        ON = "on", "有声"
        BLOCKED = "blocked", "等人点一下"
        FAULT = "fault", "放不出声"

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="speakers", db_index=False)
    device = models.OneToOneField(Device, on_delete=models.PROTECT, related_name="speaker")
    state = models.CharField(max_length=10, choices=State.choices)
    state_at = models.DateTimeField()
    volume = models.PositiveSmallIntegerField(default=0)
    voice = models.CharField(max_length=80, blank=True)
    last_label = models.CharField(max_length=12, blank=True)
    last_at = models.DateTimeField(null=True)
    dropped = models.PositiveIntegerField(default=0)
    dropped_label = models.CharField(max_length=12, blank=True)
    dropped_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["hall", "state"], name="speakers_by_state")]

    def __str__(self) -> str:
        return f"{self.device} {self.state}"
