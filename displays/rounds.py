"""The worker that prepares the sound of a call the moment it is called, so that no board waits for it."""

import logging
from threading import Event as Bell

from displays.spoken import phrase_of, speech
from displays.voice.errors import VoiceError
from displays.voice.phrases import Phrase, call_phrase
from hallqueue import events, workers
from hallqueue.models import Event

log = logging.getLogger(__name__)

SPOKEN_KINDS = frozenset({"ticket.called", "ticket.recalled"})
OWN_LOOK = 1.0
GAP = 0.05  # what is called in the meantime is prepared together


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
        for hall_id, epoch, seq in events.heads():
            self._follow(hall_id, epoch, seq)
        return GAP

    def _warm_up(self) -> None:
        """Start the engine once, and note where each log stands: what was called before is not prepared."""
        prepare(call_phrase("A001", "1"))
        for hall_id, epoch, seq in events.heads():
            self._read[hall_id] = (epoch, seq)
        events.on_hint(self.hear)
        self._warm = True

    def _follow(self, hall_id: int, epoch: str, seq: int) -> None:
        read_epoch, read = self._read.get(hall_id, (epoch, 0))
        if read_epoch != epoch:  # a backup was restored: go on from its head
            read = seq
        if read < seq and events.happened(hall_id, read, SPOKEN_KINDS):
            called = Event.objects.filter(hall_id=hall_id, seq__gt=read, seq__lte=seq, kind__in=SPOKEN_KINDS)
            for event in called.select_related("ticket", "window").order_by("seq"):
                prepare_event(event)
        self._read[hall_id] = (epoch, seq)


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
