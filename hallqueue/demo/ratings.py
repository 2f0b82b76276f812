"""The demo hall's ratings: people are served, and say how it was, through the same actions as real ones."""

import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction

from hallqueue.actions import windows
from hallqueue.actions.cases.rating_cases import move_rating_case
from hallqueue.actions.cases.ratings import rate_own
from hallqueue.actions.command import Actor, new_key, person
from hallqueue.actions.line import calling, tickets
from hallqueue.models import Hall, Rating, RatingCase, User, Window

FILE = Path(__file__).with_name("ratings.toml")
KIOSK = Actor("demo", "kiosk", screen="kiosk")
CITIZEN = Actor("citizen", "anyone", screen="phone")
SAID = ("reasons", "comment", "name", "phone")
USUAL = ("call_back", "classify", "answer", "close")
WORDS = {
    "call_back": ("note",),
    "classify": ("sort", "reason", "days"),
    "answer": ("answer",),
    "dispute": ("reason",),
}


def load_ratings(hall: Hall) -> int:
    """Serve and hear everybody of `ratings.toml`; returns how many. One transaction: a disk waits once."""
    rows: list[dict[str, Any]] = tomllib.loads(FILE.read_text("utf-8"))["ratings"]
    with transaction.atomic():
        for number in sorted({row["window"] for row in rows}):
            _at_window(hall, number, [row for row in rows if row["window"] == number])
    return len(rows)


def _at_window(hall: Hall, number: int, rows: list[dict[str, Any]]) -> None:
    """The window's own clerk opens it, serves them one after the other, and closes it again."""
    seat = Window.objects.get(hall=hall, number=number)
    service = seat.takes.filter(rank=0).order_by("id")[0].service
    clerk = person(User.objects.get(hall=hall, username=f"clerk{number:02d}"), f"window:{number}")
    for verb in (windows.sit, windows.open_window):
        verb(hall.pk, clerk, new_key(), window=number)
    for row in rows:
        taken = tickets.issue(hall.pk, KIOSK, new_key(), service=service.code, source="demo")
        for verb in (calling.call_next, calling.start, calling.finish):
            verb(hall.pk, clerk, new_key(), window=number)
        if "level" in row:
            _rated(hall, Rating.objects.get(ticket=taken["ticket"]), taken["token"], row)
    windows.leave(hall.pk, clerk, new_key(), window=number)


def _rated(hall: Hall, rating: Rating, token: str, row: dict[str, Any]) -> None:
    """What was said, and if it was bad, what was done about it so far."""
    said = {name: row[name] for name in SAID if name in row}
    rate_own(hall.pk, CITIZEN, new_key(), token=token, rating=rating.pk, level=row["level"], **said)
    until = row.get("until", "")
    manager = person(User.objects.get(hall=hall, username="manager"), "ratings")
    way = USUAL[: USUAL.index(until) + 1] if until in USUAL else (until,) if until else ()
    for verb in way:
        case = RatingCase.objects.get(rating=rating)
        words = {name: row[name] for name in WORDS.get(verb, ()) if name in row}
        move_rating_case(hall.pk, manager, new_key(), case=case.pk, verb=verb, **words)
