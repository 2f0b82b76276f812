"""Notices that one manager shows at once: lines on boards, kiosks and ticket pages, and the emergency."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from hallqueue.actions.borrowing import span
from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.line.tickets import plain_text
from hallqueue.errors import Refused
from hallqueue.models import Hall, Notice
from hallqueue.notice_states import write_state
from hallqueue.texts import LANGUAGES, text

LONGEST = timedelta(days=7)
MOST = 5


@command
def put(c: Command, *, zh: str, minutes: int, places: Sequence[str], mn: str = "", en: str = "") -> Answer:
    """Show a line at `places` (of Notice.PLACES) for `minutes`; five stand at once at most.

    Raises Refused: not_allowed, text_required, text_too_long, bad_input, too_many_notices.
    """
    c.managers_only()
    words = {"zh": plain_text(zh, 120), "mn": plain_text(mn, 240), "en": plain_text(en, 240)}
    if not words["zh"]:
        raise Refused("text_required")
    where = [place for place in Notice.PLACES if place in places]
    if not where or len(where) != len(places):
        raise Refused("bad_input", 400, detail="places")
    until = c.now + span(minutes, LONGEST)
    if standing(c.hall).count() >= MOST:
        raise Refused("too_many_notices", most=MOST)
    return show(c, Notice(**words, places=where, until=until))


@command
def begin_emergency(c: Command, *, zh: str, mn: str = "", en: str = "") -> Answer:
    """Show an emergency on every board at once, until a hand ends it. The usual words are said in every language.

    Raises Refused: not_allowed, text_required, text_too_long, emergency_stands.
    """
    c.managers_only()
    words = {"zh": plain_text(zh, 120), "mn": plain_text(mn, 240), "en": plain_text(en, 240)}
    if not words["zh"]:
        raise Refused("text_required")
    usual = usual_words()
    if words["zh"] == usual["zh"]:
        words = {lang: said or usual[lang] for lang, said in words.items()}
    if emergency(c.hall) is not None:
        raise Refused("emergency_stands")
    return show(c, Notice(**words, form=Notice.Form.TEXT, is_emergency=True))


def usual_words() -> dict[str, str]:
    """What an emergency usually says, by language, as the hall words it."""
    return {lang: text("manager.emergency_usual", lang) for lang in LANGUAGES}


@command
def end_emergency(c: Command) -> Answer:
    """The emergency is over. Raises Refused: not_allowed, notice_over."""
    c.managers_only()
    found = emergency(c.hall)
    if found is None:
        raise Refused("notice_over")
    end(c, found)
    return {"notice": found.pk}


@command
def take_down(c: Command, *, notice: int) -> Answer:
    """End a notice before its time. Raises Refused("notice_over")."""
    c.managers_only()
    found = standing(c.hall).filter(pk=notice).first()
    if found is None:
        raise Refused("notice_over")
    end(c, found)
    return {"notice": found.pk}


def show(c: Command, notice: Notice) -> Answer:
    """Store a new notice."""
    notice.hall, notice.by, notice.put_at = c.hall, c.by.name, c.now
    notice.save()
    told: dict[str, Any] = {"notice": notice.pk, "text": notice.zh}
    if notice.until:
        told |= {"places": notice.places, "until": notice.until.isoformat()}
    c.log.record("emergency.begun" if notice.is_emergency else "notice.put", **told)
    return {"notice": notice.pk}


def end(c: Command, notice: Notice) -> None:
    """Take a notice off the screens."""
    event = "emergency.ended" if notice.is_emergency else "notice.ended"
    write_state(c.log, notice, Notice.State.ENDED, event)


def standing(hall: Hall) -> QuerySet[Notice]:
    """The lines on the screens, oldest first."""
    return Notice.objects.filter(hall=hall, form=Notice.Form.LINE, ended_at=None).order_by("pk")


def emergency(hall: Hall) -> Notice | None:
    """The emergency that stands, if one does."""
    return Notice.objects.filter(hall=hall, is_emergency=True, ended_at=None).first()
