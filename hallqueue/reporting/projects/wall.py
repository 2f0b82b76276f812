"""The wall (您反映、我们改): what people told the hall and what it did, as it was published; no personal data."""

from datetime import date
from typing import NamedTuple

from hallqueue.models import Hall, Project

MOST = 40


class Said(NamedTuple):
    """One piece of the wall; `on` is the day it was published, `is_done` whether the change was accepted."""

    project: int
    heard: str
    heard_mn: str
    did: str
    did_mn: str
    department: str
    department_mn: str
    department_en: str
    is_done: bool
    on: date


def wall_of(hall: Hall, most: int = MOST) -> list[Said]:
    """What stands on the wall, the newest first."""
    found = Project.objects.filter(hall=hall, state__in=Project.ON_WALL, published_at__isnull=False)
    rows = found.select_related("department").order_by("-published_at", "-id")[:most]
    return [_said(hall, project) for project in rows]


def _said(hall: Hall, project: Project) -> Said:
    department, published = project.department, project.published_at
    assert published is not None
    return Said(
        project=project.pk,
        heard=project.heard,
        heard_mn=project.heard_mn,
        did=project.did,
        did_mn=project.did_mn,
        department=department.name if department else "",
        department_mn=department.name_mn if department else "",
        department_en=department.name_en if department else "",
        is_done=project.state == Project.State.ACCEPTED,
        on=published.astimezone(hall.local_zone).date(),
    )
