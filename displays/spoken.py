"""The hall's voice: from a call to its phrase, its sound's key, and the sound itself, by the hall's own settings."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from django.conf import settings

from displays.models import Voicing
from displays.voice import mongolian
from displays.voice.clips import MANIFEST, SHIPPED_PACK, Clips
from displays.voice.errors import UnsayableError
from displays.voice.espeak import WORDS_PER_MINUTE, Espeak
from displays.voice.packs import LANGUAGES
from displays.voice.phrases import Phrase, call_phrase
from displays.voice.plugin import Plugin
from displays.voice.speech import Engine, Speech, own_pack
from hallqueue.models import Call, Hall, Ticket, Window

LAST_CALLS = 60
CHIME = SHIPPED_PACK / "chime.wav"
MOST_VOICES = 64


class Voice(NamedTuple):
    """One hall's voice: its settings, what speaks, and the Mongolian clips if it has some."""

    rules: Voicing
    speech: Speech
    mongolian: Clips | None
    browser_first: bool


_voices: dict[tuple[Any, ...], tuple[Speech, Clips | None, bool]] = {}
_lock = Lock()


def voice_of(hall: Hall) -> Voice:
    """The hall's voice as its settings stand at its head; halls with the same settings share what speaks."""
    rules = Voicing.of(hall)
    packs = [_stamped(_pack_folder(hall, rules, language)) for language in LANGUAGES]
    wanted = (*rules.engines, rules.words_per_minute, rules.mongolian, hall.chinese_first, *packs)
    with _lock:
        if wanted not in _voices:
            if len(_voices) >= MOST_VOICES:
                _voices.clear()
            _voices[wanted] = _made(hall, rules)
        return Voice(rules, *_voices[wanted])


def packs_folder(hall: Hall) -> Path:
    """Where the hall's own packs lie, each in a folder of its own."""
    return Path(settings.DATA) / "announcer" / hall.slug


def pack_folder(hall: Hall, language: str) -> Path | None:
    """The pack that speaks in a language: the one chosen on the page, or one that was put in place by hand."""
    return _pack_folder(hall, Voicing.of(hall), language)


def _pack_folder(hall: Hall, rules: Voicing, language: str) -> Path | None:
    chosen = rules.pack_zh if language == "zh" else rules.pack_mn
    by_hand = [packs_folder(hall) / language, packs_folder(hall).parent / language]
    found = [packs_folder(hall) / chosen] if chosen else [each for each in by_hand if each.is_dir()]
    return found[0] if found else None


def _stamped(folder: Path | None) -> tuple[Path, float] | None:
    """A folder and when its list of clips was written: clips put in place by hand are heard with the next call."""
    try:
        return (folder, (folder / MANIFEST).stat().st_mtime) if folder else None
    except OSError:
        return None


def _made(hall: Hall, rules: Voicing) -> tuple[Speech, Clips | None, bool]:
    engines: dict[str, list[Engine]] = {
        "pack": list(own_pack(_pack_folder(hall, rules, "zh"))),
        "espeak": [each for each in [Espeak(words_per_minute=rules.words_per_minute)] if each.installed],
        "command": [Plugin(command) for command in [settings.ENVIRONMENT.voice_command] if command],
    }
    order: list[Engine] = [engine for name in rules.engines for engine in engines.get(name, [])]
    before = [name for name in rules.engines if name == "browser" or engines.get(name)]
    second = next(own_pack(_pack_folder(hall, rules, "mn")), None) if rules.mongolian else None
    speech = Speech(
        Path(settings.DATA) / "sound", [*order, Clips()], second=second, second_first=not hall.chinese_first
    )
    return speech, second, before[:1] == ["browser"]


def phrase_of(voice: Voice, ticket: Ticket, window: Window, *, recall: bool = False) -> Phrase | None:
    """What is said when a window calls a ticket; None if its signs cannot be said, or its zone is silent."""
    rules, number = voice.rules, str(window.number)
    if not rules.zone(window.zone)["on"]:
        return None
    try:
        phrase = call_phrase(ticket.label, number, fallback=window.is_fallback, yao=rules.yao)
        second = _second(voice, ticket.label, number, window)
    except UnsayableError:
        return None
    return replace(phrase, second=second, times=rules.recall_times if recall else rules.times)


def _second(voice: Voice, label: str, number: str, window: Window) -> Any:
    if voice.mongolian is None:
        return ()
    return mongolian.groups_of(label, number, voice.mongolian.order, fallback=window.is_fallback)


def key_of(voice: Voice, call: Call) -> str:
    """The key of a call's sound, the same in every process; empty if the call is not spoken."""
    phrase = phrase_of(voice, call.ticket, call.window, recall=call.said > 1)
    return voice.speech.key_for(phrase) if phrase else ""


def last_phrase(hall: Hall, key: str) -> Phrase | None:
    """The phrase of the hall's last calls whose sound has this key, or its second language alone.

    A call that was recalled meanwhile may still wait on a board for its first saying.
    """
    voice = voice_of(hall)
    calls = Call.objects.filter(hall=hall).select_related("ticket", "window").order_by("-said_seq")
    for call in calls[:LAST_CALLS]:
        for recall in (False, True)[: call.said]:
            phrase = phrase_of(voice, call.ticket, call.window, recall=recall)
            for each in (phrase, phrase.second_alone) if phrase else ():
                if voice.speech.key_for(each) == key:
                    return each
    return None


def made_before(hall: Hall, key: str) -> bytes | None:
    """The sound of a call by settings that were changed since: whoever waits to say it says it as it was made."""
    with suppress(ValueError):  # no key
        return voice_of(hall).speech.cached(key)
    return None


def trial_phrase(voice: Voice) -> Phrase:
    """What a test says: a call like any other, in the hall's own way."""
    second = mongolian.groups_of("A001", "1", voice.mongolian.order) if voice.mongolian else ()
    return replace(call_phrase("A001", "1", yao=voice.rules.yao), second=second, times=1)


def voice_row(voice: Voice, zone: str) -> dict[str, Any]:
    """What a board of a zone needs to speak: {volume, limit, drop, browser, second_first, rate, test}."""
    rules = voice.rules
    return {
        "volume": rules.volume_in(zone) if rules.zone(zone)["on"] else 0,
        "limit": rules.queue_limit,
        "drop": rules.drop,
        "browser": voice.browser_first,
        "second_first": voice.speech.second_first,
        "rate": round(rules.words_per_minute / WORDS_PER_MINUTE, 2),
        "test": {"device": rules.test_device, "seq": rules.test_seq},
    }


def words_of(voice: Voice, call: Call) -> dict[str, Any]:
    """What a browser's own voice says of a call: {words, times}, and the sound `second` of the other language, which it
    cannot say, where there are clips for it; nothing where the server speaks."""
    if not voice.browser_first:
        return {}
    phrase = phrase_of(voice, call.ticket, call.window, recall=call.said > 1)
    if phrase is None:
        return {}
    second = {"second": voice.speech.key_for(phrase.second_alone)} if phrase.second else {}
    return {"words": phrase.text, "times": phrase.times, **second}
