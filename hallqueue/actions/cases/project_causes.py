"""What a project grows from: concerns, findings and bad ratings of one root cause; each is in one project at a time."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Model, QuerySet

from hallqueue.actions.cases.project_words import Effect, Said
from hallqueue.actions.command import Command
from hallqueue.errors import Refused
from hallqueue.models import Concern, Finding, Project, ProjectLink, RatingCase

MOST = 200


class Source(NamedTuple):
    """One kind of case: its rows, and the name of its key in ProjectLink."""

    rows: type[Model]
    key: str


SOURCES = {
    "concerns": Source(Concern, "concern"),
    "findings": Source(Finding, "finding"),
    "ratings": Source(RatingCase, "rating"),
}
"""By the field of `Said` that names them."""


def link(c: Command, project: Project, said: Said) -> Effect:
    """More cases for a project. Raises Refused: cases_required, unknown_case, other_cause, case_in_project."""
    labels = join(c, project, {name: getattr(said, name) for name in SOURCES})
    if not labels:
        raise Refused("cases_required")
    return {}, {"cases": labels}


def join(c: Command, project: Project, wanted: dict[str, list[int]]) -> str:
    """Link every case named in `wanted`; returns their numbers."""
    labels: list[str] = []
    for name, source in SOURCES.items():
        for case in _cases(c, source, wanted.get(name, ())):
            _check(project, source, case)
            ProjectLink.objects.create(hall=c.hall, project=project, linked_at=c.now, **{source.key: case})
            labels.append(case.label)
    if project.links.filter(struck_at=None).count() > MOST:
        raise Refused("too_many_cases", limit=MOST)
    return "、".join(labels)


def unlink(c: Command, project: Project, said: Said) -> Effect:
    """A case that does not belong to it after all; the link stays, struck."""
    found = project.links.filter(pk=said.link, struck_at=None).first()
    if found is None:
        raise Refused("unknown_case", 404)
    found.struck_at = c.now
    found.save(update_fields=["struck_at"])
    return {}, {"cases": found.case.label, "reason": said.reason}


def free(hall_id: int, name: str) -> QuerySet[Any]:
    """The cases of a kind that stand in no project, newest first."""
    source = SOURCES[name]
    taken = _standing().filter(hall=hall_id).exclude(**{source.key: None}).values(source.key)
    return source.rows._default_manager.filter(hall=hall_id).exclude(pk__in=taken).order_by("-id")


def _cases(c: Command, source: Source, wanted: Iterable[int]) -> list[Any]:
    keys = set(wanted)
    found = list(source.rows._default_manager.filter(hall=c.hall, pk__in=keys).order_by("id"))
    if len(found) != len(keys):
        raise Refused("unknown_case", 404)
    return found


def _check(project: Project, source: Source, case: Any) -> None:
    """One root cause, one project. A finding, a rating, and a concern not yet answered, have no cause of their own."""
    cause = getattr(case, "cause", None)
    if cause is not None and cause != project.cause:
        raise Refused("other_cause", number=case.label, cause=cause.name)
    other = _standing().filter(**{source.key: case}).select_related("project").first()
    if other is not None:
        raise Refused("case_in_project", number=case.label, project=other.project.label)


def _standing() -> QuerySet[ProjectLink]:
    """Links that hold: not struck, and of a project that was not withdrawn."""
    return ProjectLink.objects.filter(struck_at=None).exclude(project__state=Project.State.WITHDRAWN)
