"""Makes the videos of notices ready for the boards: one after the other, each in a process of its own, beside the hall.

What is under way when the program stops is begun anew by the next that starts; nothing half made has a name that a
board could ask for.
"""

import fcntl
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from displays.media import (
    SENT,
    beside,
    drop_begun,
    drop_unsent,
    drop_unused,
    has_room_to_make,
    kept_video,
    read_video,
)
from hallqueue.actions import videos
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.apart import told
from hallqueue.environment import PROJECT
from hallqueue.errors import Refused
from hallqueue.files import evidence
from hallqueue.models import Notice
from hallqueue.workers import AT_ONCE

log = logging.getLogger(__name__)

LOOKS = 2.0
"""Seconds between two looks for a video that waits."""
FULL = 30.0
"""Seconds until the next try on a full disk."""
LONGEST = 3 * 3600.0
"""Seconds for one video at most, also on a computer that has no time for it."""
MOST_TRIES = 3
"""A process that was ended from outside is begun again; a video with which it ends every time is refused."""
DRAFTED_AGAIN = timedelta(days=1)
"""So long the video of a withdrawn draft waits, as it was sent, to be drafted again."""
ONE_AT_A_TIME = "one-at-a-time"
GONE: dict[str, Any] = {"code": "video_gone", "detail": ""}
UNMADE: dict[str, Any] = {"code": "video_unmade", "detail": ""}
PROGRAM = (sys.executable, "-m", "displays.video.apart")


class DiskFullError(Exception):
    """There is no room for what is made."""


class Filming:
    """The worker. `program` is the command that draws a video anew."""

    def __init__(self, program: tuple[str, ...] = PROGRAM, longest: float = LONGEST) -> None:
        self._program, self._longest = program, longest

    def look(self) -> float:
        """Make one video that waits, if no other process of this computer makes one; the seconds to the next look."""
        notice = _first_waiting()
        if notice is None:
            _erase_withdrawn()
            return LOOKS
        with _alone() as is_mine:
            if not is_mine:
                return LOOKS
            try:
                self.make(notice)
            except DiskFullError:
                drop_begun(notice.sent)
                _erase_withdrawn()
                log.warning("the disk is full: the video of notice %s waits", notice.pk)
                return FULL
        return AT_ONCE

    def make(self, notice: Notice) -> None:
        """Draw it, and settle it if there is anything to settle; raises DiskFullError.

        What a film takes is taken from the hall, which must go on writing: with too little room it is not begun.
        """
        if not has_room_to_make():
            raise DiskFullError
        said = self._drawn(notice)
        if said.get("code") == "disk_full":
            raise DiskFullError
        if said:
            _settle(notice, said)
            drop_unsent(notice.sent)

    def _drawn(self, notice: Notice) -> dict[str, Any]:
        """What the process said last; nothing where it is to be begun again, or nobody waits for it any more."""
        last: dict[str, Any] = {}
        with closing(self._said(notice)) as lines:
            for last in lines:
                if "part" in last and not _tell(notice, last["part"]):
                    break
            else:
                return self._ended(notice, last)
        drop_begun(notice.sent)
        drop_unsent(notice.sent)
        return {}

    def _ended(self, notice: Notice, last: dict[str, Any]) -> dict[str, Any]:
        """What the process said last, if it came to an end; after too many that did not, that none will."""
        if "done" in last or "code" in last:
            return last
        tries = _tried(notice.sent)
        log.warning("the process that drew the video of notice %s was ended (try %s)", notice.pk, tries)
        return UNMADE if tries >= MOST_TRIES else {}

    def _said(self, notice: Notice) -> Generator[dict[str, Any]]:
        """What the process says, line by line; it is ended when its time is over, and when nobody listens any more."""
        paths = evidence.path_of(notice.sent, SENT), beside(notice.sent, "made")
        if not paths[0].exists():  # a backup without its folder
            yield UNMADE
            return
        with paths[0].open("rb") as file:
            seconds = read_video(file).seconds
        order = (*self._program, *map(str, paths), str(seconds))
        with subprocess.Popen(
            order,
            cwd=PROJECT,
            env=told(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,
            text=True,
        ) as child:
            over = threading.Timer(self._longest, child.kill)
            over.start()
            try:
                assert child.stdout is not None
                yield from map(json.loads, child.stdout)
            finally:
                over.cancel()
                child.kill()


def _erase_withdrawn() -> None:
    """What was sent for a withdrawn draft that nobody drafted again goes: it tells of who filmed it."""
    before = timezone.now() - DRAFTED_AGAIN
    withdrawn = Notice.objects.filter(state=Notice.State.ENDED, ended_at__lt=before, fault={}).exclude(
        sent=""
    )
    for notice in withdrawn:
        _settle(notice, GONE)
        drop_unsent(notice.sent)


def _first_waiting() -> Notice | None:
    """The draft whose video was sent first; what was withdrawn meanwhile waits a day to be drafted again."""
    found = Notice.objects.filter(state=Notice.State.DRAFT, fault={}).exclude(sent="")
    return found.order_by("put_at", "pk").first()


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else on this computer draws a video; until it is left, nobody else will."""
    path: Path = settings.DATA / SENT / ONE_AT_A_TIME
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _tried(name: str) -> int:
    """Count a try that came to nothing, on the disk, where it outlives this program."""
    path = beside(name, "tries")
    with path.open("a") as file:
        file.write(".")
    return path.stat().st_size


def _tell(notice: Notice, part: float) -> bool:
    """Write down how much is done, for the page; whether it is still waited for."""
    with suppress(OSError):  # a full disk: the page says less
        beside(notice.sent, "percent").write_text(str(round(part * 100)))
    return Notice.objects.filter(pk=notice.pk, sent=notice.sent, state=Notice.State.DRAFT).exists()


def _settle(notice: Notice, said: dict[str, Any]) -> None:
    """Give the notice its file, or the reason why it gets none; raises DiskFullError."""
    which = {"notice": notice.pk, "sent": notice.sent}
    file = {} if "code" in said else _kept(notice.sent)
    try:
        if file:
            videos.make(notice.hall_id, THE_HALL, new_key(), **which, **file)
        else:
            why = {name: said[name] for name in ("code", "detail")}
            videos.refuse(notice.hall_id, THE_HALL, new_key(), **which, **why)
    except Refused:  # another video was sent meanwhile
        drop_unused(file.get("file", ""))


def _kept(name: str) -> dict[str, Any]:
    """What `videos.make` is told of the file that was made; raises DiskFullError."""
    try:
        file = kept_video(beside(name, "made"), name)
    except Refused as refusal:
        raise DiskFullError from refusal
    return {"weight" if each == "bytes" else each: value for each, value in file.items()}
