"""The wall (您反映、我们改): a public page of what people told the hall and what it did."""

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET

from hallqueue.project_reports.wall import wall_of
from hallqueue.transactions import one_read
from hallqueue.web.access import ANYONE, HallRequest, allowed
from hallqueue.web.pages import page


@allowed(ANYONE)
@require_GET
def wall(request: HallRequest, hall: str) -> HttpResponse:
    """Everything published, the newest first; no personal data."""
    with one_read():
        said = wall_of(request.hall)
    return page(request, "hallqueue/wall.html", {"said": said})


urls: list[URLPattern] = [path("<slug:hall>/wall/", wall, name="wall")]
