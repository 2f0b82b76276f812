"""What became of a video that was sent for a notice: the file that was made of it, or why none could be made."""

from hallqueue.actions.command import Answer, Command, command
from hallqueue.errors import Refused
from hallqueue.models import Notice


@command
def make(c: Command, *, notice: int, sent: str, file: str, weight: int, seconds: int) -> Answer:
    """The notice plays `file` (of `weight` bytes) from now on; who read it before reads it again.

    Raises Refused: not_allowed, notice_changed (another video was sent since, or this one was made).
    """
    found = _waiting(c, notice, sent)
    _write(found, file=file, sent="", bytes=weight, seconds=seconds, version=found.version + 1)
    c.log.record("notice.video_made", notice=found.pk, text=found.zh, bytes=weight, seconds=seconds)
    return {"notice": found.pk}


@command
def refuse(c: Command, *, notice: int, sent: str, code: str, detail: str) -> Answer:
    """No file can be made of it; the writer reads why. Raises Refused: not_allowed, notice_changed."""
    found = _waiting(c, notice, sent)
    _write(found, fault={"code": code, "detail": detail[:60]})
    c.log.record("notice.video_refused", notice=found.pk, text=found.zh, code=code, detail=detail[:60])
    return {"notice": found.pk}


def _waiting(c: Command, notice: int, sent: str) -> Notice:
    if c.by.role != "hall":
        raise Refused("not_allowed", 403)
    found = Notice.objects.filter(hall=c.hall, pk=notice, sent=sent, fault={}).exclude(sent="").first()
    if found is None:
        raise Refused("notice_changed")
    return found


def _write(notice: Notice, **fields: object) -> None:
    if Notice.objects.filter(hall=notice.hall, pk=notice.pk, sent=notice.sent).update(**fields) != 1:
        raise Refused("notice_changed")
