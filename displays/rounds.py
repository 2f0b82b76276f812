"""The workers of displays: the sound of a call is prepared the moment it is called, and the cards are told."""

import logging
from threading import Event as Bell

from django.conf import settings

from displays.bars.worker import Supervisor
from displays.demo import fill_demo_halls
from displays.spoken import phrase_of, speech
from displays.voice.errors import VoiceError
from displays.voice.phrases import Phrase, call_phrase
from hallqueue import events, workers
from hallqueue.models import Event

log = logging.getLogger(__name__)

SPOKEN_KINDS = frozenset({"ticket.called", "ticket.recalled"})
OWN_LOOK = 1.0
GAP = 0.05  # what is called in the meantime is prepared together
# No board says more than one call in some seconds: beyond this pace a sound is made when it is asked for.
MOST_AT_ONCE, BREATH = 3, 0.6


class Preparing:
    """Follows every hall's log from the moment it starts; a sound it misses is made when a board asks for it."""

    def __init__(self) -> None:
        self._bell = Bell()
        self._read: dict[int, tuple[str, int]] = {}
        self._warm = False

    def hear(self, hall_id: int) -> None:
        """A hall moved: look at once."""
        self._bell.set()

    def look(self) -> float:
        """Wait for a hint, a second at most, and prepare what was called since; returns the pause until the next."""
        if not self._warm:
            self._warm_up()
        self._bell.wait(OWN_LOOK)
        self._bell.clear()
        made = max((self._follow(*head) for head in events.heads()), default=0)
        return BREATH if made == MOST_AT_ONCE else GAP

    def _warm_up(self) -> None:
        """Start the engine once, and note where each log stands: what was called before is not prepared."""
        prepare(call_phrase("A001", "1"))
        for hall_id, epoch, seq in events.heads():
            self._read[hall_id] = (epoch, seq)
        events.on_hint(self.hear)
        if settings.DEMO:
            fill_demo_halls()
        self._warm = True

    def _follow(self, hall_id: int, epoch: str, seq: int) -> int:
        """Prepare the newest calls since the last look; how many there were."""
        read_epoch, read = self._read.get(hall_id, (epoch, 0))
        if read_epoch != epoch:  # a backup was restored: go on from its head
            read = seq
        self._read[hall_id] = (epoch, seq)
        if read >= seq or not events.happened(hall_id, read, SPOKEN_KINDS):
            return 0
        called = Event.objects.filter(hall_id=hall_id, seq__gt=read, seq__lte=seq, kind__in=SPOKEN_KINDS)
        newest = list(called.select_related("ticket", "window").order_by("-seq")[:MOST_AT_ONCE])
        for event in reversed(newest):
            prepare_event(event)
        return len(newest)


def prepare_event(event: Event) -> None:
    """Make the sound of a call or recall."""
    if event.ticket and event.window:
        phrase = phrase_of(event.ticket, event.window)
        if phrase:
            prepare(phrase)


def prepare(phrase: Phrase) -> None:
    """Make one sound; a voice that fails is logged, and the boards show what they cannot say."""
    try:
        speech().wav_for(phrase)
    except VoiceError:
        log.exception("a call could not be spoken")


workers.register("voice", Preparing().look)
workers.register("cards", Supervisor().round)
