"""The workers of displays: a call's sound is prepared at once, the hour's volume is told, the cards are told, and
videos are drawn anew."""

import logging
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait

from django.conf import settings
from django.utils import timezone

from displays.actions.voice import set_level
from displays.bars.worker import Supervisor
from displays.demo import fill_demo_halls
from displays.filming import Filming
from displays.models import Voicing
from displays.spoken import Voice, phrase_of, trial_phrase, voice_of
from displays.voice.errors import VoiceError
from displays.voice.hours import level_at
from displays.voice.phrases import Phrase
from hallqueue import events, workers
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.models import Event, Hall

log = logging.getLogger(__name__)

SPOKEN_KINDS = frozenset({"ticket.called", "ticket.recalled"})
OWN_LOOK = 1.0
GAP = 0.03
# No board says more than one call in some seconds: beyond so many in so many seconds, a sound is made when a board
# asks for it, which takes it no longer.
MOST_AT_ONCE, SPAN, BREATH = 3, 1.5, 0.5
# A hall whose program is slow holds its own thread, never the round of the others.
HANDS, PATIENCE = 4, 0.3
LOOK_AT_CLOCK = 1.0  # who has just asked for quiet hears no other call


class Preparing:
    """Follows every hall's log from the moment it starts; a sound it misses is made when a board asks for it."""

    def __init__(self) -> None:
        self.bell = workers.Bell(GAP)
        self._read: dict[int, tuple[str, int]] = {}
        self._warm = False
        self._clock_at = 0.0
        self._begun_at: dict[int, deque[float]] = {}
        self._hands = ThreadPoolExecutor(HANDS, "speech")

    def look(self) -> float:
        """Wait for a hint, a second at most, and prepare what was called since; returns the pause until the next."""
        if not self._warm:
            self._warm_up()
        self.bell.wait(OWN_LOOK)
        heads = events.heads()
        begun = [self._follow(*head) for head in heads]
        wait([each for some in begun for each in some], timeout=PATIENCE)
        self._look_at_clock()
        is_rush = any(some and not self._room(head[0]) for head, some in zip(heads, begun, strict=True))
        return BREATH if is_rush else workers.AT_ONCE

    def _warm_up(self) -> None:
        """Start the engine once, and note where each log stands: what was called before is not prepared."""
        for hall in Hall.objects.all():
            voice = voice_of(hall)
            self._hands.submit(prepare, voice, trial_phrase(voice))
        for hall_id, epoch, seq in events.heads():
            self._read[hall_id] = (epoch, seq)
        events.on_hint(self.bell.ring)
        if settings.DEMO:
            fill_demo_halls()
        self._warm = True

    def _look_at_clock(self) -> None:
        """Every second: where a period of a hall's day began or ended, its volume is told."""
        if time.monotonic() < self._clock_at:
            return
        self._clock_at = time.monotonic() + LOOK_AT_CLOCK
        for row in Voicing.objects.select_related("hall").all():
            level = level_at(row.periods, timezone.now().astimezone(row.hall.local_zone).time())
            if level != row.level:
                set_level(row.hall_id, THE_HALL, new_key(), level=level)

    def _follow(self, hall_id: int, epoch: str, seq: int) -> list[Future[None]]:
        """Begin to prepare the newest calls since the last look."""
        read_epoch, read = self._read.get(hall_id, (epoch, 0))
        if read_epoch != epoch:  # a backup was restored: go on from its head
            read = seq
        self._read[hall_id] = (epoch, seq)
        if read >= seq or not events.happened(hall_id, read, SPOKEN_KINDS):
            return []
        called = Event.objects.filter(hall_id=hall_id, seq__gt=read, seq__lte=seq, kind__in=SPOKEN_KINDS)
        newest = list(called.select_related("ticket", "window").order_by("-seq")[: self._room(hall_id)])
        self._begun_at[hall_id].extend([time.monotonic()] * len(newest))
        voice = voice_of(Hall.objects.get(pk=hall_id))
        phrases = [_phrase_of(voice, event) for event in reversed(newest)]
        return [self._hands.submit(prepare, voice, phrase) for phrase in phrases if phrase]

    def _room(self, hall_id: int) -> int:
        """How many sounds of the hall may be begun now."""
        begun_at = self._begun_at.setdefault(hall_id, deque([-SPAN] * MOST_AT_ONCE, MOST_AT_ONCE))
        return sum(time.monotonic() - at >= SPAN for at in begun_at)


def _phrase_of(voice: Voice, event: Event) -> Phrase | None:
    if event.ticket is None or event.window is None:
        return None
    return phrase_of(voice, event.ticket, event.window, recall=event.kind == "ticket.recalled")


def prepare(voice: Voice, phrase: Phrase) -> None:
    """Make one sound; a voice that fails is logged, and the boards show what they cannot say."""
    try:
        voice.speech.wav_for(phrase)
    except VoiceError:
        log.exception("a call could not be spoken")


workers.register("voice", Preparing().look)
CARDS = Supervisor()
workers.register("cards", CARDS.round)
workers.register("card-health", CARDS.keep)
workers.register("videos", Filming().look)
