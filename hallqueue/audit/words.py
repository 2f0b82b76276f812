"""A line of the log in words: who, on which screen, about what, what was done, and why."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from hallqueue.chain.links import CHAINED, content_of, settled
from hallqueue.models import ApiClient, Device, Event, Ticket, User
from hallqueue.stories import reason_told
from hallqueue.texts import all_entries, has_text, text


@dataclass(frozen=True)
class Line:
    """A line as it is shown."""

    seq: int
    at: datetime
    by: str
    screen: str
    about: str
    did: str
    reason: str
    kind: str
    data: str
    link: str
    content: str


def in_words(events: Iterable[Event], lang: str) -> list[Line]:
    """Lines with the names of people, devices, machines and tickets, whoever they are today."""
    rows = list(events)
    names = _names(rows)
    return [
        Line(
            seq=event.seq,
            at=event.at,
            by=_by(event.by, names, lang),
            screen=screen_in_words(event.screen, names, lang),
            about=_about(event, names, lang),
            did=_did(event, lang),
            reason=reason_told(event.data, lang),
            kind=event.kind,
            data=json.dumps(event.data, ensure_ascii=False, sort_keys=True),
            link=event.link,
            content=_content(event),
        )
        for event in rows
    ]


def _content(event: Event) -> str:
    """What the line's link covers, sign by sign."""
    return content_of([getattr(event, name) for name in CHAINED], settled(json.dumps(event.data)))


def screen_in_words(screen: str, names: dict[str, str], lang: str) -> str:
    """The screen; a paired one by the device's name, a window's with its number."""
    place, _, number = screen.partition(":")
    key = f"audit.screen.{place}"
    named = text(key, lang) if has_text(key) else place
    if not number:
        return named
    return f"{named} {names.get(f'device:{number}', number) if place != 'window' else number}"


def nouns(lang: str) -> list[tuple[str, str]]:
    """What lines can be about: (noun, in words), to choose from."""
    return _choices("audit.noun.", lang)


def screens(lang: str) -> list[tuple[str, str]]:
    """Where something can be said."""
    return _choices("audit.screen.", lang)


def _choices(room: str, lang: str) -> list[tuple[str, str]]:
    return [(key.removeprefix(room), text(key, lang)) for key in all_entries() if key.startswith(room)]


def _did(event: Event, lang: str) -> str:
    """What was done, as the stories of tickets and cases word it too."""
    noun, _, past = event.kind.partition(".")
    told = f"audit.did.{event.kind}_{event.data.get('state')}"
    for key in (told, f"audit.did.{event.kind}", f"story.{event.kind}", f"{noun}.event.{past}"):
        if has_text(key):
            return text(key, lang)
    return event.kind


def _about(event: Event, names: dict[str, str], lang: str) -> str:
    told = event.data
    noun, window = event.kind.partition(".")[0], event.window
    key = f"audit.noun.{noun}"
    parts = [text(key, lang) if has_text(key) else noun]
    if event.ticket is not None:
        parts.append(event.ticket.label)
    elif noun == "person":
        parts.append(names.get(f"user:{told.get('user')}", ""))
    elif event.kind == "finding.noted":  # said of a walkthrough, whose number it bears
        parts.append(str(told["label"]))
    else:
        parts.append(_called(told, names, lang))
    if window is not None:
        parts.append(text("acts.to_window", lang, number=window.number))
    return " ".join(part for part in parts if part)


def _called(told: dict[str, object], names: dict[str, str], lang: str) -> str:
    """The number, name or subject by which the log calls what a line is about; of the set-up which part, and which.

    An alarm is called by its facts, where they were told; a device by its name.
    """
    facts = told.get("about")
    if isinstance(facts, dict) and (called := _called(facts, names, lang) or str(facts.get("service", ""))):
        return called
    for name in ("number", "name", "what", "subject"):
        if isinstance(told.get(name), str | int):
            return _part(told, lang) if name == "what" else _subject(str(told[name]), names, lang)
    return ""


def _subject(subject: str, names: dict[str, str], lang: str) -> str:
    """What an alarm is about: a window by its number; of the whole hall there is nothing more to say."""
    kind, _, key = subject.partition(":")
    if kind == "window" and key:
        return text("acts.to_window", lang, number=key)
    return "" if subject == "hall" else names.get(subject, subject)


def _part(told: dict[str, object], lang: str) -> str:
    what = str(told["what"])
    key = f"audit.what.{what.replace(' ', '_')}"
    words = text(key, lang) if has_text(key) else what
    return f"{words} {told.get('letter') or told.get('code') or ''}".rstrip()


def _by(by: str, names: dict[str, str], lang: str) -> str:
    key = f"story.by.{by.partition(':')[0]}"
    return names.get(by) or (text(key, lang) if has_text(key) else by)


def _names(rows: list[Event]) -> dict[str, str]:
    """Whoever lines name: who said them, the device a screen is, the person or the device they are about."""
    asked = {event.by for event in rows} | {f"user:{event.data.get('user')}" for event in rows}
    asked |= {f"device:{event.screen.partition(':')[2]}" for event in rows}
    asked |= {str(event.data.get("subject")) for event in rows}
    found: dict[str, str] = {}
    for kind, model in (("user", User), ("device", Device), ("client", ApiClient), ("ticket", Ticket)):
        keys = {each.partition(":")[2] for each in asked if each.startswith(f"{kind}:")}
        these = model._default_manager.filter(pk__in=[key for key in keys if key.isdecimal()])
        found |= {f"{kind}:{row.pk}": str(row) for row in these}
    return found
