"""What the manager's hands left in the hall: borrowings, messages, notices, who has seen an alarm."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from hallqueue.models import Alarm, ApiClient, Borrowing, Message, User, Window
from hallqueue.topics.reading import Reading, iso

MOST_MESSAGES = 12
MOST_AT_A_WINDOW = 3

Row = dict[str, Any]


def names_of(people: Iterable[str]) -> dict[str, str]:
    """The names of staff and programs by what the log calls them (user:3, client:2); others keep theirs."""
    known = {"user": User, "client": ApiClient}
    keys: dict[str, set[str]] = defaultdict(set)
    for each in people:
        kind, _, key = each.partition(":")
        keys[kind].add(key)
    return {
        f"{kind}:{row.pk}": str(row)
        for kind in keys.keys() & known.keys()
        for row in known[kind]._default_manager.filter(pk__in=keys[kind])
    }


def alarm_rows(reading: Reading) -> list[Row]:
    """Standing alarms, oldest first; who has seen each, and when."""
    names = names_of(alarm.acknowledged_by for alarm in reading.alarms)
    return [_alarm_row(alarm, names) for alarm in reading.alarms]


def _alarm_row(alarm: Alarm, names: dict[str, str]) -> Row:
    return {
        "id": alarm.pk,
        "kind": alarm.kind,
        "subject": alarm.subject,
        "raised_at": iso(alarm.raised_at),
        "seen": bool(alarm.acknowledged_by),
        "seen_by": names.get(alarm.acknowledged_by, alarm.acknowledged_by),
        "seen_at": iso(alarm.acknowledged_at),
        "data": alarm.facts,
    }


def borrowed_rows(reading: Reading) -> dict[int, list[Row]]:
    """What each window (id) is borrowed for (the code of a service or of a department), until when."""
    found: dict[int, list[Row]] = defaultdict(list)
    standing = Borrowing.objects.filter(hall=reading.hall, ended_at=None).order_by("pk")
    for each in standing.select_related("service", "department"):
        row = {"id": each.pk, "name": each.what, "until": iso(each.until), "reason": each.reason}
        found[each.window_id].append(row | each.code)
    return found


def emergency_row(reading: Reading) -> Row | None:
    """The emergency that stands on every screen, if one does."""
    found = reading.emergency
    return {"id": found.pk, "zh": found.zh, "mn": found.mn, "en": found.en} if found else None


def notice_rows(reading: Reading) -> list[Row]:
    """The notices that stand, for those who put them."""
    return [
        {"id": each.pk, "zh": each.zh, "places": each.places, "until": iso(each.until)}
        for each in reading.notices
    ]


def message_rows(reading: Reading) -> list[Row]:
    """The last messages of the day, newest first: who has read them, and which windows (numbers) have not."""
    sent: dict[int, list[Message]] = {}
    found = Message.objects.filter(hall=reading.hall, business_date=reading.business_date, withdrawn_at=None)
    for message in found.select_related("window").order_by("-sent_seq", "window__number"):
        if message.sent_seq in sent or len(sent) < MOST_MESSAGES:
            sent.setdefault(message.sent_seq, []).append(message)
    names = names_of(messages[0].by for messages in sent.values())
    return [_message_row(seq, messages, names) for seq, messages in sent.items()]


def _message_row(seq: int, messages: list[Message], names: dict[str, str]) -> Row:
    first = messages[0]
    return {
        "sent": seq,
        "text": first.text,
        "by": names.get(first.by, first.by),
        "at": iso(first.sent_at),
        "windows": len(messages),
        "seen": [each.window.number for each in messages if each.seen_at],
        "unseen": [each.window.number for each in messages if not each.seen_at],
    }


def unread(reading: Reading, window: Window) -> list[Row]:
    """What a window has been told and has not yet signed, oldest first."""
    messages = reading.unread.get(window.pk, [])[:MOST_AT_A_WINDOW]
    names = names_of(each.by for each in messages)
    return [
        {"id": each.pk, "text": each.text, "by": names.get(each.by, ""), "at": iso(each.sent_at)}
        for each in messages
    ]
