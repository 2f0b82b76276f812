"""What every action shares: the hall taken first, one answer per key, the log written last."""

import functools
import hashlib
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Concatenate, ParamSpec

from django.utils import timezone

from hallqueue.errors import Refused
from hallqueue.events import Log
from hallqueue.group_commit import commit_together
from hallqueue.models import AT_THE_DESK, HANDS, Hall, Receipt, User, Window
from hallqueue.statements import fetch, insert

Answer = dict[str, Any]
P = ParamSpec("P")

_KEY = re.compile(r"[A-Za-z0-9_.:-]{8,64}")


@dataclass(frozen=True)
class Actor:
    """Who says it: `name` as the log keeps it (user:3, device:5, client:2, ticket:9, hall), the role it acts in,
    and the screen it is said on (window:3, desk, kiosk:5, api, command; docs/audit.md lists them)."""

    name: str
    role: str = ""
    user: User | None = None
    screen: str = ""

    @property
    def may_manage(self) -> bool:
        """Managers and administrators act on every window."""
        return self.role in HANDS

    @property
    def is_machine(self) -> bool:
        """A client of /api/v1."""
        return self.name.startswith("client:")


def person(user: User, screen: str) -> Actor:
    """A member of staff who acts on a screen."""
    return Actor(f"user:{user.pk}", user.role, user, screen)


THE_HALL = Actor("hall", role="hall", screen="program")
THE_COMMAND_LINE = Actor("hall", role="hall", screen="command")


class Command:
    """One command under way: the locked hall, who says it, and the log it appends to."""

    def __init__(self, hall: Hall, by: Actor, at: datetime) -> None:
        self.hall = hall
        self.by = by
        self.log = Log(hall, by.name, at, by.screen)
        self.now = self.log.at
        self.business_date = self.log.business_date

    def managers_only(self) -> None:
        """Raises Refused("not_allowed") unless a manager, an administrator or the program itself says it."""
        if not self.by.may_manage and self.by.role != "hall":
            raise Refused("not_allowed", 403)

    def desk_only(self) -> None:
        """Raises Refused("not_allowed") unless the desk, a manager or an administrator says it."""
        if self.by.role not in AT_THE_DESK:
            raise Refused("not_allowed", 403)

    def window(self, number: int) -> Window:
        """The hall's window of that number. Raises Refused: unknown_window, window_retired."""
        window = fetch(Window, '"hall_id" = %s AND "number" = %s', self.hall.pk, number)
        if window is None:
            raise Refused("unknown_window", 404, number=number)
        if window.state == Window.State.RETIRED:
            raise Refused("window_retired", number=number)
        return window


def command(work: Callable[Concatenate[Command, P], Answer]) -> Callable[..., Answer]:
    """Make `work(command, **details)` callable as `verb(hall_id, by, key, **details) -> answer`.

    `details` are plain JSON values. The same key with the same verb, person and details returns the first answer
    or raises the first refusal again; with others it raises Refused("key_reused"). Raises Refused.
    """
    verb = f"{work.__module__.rpartition('.')[2]}.{work.__name__}"

    @functools.wraps(work)
    def say(hall_id: int, by: Actor, key: str, /, **details: Any) -> Answer:
        _check_key(key)
        request = _fingerprint(verb, by.name, details)
        try:
            return _perform(hall_id, by, key, request, functools.partial(work, **details))
        except Refused as refusal:
            return _keep_refusal(hall_id, key, request, refusal)

    return say


def new_key() -> str:
    """A key for a command that the program itself gives."""
    return uuid.uuid4().hex


def _perform(hall_id: int, by: Actor, key: str, request: str, work: Callable[[Command], Answer]) -> Answer:
    def once(hall: Hall) -> Answer:
        given = _given(hall_id, key, request)
        if given is not None:
            return given
        command = Command(hall, by, timezone.now())
        answer = work(command)
        command.log.write()
        insert(Receipt, hall_id=hall_id, key=key, request=request, answer=answer, at=command.now)
        return answer

    return commit_together(hall_id, once)


def _given(hall_id: int, key: str, request: str) -> Answer | None:
    """The answer that this key already has, if any; raises the refusal it has, or key_reused."""
    receipt = fetch(Receipt, '"hall_id" = %s AND "key" = %s', hall_id, key)
    if receipt is None:
        return None
    if receipt.request != request:
        raise _KeyReused("key_reused")
    answer: Answer = receipt.answer
    if receipt.refused:
        raise _KeptRefusal(answer["code"], answer["status"], **answer["params"])
    return answer


class _KeyReused(Refused):
    """The key belongs to another request, whose receipt must stay."""


class _KeptRefusal(Refused):
    """A refusal that already has its receipt."""


def _keep_refusal(hall_id: int, key: str, request: str, refusal: Refused) -> Answer:
    """Store the refusal under its key and raise it; the refused transaction itself has been rolled back whole.

    Between the two transactions the same key, sent twice, may have got its answer: then that one counts (I10).
    """
    if isinstance(refusal, _KeyReused | _KeptRefusal):
        raise refusal
    kept = {"code": refusal.code, "status": refusal.status, "params": refusal.params}

    def once(hall: Hall) -> Answer | None:
        given = _given(hall_id, key, request)
        if given is not None:
            return given
        now = timezone.now()
        insert(Receipt, hall_id=hall_id, key=key, request=request, answer=kept, refused=True, at=now)
        return None

    answer = commit_together(hall_id, once)
    if answer is None:
        raise refusal
    return answer


def _check_key(key: str) -> None:
    if not _KEY.fullmatch(key):
        raise Refused("bad_key", 400)


def _fingerprint(verb: str, by: str, details: Answer) -> str:
    return hashlib.sha256(json.dumps([verb, by, details], sort_keys=True).encode()).hexdigest()
