"""The hall's voice: from a call to its phrase, its sound's key, and the sound itself."""

from functools import cache

from django.conf import settings

from displays.voice.clips import SHIPPED_PACK
from displays.voice.errors import UnsayableError
from displays.voice.phrases import Phrase, call_phrase
from displays.voice.speech import Speech, engines
from hallqueue.models import Call, Hall, Ticket, Window

LAST_CALLS = 60
CHIME = SHIPPED_PACK / "chime.wav"


@cache
def speech() -> Speech:
    """This process's one Speech; all processes share the folder, so each sound is made once.

    A hall's own announcer lies in the folder `announcer` of the data.
    """
    own = settings.DATA / "announcer"
    return Speech(settings.DATA / "sound", engines(own if own.is_dir() else None))


def phrase_of(ticket: Ticket, window: Window) -> Phrase | None:
    """What is said when a window calls a ticket; None if its signs cannot be said."""
    try:
        return call_phrase(ticket.label, str(window.number), fallback=window.is_fallback)
    except UnsayableError:
        return None


def key_of(call: Call) -> str:
    """The key of a call's sound, the same in every process; empty if the call cannot be said."""
    phrase = phrase_of(call.ticket, call.window)
    return speech().key_for(phrase) if phrase else ""


def last_phrase(hall: Hall, key: str) -> Phrase | None:
    """The phrase of the hall's last calls whose sound has this key."""
    calls = Call.objects.filter(hall=hall).select_related("ticket", "window").order_by("-said_seq")
    for call in calls[:LAST_CALLS]:
        if key_of(call) == key:
            return phrase_of(call.ticket, call.window)
    return None
