"""What boards and window screens are to show: layout and playlists, read once for one set-up of a hall."""

from copy import copy
from datetime import datetime
from typing import Any

from displays.digits import reach_of
from displays.models import Board, Playlist, PlaylistEntry
from hallqueue.hours import read_spans
from hallqueue.models import Device, Hall, Notice, Window
from hallqueue.reporting.projects.wall import Said, wall_of
from hallqueue.topics.reading import Reading, iso

MAIN = "main"

Row = dict[str, Any]


class Boards:
    """The boards and playlists of a hall as they stood at one `setup_seq`; kept between readings."""

    _kept: dict[int, tuple[str, int, "Boards"]] = {}

    def __init__(self, hall: Hall) -> None:
        self.rows = {board.pk: board for board in Board.objects.filter(hall=hall)}
        usual = {each.is_screen: each for each in self.rows.values() if each.is_default}
        self.default = usual.get(False, Board())
        self._default_screen = usual.get(True, Board(main=Board.Main.WINDOW, side=Board.Side.NONE))
        lists = Playlist.objects.filter(hall=hall, is_active=True).order_by("name")
        self.playlists = [
            (each, {board.pk for board in each.boards.all()}) for each in lists.prefetch_related("boards")
        ]
        entries = PlaylistEntry.objects.filter(playlist__hall=hall, notice__state=Notice.State.SHOWN)
        self.entries: dict[int, list[PlaylistEntry]] = {}
        for entry in entries.select_related("notice").order_by("order"):
            self.entries.setdefault(entry.playlist_id, []).append(entry)
        shown = {entry.notice.form for each in self.entries.values() for entry in each}
        self.wall = wall_of(hall) if Notice.Form.WALL in shown else []

    @classmethod
    def of(cls, hall: Hall) -> "Boards":
        """From memory if nothing was set up anew."""
        kept = cls._kept.get(hall.pk)
        if kept is None or kept[:2] != (hall.epoch, hall.setup_seq):
            kept = cls._kept[hall.pk] = (hall.epoch, hall.setup_seq, cls(hall))
        return kept[2]

    def named(self, name: str) -> Board | None:
        """The board of a topic's name: #<id>, a zone (laid out as the default), or `main`."""
        if name.startswith("#"):
            found = self._numbered(name[1:])
            return found if found and not found.is_screen else None
        return self.default if name == MAIN else _in_zone(self.default, name, None)

    def of_screen(self, window: Window, device: Device | None, wish: str) -> Board | None:
        """The layout of the screen above a window: its wish (an id), its device's own, else the usual one."""
        own = (each for each in self.rows.values() if device and each.device_id == device.pk)
        found = self._numbered(wish) if wish else next(own, self._default_screen)
        return _in_zone(found, window.zone, found.pk) if found and found.is_screen else None

    def _numbered(self, number: str) -> Board | None:
        return self.rows.get(int(number)) if number.isdecimal() and len(number) < 16 else None


def _in_zone(board: Board, zone: str, pk: int | None) -> Board:
    """The same choices for one zone."""
    of_zone = copy(board)
    of_zone.pk, of_zone.zones, of_zone.windows = pk, [zone], []
    return of_zone


def name_for(hall: Hall, device: Device | None, wish: str) -> str:
    """The topic's name of what a board page shows: its wish, its device's own layout, its zone, or the whole hall."""
    if wish or device is None:
        return wish or MAIN
    own = Board.objects.filter(hall=hall, device=device).first()
    return f"#{own.pk}" if own else device.zone or MAIN


def programme_of(reading: Reading, name: str) -> Row | None:
    """The programme of one board; None if there is no such board."""
    board = Boards.of(reading.hall).named(name)
    return programme_on(reading, board) if board else None


def programme_on(reading: Reading, board: Board) -> Row:
    """{version, layout, playlists} of a layout."""
    boards = Boards.of(reading.hall)
    playlists = [
        _playlist_row(each, boards, reading.hall.slug)
        for each, of_boards in boards.playlists
        if _plays_on(each, of_boards, board)
    ]
    shown = [each for each in playlists if each["entries"]]
    return {"version": reading.hall.setup_seq, "layout": layout_row(board), "playlists": shown}


def playing_at(hall: Hall, zone: str, at: datetime) -> list[Notice]:
    """The notices that play at a moment (aware) in one zone or the whole hall, as `programme.js` has them."""
    boards, place = Boards.of(hall), Board(zones=[zone] if zone else [])
    lists = [each for each, of_boards in boards.playlists if _plays_on(each, of_boards, place)]
    now = [each for each in lists if _is_its_time(each, at.astimezone(hall.local_zone))]
    entries = [entry for each in now for entry in boards.entries.get(each.pk, ())]
    return [entry.notice for entry in entries if _is_valid(entry.notice, at)]


def _is_its_time(playlist: Playlist, local: datetime) -> bool:
    minute = local.hour * 60 + local.minute
    hours = any(start <= minute < end for start, end in minutes_of(playlist.spans)) or not playlist.spans
    day = local.weekday() in playlist.weekdays or not playlist.weekdays
    return day and hours and _is_valid(playlist, local)


def _is_valid(what: Playlist | Notice, at: datetime) -> bool:
    return (what.since is None or what.since <= at) and (what.until is None or at < what.until)


def layout_row(board: Board) -> Row:
    """A board's choices as its page needs them."""
    reach = reach_of(board)
    return {
        "main": board.main,
        "side": board.side,
        "zones": board.zones,
        "mongolian": board.mongolian,
        "turn": board.turn,
        "dress": board.dress,
        "night": minutes_of(read_spans(board.night)),
        "interlude": board.interlude,
        "em": round(reach.em, 4) if reach else None,
    }


def minutes_of(spans: list[list[str]]) -> list[list[int]]:
    """Spans as minutes of the day."""
    return [[int(moment[:2]) * 60 + int(moment[3:]) for moment in span] for span in spans]


def _plays_on(playlist: Playlist, of_boards: set[int], board: Board) -> bool:
    """A playlist without boards and zones plays everywhere; a board that shows the whole hall has every zone."""
    if not of_boards and not playlist.zones:
        return True
    in_zone = bool(playlist.zones) and (not board.zones or bool(set(playlist.zones) & set(board.zones)))
    return board.pk in of_boards or in_zone


def _playlist_row(playlist: Playlist, boards: Boards, slug: str) -> Row:
    entries = boards.entries.get(playlist.pk, ())
    return {
        "weekdays": playlist.weekdays,
        "spans": minutes_of(playlist.spans),
        "since": iso(playlist.since),
        "until": iso(playlist.until),
        "entries": [row for each in entries for row in _rows(each, boards.wall, slug)],
    }


def _rows(entry: PlaylistEntry, wall: list[Said], slug: str) -> list[Row]:
    """What an entry plays: its notice, or every piece of the wall, each for the same time."""
    row = notice_row(entry.notice, entry.seconds, slug)
    if entry.notice.form != Notice.Form.WALL:
        return [row]
    return [
        row | said._asdict() | {"id": f"{entry.notice_id}.{said.project}", "on": said.on.isoformat()}
        for said in wall
    ]


def notice_row(notice: Notice, seconds: int, slug: str) -> Row:
    """A notice as a board plays it."""
    names = ("form", "kind", "zh", "mn", "en", "body_zh", "body_mn", "body_en")
    return {
        "id": notice.pk,
        **{name: getattr(notice, name) for name in names},
        "media": f"/{slug}/notices/media/{notice.file}" if notice.file else "",
        "seconds": max(seconds, notice.seconds) if notice.form == Notice.Form.VIDEO else seconds,
        "since": iso(notice.since),
        "until": iso(notice.until),
    }
