"""Playlists: which notices play on which boards, on which days and hours, in which order and for how long each."""

from django.db import models

from displays.models.boards import Board
from hallqueue.models import Hall, Notice


class Playlist(models.Model):
    """An order of notices with its time. Empty `zones`, `boards`, `weekdays` (0 is Monday) and `spans` mean all.

    `zones` are names, `spans` are [["09:00", "12:00"], …] of the hall's day; valid from `since` to `until`.
    """

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="playlists", db_index=False)
    name = models.CharField("名称", max_length=60)
    is_active = models.BooleanField("启用", default=True)
    zones = models.JSONField(default=list)
    boards = models.ManyToManyField(Board, blank=True, related_name="playlists")
    weekdays = models.JSONField(default=list)
    spans = models.JSONField(default=list)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "播放单"
        constraints = [models.UniqueConstraint(fields=["hall", "name"], name="one_playlist_a_name")]

    def __str__(self) -> str:
        return self.name


class PlaylistEntry(models.Model):
    """One notice in a playlist: its place in the order, and how many seconds it stays (a video plays to its end)."""

    playlist = models.ForeignKey(Playlist, on_delete=models.CASCADE, related_name="entries", db_index=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="entries")
    order = models.PositiveSmallIntegerField()
    seconds = models.PositiveSmallIntegerField(default=12)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["playlist", "order"], name="one_notice_a_place")]

    def __str__(self) -> str:
        return f"{self.playlist} {self.order}"
