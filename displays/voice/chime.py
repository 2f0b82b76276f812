"""The chime before a call: two gentle tones, falling by a major third, made by arithmetic."""

from array import array
from functools import cache
from math import exp, pi, sin

from displays.voice.samples import Samples, levelled

TONES = ((0.0, 659.26), (0.38, 523.25))  # seconds, hertz: E5, C5
OVERTONES = ((1, 1.0), (2, 0.28), (3, 0.08))  # multiple of the tone, strength
DURATION = 1.35
ATTACK = 0.012
DECAY = 0.28
CHIME_LOUDNESS = 3000.0


@cache
def chime(rate: int) -> Samples:
    """About 1.3 s of sound that begins and ends in silence; one array for all, not to be changed."""
    moments = [step / rate for step in range(round(DURATION * rate))]
    return levelled(array("h", [int(8000 * _wave_at(moment)) for moment in moments]), CHIME_LOUDNESS)


def _wave_at(moment: float) -> float:
    return sum(_tone(moment - start, hertz) for start, hertz in TONES) * _ending(moment)


def _tone(moment: float, hertz: float) -> float:
    if moment < 0:
        return 0.0
    envelope = min(moment / ATTACK, 1.0) * exp(-moment / DECAY)
    return envelope * sum(strength * sin(2 * pi * hertz * many * moment) for many, strength in OVERTONES)


def _ending(moment: float) -> float:
    return min((DURATION - moment) / 0.15, 1.0)
