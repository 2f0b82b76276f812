"""The hall's texts: word one anew, mark it as reviewed, take a translator's file; and how the two scripts stand."""

from collections.abc import Sequence
from typing import Any

from hallqueue.actions.command import Actor, Answer, Command, command
from hallqueue.errors import Refused
from hallqueue.models import Device, Wording
from hallqueue.models.hall import MONGOLIAN_SIZES
from hallqueue.wordings import PublicText, Shelf

LARGEST_FILE = 5000


@command
def word(c: Command, *, subject: str, words: dict[str, Sequence[str]], reviewed: bool = False) -> Answer:
    """Say the texts of a subject, sign by sign; "" gives the words of the files back, or none.

    `words` holds, by language, the new text and what the editor saw: if somebody has changed it since, nothing is
    overwritten. With `reviewed` the same hand says that the Mongolian is right. Raises Refused: not_allowed,
    unknown_wording, wording_changed, and those of `check_wording`.
    """
    _refuse_others(c)
    found = _found(Shelf(c.hall), subject)
    for lang, (text, was) in words.items():
        _write(c, found, lang, text, was)
    found = _found(Shelf(c.hall), subject)
    if reviewed and found.mn:
        _review(c, found)
    return {"subject": subject, "state": found.state}


@command
def review(c: Command, *, subject: str, text: str) -> Answer:
    """Say that this Mongolian text is right beside its Chinese.

    Raises Refused: not_allowed, unknown_wording, wording_changed.
    """
    _refuse_others(c)
    found = _found(Shelf(c.hall), subject)
    if not text or found.mn != text:
        raise Refused("wording_changed", 409, now=found.mn)
    _review(c, found)
    return {"subject": subject}


@command
def take_file(c: Command, *, rows: Sequence[dict[str, Any]]) -> Answer:
    """All texts of a translator's file or none; a row holds `subject`, `lang`, `text`, `was`, `reviewed`."""
    _refuse_others(c)
    if len(rows) > LARGEST_FILE:
        raise Refused("bad_input", 400, detail="rows")
    shelf, changed, reviewed = Shelf(c.hall), 0, 0
    for row in rows:
        found = _found(shelf, row["subject"])
        changed += _write(c, found, row["lang"], row["text"], row["was"])
    shelf = Shelf(c.hall)
    for row in rows:
        if row["reviewed"] and row["text"] and row["lang"] == "mn":
            _review(c, _found(shelf, row["subject"]))
            reviewed += 1
    return {"changed": changed, "reviewed": reviewed}


@command
def set_scripts(c: Command, *, chinese_first: bool, shown: bool, side: str, size: int) -> Answer:
    """How Chinese and Mongolian stand together everywhere. Raises Refused: not_allowed, bad_input."""
    if not c.by.may_manage:
        raise Refused("not_allowed", 403)
    if side not in ("left", "right") or size not in MONGOLIAN_SIZES:
        raise Refused("bad_input", 400, detail="side, size")
    c.hall.chinese_first, c.hall.mn_shown, c.hall.mn_side, c.hall.mn_size = chinese_first, shown, side, size
    c.hall.save(update_fields=["chinese_first", "mn_shown", "mn_side", "mn_size"])
    told = {"chinese_first": chinese_first, "shown": shown, "side": side, "size": size}
    c.log.record("setup.changed", what="scripts", scripts=told)
    return told


@command
def set_device_script(c: Command, *, device: int, shown: bool) -> Answer:
    """Whether one screen shows Mongolian. Raises Refused: not_allowed, bad_input."""
    if not c.by.may_manage:
        raise Refused("not_allowed", 403)
    if not Device.objects.filter(hall=c.hall, pk=device).update(shows_mongolian=shown):
        raise Refused("bad_input", 400, detail="device")
    c.log.record("setup.changed", what="device_script", device=device, shown=shown)
    return {"device": device, "shown": shown}


def may_word(by: Actor) -> bool:
    """Administrators, and whom they made a translator."""
    return by.role in ("administrator", "hall") or bool(by.user and by.user.may_translate)


def _refuse_others(c: Command) -> None:
    if not may_word(c.by):
        raise Refused("not_allowed", 403)


def _found(shelf: Shelf, subject: str) -> PublicText:
    found = shelf.find(subject)
    if found is None:
        raise Refused("unknown_wording", 404, subject=subject[:80])
    return found


def _write(c: Command, found: PublicText, lang: str, text: str, was: str) -> bool:
    """Whether the words changed; raises Refused."""
    text = text if text.strip() else ""
    found.check(lang, text)
    now = found.in_language(lang)
    if now == text:
        return False
    if now != was:
        raise Refused("wording_changed", 409, now=now)
    if found.named:
        row = found.named.rows(c.hall).filter(pk=found.subject.partition(":")[2])
        row.update(**{found.named.column(lang): text})
    else:
        own = (
            "" if text == found.shipped.get(lang) else text
        )  # a shipped text that changes later is taken over
        Wording.objects.update_or_create(
            hall=c.hall,
            subject=found.subject,
            lang=lang,
            defaults={"text": own, "changed_by": c.by.name, "changed_at": c.now},
        )
        text = own or found.shipped.get(lang, "")
    c.log.record("wording.changed", subject=found.subject, lang=lang, before=now, after=text)
    return True


def _review(c: Command, found: PublicText) -> None:
    Wording.objects.update_or_create(
        hall=c.hall,
        subject=found.subject,
        lang="mn",
        defaults={
            "reviewed_text": found.mn,
            "reviewed_beside": found.zh,
            "reviewed_by": c.by.name,
            "reviewed_at": c.now,
        },
    )
    c.log.record("wording.reviewed", subject=found.subject, text=found.mn)
