"""The demo hall's walkthroughs, each tapped step by step through the same actions as a real one."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from hallqueue.actions.cases.finding_loop import move_finding
from hallqueue.actions.cases.findings import note_finding
from hallqueue.actions.cases.walkthroughs import (
    compare_material,
    finish_walkthrough,
    start_walkthrough,
    take_step,
    tell_facts,
)
from hallqueue.actions.command import Actor, new_key, person
from hallqueue.models import Finding, Hall, User

FILE = Path(__file__).with_name("walkthroughs.toml")
BEGINNING = ("mode", "walker", "place", "place_note", "service", "matter", "situation")
FACTS = ("trips", "windows", "reused", "suggestion")


def load_walkthroughs(hall: Hall) -> int:
    """Walk every one of `walkthroughs.toml`; returns how many. One transaction: a disk waits once."""
    rows: list[dict[str, Any]] = tomllib.loads(FILE.read_text("utf-8"))["walkthroughs"]
    people = {user.username: user for user in User.objects.filter(hall=hall)}
    actors = {name: person(user, "demo") for name, user in people.items()}
    walked: list[int] = []
    with transaction.atomic():
        for row in rows:
            again = walked[row["again"]] if "again" in row else 0
            walked.append(_walk(hall, actors, row, again))
        for walk, row in zip(walked, rows, strict=True):
            for ref, finding in enumerate(row.get("findings", ())):
                noted = Finding.objects.get(walkthrough=walk, ref=_ref(ref))
                _put_right(hall, actors, noted, finding, walked)
    return len(rows)


def _walk(hall: Hall, actors: dict[str, Actor], row: dict[str, Any], again: int) -> int:
    by = actors[row["user"]]
    began = _moment(row["ago"], hall)
    details = {name: row[name] for name in BEGINNING if name in row}
    begun = start_walkthrough(hall.pk, by, new_key(), began=began, again_of=again, **details)
    walk: int = begun["walkthrough"]
    for kind, minutes in row["steps"]:
        take_step(hall.pk, by, new_key(), walkthrough=walk, kind=kind, at=began + minutes * 60_000)
    for name, guide, asked in row.get("materials", ()):
        compare_material(hall.pk, by, new_key(), walkthrough=walk, name=name, guide=guide, asked=asked)
    for number, finding in enumerate(row.get("findings", ())):
        at = began + finding["minute"] * 60_000
        said = {name: finding[name] for name in ("kind", "severity", "note")}
        note_finding(hall.pk, by, new_key(), walkthrough=walk, ref=_ref(number), at=at, **said)
    tell_facts(hall.pk, by, new_key(), walkthrough=walk, **{n: row[n] for n in FACTS if n in row})
    ended = began + row["minutes"] * 60_000
    finish_walkthrough(hall.pk, by, new_key(), walkthrough=walk, at=ended)
    return walk


def _put_right(
    hall: Hall, actors: dict[str, Actor], finding: Finding, row: dict[str, Any], walked: list[int]
) -> None:
    """As far as the row goes: an owner with a measure and a limit, what was changed, which walk showed it, the end."""

    def say(by: str, verb: str, **said: Any) -> None:
        move_finding(hall.pk, actors[by], new_key(), finding=finding.pk, verb=verb, **said)

    if "owner" in row:
        say("manager", "assign", **{name: row[name] for name in ("owner", "measure", "days")})
    if "fixed" in row:
        today = hall.business_date(timezone.now())
        on = str(today - timedelta(days=row["fixed_ago"])) if "fixed_ago" in row else ""
        say(row["owner"], "fix", note=row["fixed"], fixed_on=on)
    if "verified" in row:
        say("manager", "verify", walkthrough=walked[row["verified"]])
        say("manager", "close")


def _ref(number: int) -> str:
    """What the telephone would have called a walkthrough's finding."""
    return f"demo-{number:04d}"


def _moment(ago: int, hall: Hall) -> int:
    """Half past nine so many days ago, in ms of the epoch."""
    day = timezone.now().astimezone(hall.local_zone) - timedelta(days=ago)
    return int(day.replace(hour=9, minute=30, second=0, microsecond=0).timestamp() * 1000)
