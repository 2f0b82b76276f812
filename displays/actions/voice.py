"""What staff decide about the voice, and what the loudspeakers tell."""

from collections.abc import Mapping, Sequence
from typing import Any

from displays.models import Speaker, Voicing
from displays.models.voice import ENGINES
from displays.voice.hours import MOST_PERIODS, minutes_of
from displays.voice.packs import LANGUAGES
from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.house.bounds import bounded
from hallqueue.actions.line.tickets import plain_text
from hallqueue.errors import Refused
from hallqueue.models import Device

BOUNDS = {
    "times": (1, 3),
    "recall_times": (1, 3),
    "words_per_minute": (100, 260),
    "volume": (10, 100),
    "queue_limit": (1, 30),
}
SWITCHES = ("yao", "mongolian")


@command
def set_voice(c: Command, *, fields: dict[str, Any]) -> Answer:
    """Say anew how calls are spoken (fields of Voicing); what is out of bounds changes nothing.

    Raises Refused: not_allowed, bad_figure, voice_engines, voice_period, voice_zone, bad_input.
    """
    c.managers_only()
    for name, value in fields.items():
        _check(name, value)
    found = _row(c)
    for name, value in fields.items():
        setattr(found, name, value)
    found.save()
    c.log.record("setup.changed", what="voice", voice=fields)
    return {"voice": sorted(fields)}


@command
def take_pack(c: Command, *, language: str, pack: str) -> Answer:
    """From now on this pack of clips speaks; "" gives the hall's own up. Raises Refused: not_allowed, bad_input."""
    c.managers_only()
    if language not in LANGUAGES:
        raise Refused("bad_input", 400, detail="language")
    found = _row(c)
    setattr(found, f"pack_{language}", pack)
    found.save()
    c.log.record("setup.changed", what="voice_pack", language=language, pack=pack)
    return {"language": language, "pack": pack}


@command
def set_level(c: Command, *, level: int) -> Answer:
    """The volume that the hour asks for has come: boards hear of it like of anything else."""
    found = _row(c)
    if found.level != level:
        found.level = level
        found.save(update_fields=["level"])
        c.log.record("voice.level", level=level)
    return {"level": level}


@command
def test_speaker(c: Command, *, device: int) -> Answer:
    """Let one board speak a test call. Raises Refused: not_allowed, unknown_speaker."""
    c.desk_only()
    if not Device.objects.filter(hall=c.hall, pk=device, kind=Device.Kind.BOARD, revoked_at=None).exists():
        raise Refused("unknown_speaker", 404)
    found = _row(c)
    found.test_device, found.test_seq = device, c.log.next_seq()
    found.save(update_fields=["test_device", "test_seq"])
    c.log.record("speaker.tested", device=device)
    return {"device": device}


@command
def tell(
    c: Command,
    *,
    device: int,
    state: str,
    volume: int,
    voice: str = "",
    said: str = "",
    dropped: Sequence[str] = (),
) -> Answer:
    """A board tells how it sounds, what it said last (a label), and which calls it left unspoken.

    Only what changed is an event: what a board says every few seconds must not wake every screen.
    Raises Refused: bad_input, unknown_speaker.
    """
    if state not in Speaker.State.values or not 0 <= volume <= 100 or len(dropped) > 50:
        raise Refused("bad_input", 400, detail="state, volume, dropped")
    owner = Device.objects.filter(hall=c.hall, pk=device, kind=Device.Kind.BOARD, revoked_at=None).first()
    if owner is None:
        raise Refused("unknown_speaker", 404)
    found = Speaker.objects.filter(device=owner).first() or Speaker(hall=c.hall, device=owner)
    if found.state != state:
        found.state, found.state_at = state, c.now
        c.log.record("speaker.changed", device=device, state=state)
    found.volume, found.voice = volume, plain_text(voice, 80)
    if said:
        found.last_label, found.last_at = plain_text(said, 12), c.now
    if dropped:
        _count_dropped(c, found, [plain_text(label, 12) for label in dropped])
    found.save()
    return {"state": state}


def _count_dropped(c: Command, found: Speaker, labels: list[str]) -> None:
    fresh = found.dropped_on != c.business_date
    found.dropped = len(labels) + (0 if fresh else found.dropped)
    found.dropped_on, found.dropped_label = c.business_date, labels[-1]
    c.log.record("speaker.dropped", device=found.device_id, labels=labels)


def _row(c: Command) -> Voicing:
    return Voicing.objects.get_or_create(hall=c.hall)[0]


def _check(name: str, value: Any) -> None:
    if name in BOUNDS:
        bounded(name, value, *BOUNDS[name])
    elif name in CHECKS:
        CHECKS[name](value)
    elif name not in SWITCHES or not isinstance(value, bool):
        raise Refused("bad_input", 400, detail=name[:40])


def _check_engines(value: Any) -> None:
    if not isinstance(value, list) or len(set(value)) != len(value) or not set(value) <= set(ENGINES):
        raise Refused("voice_engines", 400)


def _check_drop(value: Any) -> None:
    if value not in Voicing.Drop.values:
        raise Refused("bad_input", 400, detail="drop")


def _check_periods(value: Any) -> None:
    try:
        ends = [(minutes_of(begins), minutes_of(end), volume) for begins, end, volume in value]
    except (ValueError, TypeError, AttributeError):
        raise Refused("voice_period", 400) from None
    if len(ends) > MOST_PERIODS or any(
        begins == end or not isinstance(volume, int) or not 0 <= volume <= 100 for begins, end, volume in ends
    ):
        raise Refused("voice_period", 400)


def _check_zones(value: Any) -> None:
    if not isinstance(value, Mapping) or not all(map(_is_zone, value.values())):
        raise Refused("voice_zone", 400)


def _is_zone(row: Any) -> bool:
    if not isinstance(row, Mapping) or set(row) != {"on", "volume"}:
        return False
    return isinstance(row["on"], bool) and isinstance(row["volume"], int) and 10 <= row["volume"] <= 100


CHECKS = {
    "engines": _check_engines,
    "drop": _check_drop,
    "periods": _check_periods,
    "zones": _check_zones,
}
