"""The demo hall's walkthroughs, each tapped step by step through the same actions as a real one."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from hallqueue.actions.command import Actor, new_key
from hallqueue.actions.findings import note_finding
from hallqueue.actions.walkthroughs import (
    compare_material,
    finish_walkthrough,
    start_walkthrough,
    take_step,
    tell_facts,
)
from hallqueue.models import Hall, User

FILE = Path(__file__).with_name("walkthroughs.toml")
BEGINNING = ("mode", "walker", "place", "place_note", "service", "matter", "situation")
FACTS = ("trips", "windows", "reused", "suggestion")


def load_walkthroughs(hall: Hall) -> int:
    """Walk every one of `walkthroughs.toml`; returns how many. One transaction: a disk waits once."""
    rows: list[dict[str, Any]] = tomllib.loads(FILE.read_text("utf-8"))["walkthroughs"]
    people = {user.username: user for user in User.objects.filter(hall=hall)}
    with transaction.atomic():
        for row in rows:
            user = people[row["user"]]
            _walk(hall, Actor(f"user:{user.pk}", user.role, user), row)
    return len(rows)


def _walk(hall: Hall, by: Actor, row: dict[str, Any]) -> None:
    began = _moment(row["ago"], hall)
    details = {name: row[name] for name in BEGINNING if name in row}
    walk = start_walkthrough(hall.pk, by, new_key(), began=began, **details)["walkthrough"]
    for kind, minutes in row["steps"]:
        take_step(hall.pk, by, new_key(), walkthrough=walk, kind=kind, at=began + minutes * 60_000)
    for name, guide, asked in row.get("materials", ()):
        compare_material(hall.pk, by, new_key(), walkthrough=walk, name=name, guide=guide, asked=asked)
    for kind, severity, minutes, note in row.get("findings", ()):
        said = {"kind": kind, "severity": severity, "note": note, "at": began + minutes * 60_000}
        note_finding(hall.pk, by, new_key(), walkthrough=walk, ref=new_key(), **said)
    tell_facts(hall.pk, by, new_key(), walkthrough=walk, **{n: row[n] for n in FACTS if n in row})
    ended = began + row["minutes"] * 60_000
    finish_walkthrough(hall.pk, by, new_key(), walkthrough=walk, at=ended)


def _moment(ago: int, hall: Hall) -> int:
    """Half past nine so many days ago, in ms of the epoch."""
    day = timezone.now().astimezone(hall.local_zone) - timedelta(days=ago)
    return int(day.replace(hour=9, minute=30, second=0, microsecond=0).timestamp() * 1000)
