"""A notice's way to the boards: one drafts it, another approves it, and a manager shows and withdraws it."""

from datetime import datetime, time, timedelta
from typing import Any

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.house.bounds import day_of
from hallqueue.actions.line.calls import a_reason
from hallqueue.actions.line.tickets import plain_text
from hallqueue.errors import Refused
from hallqueue.models import Notice, Role
from hallqueue.notice_states import ENDED, MOVES, WRITER, move

WRITERS = (Role.MANAGER.value, Role.ADMINISTRATOR.value, Role.DESK.value)
WITH_FILE = (Notice.Form.PICTURE.value, Notice.Form.VIDEO.value)
FILES, WEIGHT = ("file", "sent"), ("bytes", "seconds")
HEADINGS = {"zh": 120, "mn": 240, "en": 240}
BODIES = {"body_zh": 600, "body_mn": 1200, "body_en": 1200}
"""The most characters of each."""


@command
def draft(c: Command, /, **written: Any) -> Answer:
    """Write a new notice: form, kind, zh, mn, en, body_zh, body_mn, body_en, first_day, last_day, file, bytes, seconds.

    `sent` instead of `file` names a video as it came, of which `videos.make` will make the file.
    Days are ISO dates or empty, both inclusive in the hall's time. Raises Refused: not_allowed, bad_input,
    text_required, text_too_long, notice_file_missing, bad_day, ends_before_start.
    """
    _refuse_strangers(c, WRITER)
    fields = _fields(c, written)
    notice = Notice(hall=c.hall, state=Notice.State.DRAFT, by=c.by.name, put_at=c.now, **fields)
    notice.authors = [c.by.name]
    notice.save()
    c.log.record("notice.drafted", notice=notice.pk, text=notice.zh)
    return {"notice": notice.pk}


@command
def change(c: Command, /, *, notice: int, **written: Any) -> Answer:
    """Write a draft anew; a picture or video stays unless another is given. Raises as `draft`, and notice_state."""
    _refuse_strangers(c, WRITER)
    found = notice_of(c, notice)
    fault = {}
    if not any(written.get(name) for name in FILES) and found.form == written.get("form"):
        written |= {name: getattr(found, name) for name in (*FILES, *WEIGHT)}
        fault = found.fault
    authors = sorted({*found.authors, c.by.name})
    moved = _fields(c, written) | {"by": c.by.name, "authors": authors, "version": found.version + 1}
    moved |= {"fault": fault}
    move(c.log, found, "change", **moved)
    return {"notice": found.pk}


@command
def say(c: Command, *, notice: int, verb: str, version: int = 0, reason: str = "") -> Answer:
    """Any other verb of `notice_states.MOVES`; approving names the version that was read.

    Raises Refused: not_allowed, bad_input, unknown_notice, notice_state, own_notice, notice_changed,
    video_not_made, reason_required.
    """
    if verb not in MOVES or verb == "change":
        raise Refused("bad_input", 400, detail="verb")
    rule = MOVES[verb]
    _refuse_strangers(c, rule.hands)
    found = notice_of(c, notice)
    changes: dict[str, Any] = {}
    told = {"reason": a_reason(reason)} if "reason" in rule.needs else {}
    if verb == "approve":
        changes = _approval(c, found, version)
    elif verb in ("send_back", "redraft"):
        changes = {"approved_by": "", "approved_at": None}
    if verb == "redraft":
        changes |= {"by": c.by.name, "authors": [c.by.name], "version": found.version + 1}
    move(c.log, found, verb, told=told, **changes)
    return {"notice": found.pk}


def _approval(c: Command, notice: Notice, version: int) -> dict[str, Any]:
    """Who has written in a notice reads it with other eyes than who has not."""
    if c.by.name in notice.authors:
        raise Refused("own_notice")
    if notice.state != ENDED and version != notice.version:
        raise Refused("notice_changed")
    if notice.sent:
        raise Refused("video_not_made")
    return {"approved_by": c.by.name, "approved_at": c.now}


def notice_of(c: Command, notice: int) -> Notice:
    """A notice that came by a draft; raises Refused("unknown_notice")."""
    found = Notice.objects.filter(hall=c.hall, pk=notice, is_emergency=False)
    drafted = found.exclude(form=Notice.Form.LINE).first()
    if drafted is None:
        raise Refused("unknown_notice", 404)
    return drafted


def _refuse_strangers(c: Command, hands: str) -> None:
    allowed = c.by.role in WRITERS if hands == WRITER else c.by.may_manage
    if not allowed and c.by.role != "hall":
        raise Refused("not_allowed", 403)


def _fields(c: Command, written: dict[str, Any]) -> dict[str, Any]:
    form, kind = written.get("form"), written.get("kind")
    if form not in Notice.Form.values or form == Notice.Form.LINE or kind not in Notice.Kind.values:
        raise Refused("bad_input", 400, detail="form | kind")
    words = {name: plain_text(written.get(name, ""), limit) for name, limit in HEADINGS.items()}
    words |= {name: _plain_lines(written.get(name, ""), limit) for name, limit in BODIES.items()}
    if not words["zh"] or (form == Notice.Form.TEXT and not words["body_zh"]):
        raise Refused("text_required", 400)
    files = _files(form, written)
    weight = {name: written.get(name, 0) if any(files.values()) else 0 for name in WEIGHT}
    since, until = validity(c, written.get("first_day", ""), written.get("last_day", ""))
    return {"form": form, "kind": kind, "since": since, "until": until, **words, **files, **weight}


def _files(form: str, written: dict[str, Any]) -> dict[str, str]:
    """The picture, the video, or the video as it was sent; raises Refused("notice_file_missing")."""
    files = {name: written.get(name, "") if form in WITH_FILE else "" for name in FILES}
    if form != Notice.Form.VIDEO:
        files["sent"] = ""
    if form in WITH_FILE and not any(files.values()):
        raise Refused("notice_file_missing", 400)
    return files


def _plain_lines(typed: str, limit: int) -> str:
    """Typed text with its line breaks; what cannot be seen is gone. Raises Refused("text_too_long")."""
    lines = "\n".join(plain_text(line, limit) for line in typed.splitlines()).strip()
    if len(lines) > limit:
        raise Refused("text_too_long", 400, limit=limit)
    return lines


def validity(c: Command, first: str, last: str) -> tuple[datetime | None, datetime | None]:
    """Days typed as moments of the hall: from the first's beginning to the last's end; none is no limit.

    Raises Refused: bad_day, ends_before_start.
    """
    start, end = (day_of(typed) if typed else None for typed in (first, last))
    if start and end and end < start:
        raise Refused("ends_before_start", 400)
    zone = c.hall.local_zone
    since = datetime.combine(start, time(), zone) if start else None
    return since, datetime.combine(end + timedelta(days=1), time(), zone) if end else None
