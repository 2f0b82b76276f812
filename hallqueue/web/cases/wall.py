"""The wall (您反映、我们改): a public page of what people told the hall and what it did; the kiosk shows it too."""

from django.http import HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET

from hallqueue.reporting.projects.wall import wall_of
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


@allowed(ANYONE)
@require_GET
def pieces(request: HallRequest, hall: str) -> HttpResponse:
    """The same as JSON: `pieces`, each as `Said`."""
    with one_read():
        said = wall_of(request.hall)
    answer = JsonResponse({"pieces": [each._asdict() for each in said]})
    answer["Cache-Control"] = "no-store"
    return answer


urls: list[URLPattern] = [
    path("<slug:hall>/wall/", wall, name="wall"),
    path("<slug:hall>/wall/pieces.json", pieces, name="wall-pieces"),
]
