"""One commit for several commands: those that wait for their turn are taken along by the one that has it.

Commands stay one at a time per hall, in the order they came, each whole or not at all. But a commit, with its sync,
costs as much as a third of a command's own work, and while one waits for the disk no other may write. So whoever has
the hall runs, after its own command, those that have come meanwhile, each in a savepoint, and commits once for all.
Nobody is answered before that commit. (Leader and followers, as in the group commit of MySQL and RocksDB.)
"""

import enum
import logging
import threading
from collections import deque
from collections.abc import Callable
from contextvars import copy_context
from typing import Any, TypeVar

from django.db import connection, transaction

from hallqueue.models import Hall
from hallqueue.statements import again
from hallqueue.transactions import one_command, taken_hall

log = logging.getLogger(__name__)

T = TypeVar("T")
Work = Callable[[Hall], Any]

LARGEST_GROUP = 16
"""Commands in one transaction: the first is not to wait for an endless row of others."""


def commit_together(hall_id: int, work: Callable[[Hall], T]) -> T:
    """Run `work(hall)` as one command of the hall; its answer comes when it is stored.

    `work` may run in another thread, in a copy of this one's context, and once more if the group's commit failed.
    Raises what `work` raises, of which nothing is stored then; Hall.DoesNotExist.
    """
    if connection.in_atomic_block:  # the commit is somebody else's
        return _alone(hall_id, work)
    line = _lines.get(hall_id) or _lines.setdefault(hall_id, _Line(hall_id))
    answer: T = line.run(work)
    return answer


def _alone(hall_id: int, work: Callable[[Hall], T]) -> T:
    """In a transaction of its own; inside one, in a savepoint."""
    with one_command(hall_id) as hall:
        return work(hall)


class _Part(enum.Enum):
    """What a command that waited is to do when it wakes."""

    LEAD = enum.auto()
    GO_HOME = enum.auto()
    TRY_ALONE = enum.auto()


class _Follower:
    """A command that waits while another has the hall."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._context = copy_context()
        self._part = _Part.LEAD
        self._answer: Any = None
        self._error: Exception | None = None
        self._asleep = threading.Lock()
        self._asleep.acquire()

    def wait(self) -> _Part:
        """Sleep until somebody says what to do."""
        self._asleep.acquire()
        return self._part

    def wake(self, part: _Part) -> None:
        """Say what to do."""
        self._part = part
        self._asleep.release()

    def ride(self, hall: Hall) -> bool:
        """In the leader's thread and transaction: do the work, and say whether it was done.

        Raises only what broke the whole transaction.
        """
        try:
            with transaction.atomic():
                self._answer = self._context.run(self._work, hall)
        except Exception as error:
            if connection.needs_rollback:
                raise
            self._error = error
        return self._error is None

    def result(self) -> Any:
        """What the work answered, or raised."""
        if self._error is not None:
            raise self._error
        return self._answer


class _Line:
    """A hall's commands in this process, in the order they came."""

    def __init__(self, hall_id: int) -> None:
        self._hall_id = hall_id
        self._guard = threading.Lock()
        self._waiting: deque[_Follower] = deque()
        self._is_led = False

    def run(self, work: Work) -> Any:
        """Lead, or wait until a leader has done the work."""
        follower = self._join(work)
        part = follower.wait() if follower else _Part.LEAD
        if follower and part is _Part.GO_HOME:
            return follower.result()
        return self._lead(work) if part is _Part.LEAD else _alone(self._hall_id, work)

    def _join(self, work: Work) -> _Follower | None:
        with self._guard:
            if not self._is_led:
                self._is_led = True
                return None
            follower = _Follower(work)
            self._waiting.append(follower)
            return follower

    def _lead(self, work: Work) -> Any:
        """Own work first: if it fails, nobody else is aboard yet. If the commit fails, everybody tries alone."""
        group: list[_Follower] = []
        part = _Part.TRY_ALONE
        try:
            with one_command(self._hall_id) as hall:
                stood = hall.setup_seq
                answer = work(hall)
                self._take_along(group, hall if hall.setup_seq == stood else None)
            part = _Part.GO_HOME
        except Exception:
            if not group:
                raise
            log.warning("a commit for %s commands failed; each is tried alone", len(group) + 1, exc_info=True)
        finally:
            self._hand_over()
            for follower in group:
                follower.wake(part)
        return answer if part is _Part.GO_HOME else _alone(self._hall_id, work)

    def _take_along(self, group: list[_Follower], known: Hall | None) -> None:
        """`known`: the hall as the one before left it, if that was done and changed no set-up; else it is read."""
        while len(group) < LARGEST_GROUP - 1 and (follower := self._next()) is not None:
            group.append(follower)
            hall = taken_hall(self._hall_id) if known is None else again(known)
            stood = hall.setup_seq
            known = hall if follower.ride(hall) and hall.setup_seq == stood else None

    def _next(self) -> _Follower | None:
        with self._guard:
            return self._waiting.popleft() if self._waiting else None

    def _hand_over(self) -> None:
        """The lead to whoever has waited longest, if anybody waits."""
        with self._guard:
            self._is_led = bool(self._waiting)
            follower = self._waiting.popleft() if self._waiting else None
        if follower is not None:
            follower.wake(_Part.LEAD)


_lines: dict[int, _Line] = {}
