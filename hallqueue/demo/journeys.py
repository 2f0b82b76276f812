"""The journeys of the demo hall, through the action that a real hall sets them up with."""

import tomllib
from pathlib import Path

from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.house.fallback_policy import set_policy
from hallqueue.actions.line.journeys import set_journey
from hallqueue.models import Hall

FILE = Path(__file__).with_name("journeys.toml")


def load_journeys(hall: Hall) -> None:
    """Make the journeys of journeys.toml."""
    for row in tomllib.loads(FILE.read_text("utf-8"))["journey"]:
        names = {"name": row["name"], "name_en": row["en"], "name_mn": row["mn"]}
        more = {"stages": row["stages"], "returns": row.get("returns", False)}
        set_journey(hall.pk, THE_HALL, new_key(), code=row["code"], **names, **more)


def load_fallback(hall: Hall, series: str) -> None:
    """The fallback rules of the demo hall: an hour of waiting is enough, and nobody needs to know what to ask for."""
    set_policy(hall.pk, THE_HALL, new_key(), wait_minutes=60, transfers=3, unknown_series=series)
