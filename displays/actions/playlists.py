"""Write a playlist: which notices, where, on which days and hours, in which order, for how long."""

from collections.abc import Sequence
from typing import Any

from displays.actions.boards import known_zones
from displays.models import Board, Playlist, PlaylistEntry
from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.drafting import validity
from hallqueue.actions.line.tickets import plain_text
from hallqueue.actions.undoing import register
from hallqueue.errors import Refused
from hallqueue.hours import BadSpansError, read_spans
from hallqueue.models import Event, Notice

LEAST_SECONDS, MOST_SECONDS, MOST_NOTICES = 3, 600, 40


@command
def write(
    c: Command, /, *, name: str, entries: Sequence[Sequence[int]], playlist: int | None = None, **when: Any
) -> Answer:
    """Make or change a playlist; `entries` are [notice, seconds] in order.

    `when` holds is_active, zones (names), boards (ids), weekdays (0 is Monday), hours ("9:00-12:00, …"), first_day and
    last_day (ISO dates or empty). Raises Refused: not_allowed, unknown_playlist, text_required, text_too_long,
    playlist_exists, playlist_empty, playlist_long, unknown_notice, notice_seconds, zone_unknown, unknown_board,
    bad_day, ends_before_start, hours_unclear, hours_overlap, bad_input.
    """
    c.managers_only()
    row = _row(c, playlist)
    before = None if row._state.adding else told(row)
    row.name = plain_text(name, 60)
    if not row.name:
        raise Refused("text_required", 400)
    if Playlist.objects.filter(hall=c.hall, name=row.name).exclude(pk=row.pk).exists():
        raise Refused("playlist_exists", name=row.name)
    boards = _when(c, row, when)
    order = _order(c, entries)
    _store(row, boards, order)
    c.log.record("playlist.changed", playlist=row.pk, name=row.name, before=before, after=told(row))
    return {"playlist": row.pk}


@command
def remove(c: Command, *, playlist: int) -> Answer:
    """Forget a playlist; its notices stay. Raises Refused: not_allowed, unknown_playlist."""
    c.managers_only()
    row = _row(c, playlist)
    c.log.record("playlist.changed", playlist=playlist, name=row.name, before=told(row), after=None)
    row.delete()
    return {"playlist": playlist}


def _row(c: Command, playlist: int | None) -> Playlist:
    if playlist is None:
        return Playlist(hall=c.hall)
    found = Playlist.objects.filter(hall=c.hall, pk=playlist).first()
    if found is None:
        raise Refused("unknown_playlist", 404)
    return found


def _when(c: Command, row: Playlist, when: dict[str, Any]) -> list[Board]:
    """Fill in time and place; the boards."""
    weekdays = sorted(set(when.get("weekdays", ())))
    if any(day not in range(7) for day in weekdays):
        raise Refused("bad_input", 400, detail="weekdays")
    try:
        row.spans = read_spans(when.get("hours", ""))
    except BadSpansError as error:
        raise Refused(error.code, 400, typed=error.typed) from None
    row.since, row.until = validity(c, when.get("first_day", ""), when.get("last_day", ""))
    row.weekdays, row.zones = weekdays, known_zones(c.hall, when.get("zones", []))
    row.is_active = bool(when.get("is_active", True))
    wanted = set(when.get("boards", ()))
    boards = list(Board.objects.filter(hall=c.hall, pk__in=wanted))
    if len(boards) != len(wanted):
        raise Refused("unknown_board", 404)
    return boards


def _order(c: Command, entries: Sequence[Sequence[int]]) -> list[tuple[Notice, int]]:
    if not entries:
        raise Refused("playlist_empty", 400)
    if len(entries) > MOST_NOTICES:
        raise Refused("playlist_long", 400, most=MOST_NOTICES)
    made = Notice.objects.filter(hall=c.hall, is_emergency=False).exclude(form=Notice.Form.LINE)
    known = {notice.pk: notice for notice in made.filter(pk__in=[notice for notice, _ in entries])}
    for notice, seconds in entries:
        if notice not in known:
            raise Refused("unknown_notice", 404)
        if not LEAST_SECONDS <= seconds <= MOST_SECONDS:
            raise Refused("notice_seconds", 400, low=LEAST_SECONDS, high=MOST_SECONDS)
    return [(known[notice], seconds) for notice, seconds in entries]


def _store(row: Playlist, boards: list[Board], order: list[tuple[Notice, int]]) -> None:
    row.save()
    row.boards.set(boards)
    row.entries.all().delete()
    PlaylistEntry.objects.bulk_create(
        PlaylistEntry(playlist=row, notice=notice, order=place, seconds=seconds)
        for place, (notice, seconds) in enumerate(order)
    )


def told(row: Playlist) -> dict[str, Any]:
    """A playlist as plain values, as the log keeps it."""
    names = ("name", "is_active", "zones", "weekdays", "spans")
    days = {name: getattr(row, name) and getattr(row, name).isoformat() for name in ("since", "until")}
    return {
        **{name: getattr(row, name) for name in names},
        **days,
        "boards": sorted(row.boards.values_list("pk", flat=True)),
        "entries": [[each.notice_id, each.seconds] for each in row.entries.order_by("order")],
    }


def _put_back(c: Command, event: Event) -> None:
    """The playlist before, if it still stands as this act left it."""
    row = Playlist.objects.filter(hall=c.hall, pk=event.data["playlist"]).first()
    before, after = event.data["before"], event.data["after"]
    if row is None or after is None or told(row) != after:
        raise Refused("act_over")
    c.log.record("playlist.changed", playlist=row.pk, name=row.name, before=after, after=before)
    if before is None:
        row.delete()
        return
    for name in ("name", "is_active", "zones", "weekdays", "spans", "since", "until"):
        setattr(row, name, before[name])
    boards = list(Board.objects.filter(hall=c.hall, pk__in=before["boards"]))
    _store(row, boards, _order(c, before["entries"]))


register("playlist.changed", _put_back)
