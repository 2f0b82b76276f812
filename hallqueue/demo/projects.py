"""The demo hall's projects, each said step by step through the same actions as a real one."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from hallqueue.actions.cases.projects import move_project, open_project
from hallqueue.actions.command import Actor, new_key
from hallqueue.models import Concern, Finding, Hall, User

FILE = Path(__file__).with_name("projects.toml")
WORDS = ("kind", "title", "problem", "aim", "cause", "department")
MANAGER, OTHER = "manager", "manager2"
CLAIMS_FOR = 12
"""Days for which the posted problem may still be claimed."""


def load_projects(hall: Hall) -> int:
    """Open and move every project of `projects.toml`; returns how many. One transaction: a disk waits once."""
    rows: list[dict[str, Any]] = tomllib.loads(FILE.read_text("utf-8"))["projects"]
    people = {user.username: user for user in User.objects.filter(hall=hall)}
    actors = {name: Actor(f"user:{user.pk}", user.role, user) for name, user in people.items()}
    with transaction.atomic():
        for row in rows:
            _Loading(hall, actors, row).load()
    return len(rows)


class _Loading:
    """One project on its way."""

    def __init__(self, hall: Hall, actors: dict[str, Actor], row: dict[str, Any]) -> None:
        self.hall, self.actors, self.row = hall, actors, row
        self.today = hall.business_date(timezone.now())
        self.project = 0

    def load(self) -> None:
        """Everything of it, in order."""
        self.project = self._open()
        if self.row["until"] == "claims":
            self._post()
            return
        team = {name: self.row[name] for name in ("team", "leader", "members")}
        self._say("start", **team)
        self._work()
        if "heard" in self.row:
            self._say("word", self.row["leader"], heard=self.row["heard"], did=self.row["did"])
            self._say("publish", OTHER)
        if self.row["until"] == "accept":
            self._say("deliver", self.row["leader"], note=self.row["result"])
            self._say("accept", note=self.row["verdict"])

    def _open(self) -> int:
        row = self.row
        steps = {kind: [self._day(begins), self._day(ends)] for kind, (begins, ends) in row["steps"].items()}
        said = {name: row[name] for name in WORDS}
        said |= {"concerns": self._cases(Concern, "failed"), "findings": self._cases(Finding, "note")}
        opened = open_project(self.hall.pk, self.actors[MANAGER], new_key(), steps=steps, **said)
        found: int = opened["project"]
        return found

    def _post(self) -> None:
        self._say("post", terms=self.row["terms"], ends_on=self._day(CLAIMS_FOR))
        for claim in self.row["claims"]:
            self._say("claim", claim["leader"], **claim)

    def _work(self) -> None:
        """The first step done, the entries in the order of their days, then what else is done."""
        finished = dict(self.row.get("finished", {}))
        if "take_up" in finished:
            self._say("finish", self.row["leader"], step="take_up", note=finished.pop("take_up"))
        for step, ago, words in self.row["entries"]:
            self._say("note", self.row["leader"], step=step, on=self._day(-ago), note=words)
        for step, words in finished.items():
            self._say("finish", self.row["leader"], step=step, note=words)

    def _say(self, verb: str, by: str = MANAGER, /, **said: Any) -> None:
        move_project(self.hall.pk, self.actors[by], new_key(), project=self.project, verb=verb, **said)

    def _day(self, offset: int) -> str:
        return (self.today + timedelta(days=offset)).isoformat()

    def _cases(self, kind: Any, words: str) -> list[int]:
        begins = self.row.get("concerns" if kind is Concern else "findings", ())
        found = [kind.objects.get(hall=self.hall, **{f"{words}__startswith": each}) for each in begins]
        return [case.pk for case in found]
