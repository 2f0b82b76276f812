"""The demo hall's concerns, each said step by step through the same actions as a real one."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from hallqueue.actions.cases.concerns import move_concern, raise_concern
from hallqueue.actions.command import Actor, new_key, person
from hallqueue.models import Hall, User

FILE = Path(__file__).with_name("concerns.toml")
RAISED = ("service", "kind", "channel", "tries", "step", "failed", "wish", "name", "phone")
USUAL = ("accept", "classify", "assign", "note", "resolve", "tell", "call_back", "archive")
PAUSES = ("accept", "classify", "ask_pause", "grant_pause")
MANAGERS = ("archive", "grant_pause")
MANAGER, DESK = "manager", "desk"


def load_concerns(hall: Hall) -> int:
    """Raise and move every concern of `concerns.toml`; returns how many. One transaction: a disk waits once."""
    rows: list[dict[str, Any]] = tomllib.loads(FILE.read_text("utf-8"))["concerns"]
    people = {user.username: user for user in User.objects.filter(hall=hall)}
    today = hall.business_date(timezone.now())
    with transaction.atomic():
        for row in reversed(rows):
            by = _actor(people, row.get("clerk", DESK))
            details = {name: row[name] for name in RAISED if name in row}
            received = (today - timedelta(days=row["ago"])).isoformat()
            answer = raise_concern(hall.pk, by, new_key(), received_on=received, **details)
            _follow(hall, people, answer["concern"], row)
    return len(rows)


def _follow(hall: Hall, people: dict[str, User], concern: int, row: dict[str, Any]) -> None:
    """Say the verbs up to the row's last one."""
    way = PAUSES if row["until"] in PAUSES[2:] else USUAL
    verbs = way[: way.index(row["until"]) + 1] if row["until"] else ()
    for verb in verbs:
        who = MANAGER if verb in MANAGERS else row.get("clerk", MANAGER)
        said = _said(verb, row)
        move_concern(hall.pk, _actor(people, who), new_key(), concern=concern, verb=verb, **said)


def _said(verb: str, row: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, dict[str, Any]] = {
        "classify": {"kind": row["kind"], "grade": row.get("grade", "ordinary")},
        "assign": {"handler": row.get("clerk", MANAGER)},
        "note": {"note": row.get("note", "已联系反映人核实情况")},
        "resolve": {name: row.get(name, "") for name in ("answer", "cause", "improvement")},
        "tell": {"how": row.get("how", "电话")},
        "call_back": {"satisfaction": row.get("stars", 5)},
        "ask_pause": {"reason": row.get("reason", "等待补正材料")},
    }
    return said.get(verb, {})


def _actor(people: dict[str, User], username: str) -> Actor:
    user = people[username]
    return person(user, "demo")
