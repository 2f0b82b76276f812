"""Projects of the small hall: opened, said, and refused in one line each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from hallqueue.actions.cases import projects
from hallqueue.actions.cases.concerns import move_concern, raise_concern
from hallqueue.actions.command import Answer, new_key
from hallqueue.errors import Refused
from hallqueue.models import Concern, Project
from hallqueue.texts import has_text
from tests.hall import SmallHall

WORDS: dict[str, Any] = {
    "title": "变更登记少跑一趟",
    "problem": "材料退回四次，每次理由不同",
    "aim": "材料不超过三份，一次办结",
    "cause": "材料要求不清",
}
TEAM: dict[str, Any] = {
    "team": "党员攻坚队",
    "leader": "small-clerk1",
    "members": ["small-clerk2"],
    "plan": "逐项核对",
}


def opened(small: SmallHall, kind: str = "tackle", by: str = "manager", **said: Any) -> Project:
    answer = projects.open_project(small.hall.pk, small.actor(by), new_key(), kind=kind, **(WORDS | said))
    return Project.objects.get(pk=answer["project"])


def running(small: SmallHall, kind: str = "tackle") -> Project:
    project = opened(small, kind)
    say(small, project, "start", **TEAM)
    return project


def say(small: SmallHall, project: Project, verb: str, by: str = "manager", **said: Any) -> Answer:
    answer: Answer = projects.move_project(
        small.hall.pk, small.actor(by), new_key(), project=project.pk, verb=verb, **said
    )
    project.refresh_from_db()
    return answer


def code_of(small: SmallHall, project: Project, verb: str, by: str = "manager", **said: Any) -> str:
    with pytest.raises(Refused) as refusal:
        say(small, project, verb, by, **said)
    assert has_text(f"errors.{refusal.value.code}")
    return refusal.value.code


def settled(small: SmallHall, cause: str = "材料要求不清") -> Concern:
    """A concern that was answered, with its root cause."""
    ask = {"service": "invoice", "kind": "refused", "channel": "window", "failed": "材料退回", "tries": 2}
    by = small.actor("manager")
    raised = raise_concern(small.hall.pk, by, new_key(), **ask)["concern"]
    for verb, said in (
        ("accept", {}),
        ("classify", {"kind": "refused", "grade": "ordinary"}),
        ("resolve", {"answer": "已受理", "cause": cause}),
    ):
        move_concern(small.hall.pk, by, new_key(), concern=raised, verb=verb, **said)
    return Concern.objects.get(pk=raised)


def day(small: SmallHall, offset: int) -> str:
    """A day of the hall, so many from today."""
    return str(small.hall.business_date(timezone.now()) + timedelta(days=offset))
