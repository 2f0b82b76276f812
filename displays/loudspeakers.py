"""What is known of each loudspeaker now, and the alarm of those that are there and cannot be heard."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from displays.models import Speaker, Voicing
from hallqueue import equipment
from hallqueue.actions.round.alarm_kinds import register
from hallqueue.equipment import AWAY, FAULT, NEVER, OK, Piece
from hallqueue.models import Device, Hall, Presence
from hallqueue.texts import text


def rows_of(hall: Hall, now: datetime) -> list[dict[str, Any]]:
    """Every paired board, in the order of their zones: {device, state, speaker, volume, seen_at, dropped}."""
    devices = Device.objects.filter(hall=hall, kind=Device.Kind.BOARD, revoked_at=None).order_by(
        "zone", "name"
    )
    told = {each.device_id: each for each in Speaker.objects.filter(hall=hall)}
    seen = {each.subject: each for each in Presence.objects.filter(hall=hall, subject__startswith="device:")}
    today, rules = hall.business_date(now), Voicing.of(hall)
    rows = []
    for device in devices:
        presence, known = seen.get(f"device:{device.pk}"), told.get(device.pk)
        live = presence is not None and presence.is_here(now)
        rows.append(
            {
                "device": device,
                "state": (known.state if known else "unknown") if live else "off" if presence else "never",
                "speaker": known,
                "volume": rules.volume_in(device.zone) if rules.zone(device.zone)["on"] else 0,
                "seen_at": presence.seen_at if presence else None,
                "dropped": known.dropped if known and known.dropped_on == today else 0,
            }
        )
    return rows


def _mute(hall: Hall, now: datetime) -> set[str]:
    """A board is connected and cannot be heard: its browser waits for a touch, or plays nothing."""
    found = (
        rows_of(hall, now)
        if Speaker.objects.filter(hall=hall).exclude(state=Speaker.State.ON).exists()
        else []
    )
    return {f"device:{row['device'].pk}" for row in found if row["state"] in ("blocked", "fault")}


def _tell_mute(hall: Hall, subject: str) -> dict[str, Any]:
    found = Speaker.objects.select_related("device").get(hall=hall, device_id=int(subject.split(":")[1]))
    return {"name": found.device.name, "since": found.state_at.isoformat()}


STATES = {"on": OK, "blocked": FAULT, "fault": FAULT, "off": AWAY}


def pieces_of(hall: Hall, lang: str) -> Iterable[Piece]:
    """The loudspeaker of each board in the list of everything: whether it can be heard, and what it said last."""
    for row in rows_of(hall, timezone.now()):
        device, speaker = row["device"], row["speaker"]
        yield Piece(
            kind="speaker",
            subject=f"speaker:{device.pk}",
            name=device.name,
            place=device.zone,
            state=STATES.get(row["state"], NEVER),
            condition=text(f"voice.is.{row['state']}", lang),
            seen_at=row["seen_at"],
            shows=(speaker.last_label,) if speaker and speaker.last_label else (),
            page=f"/{hall.slug}/speakers/",
        )


equipment.register(pieces_of)
register("speaker_mute", _mute, _tell_mute)
