"""The pages of playlists: what plays where, when, in which order and for how long."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.urls import path
from django.views.decorators.http import require_http_methods

from displays.actions import playlists as verbs
from displays.models import Board, Playlist
from displays.pages.forms import Context, answered, saying, whole, whole_numbers
from displays.pages.notices import drafted, first_day, last_day
from hallqueue.actions.command import new_key
from hallqueue.errors import Refused
from hallqueue.hours import written
from hallqueue.models import HANDS, Notice, Window
from hallqueue.web.access import HallRequest, allowed
from hallqueue.web.pages import page

USUAL_SECONDS = 12


@allowed(*HANDS)
@require_http_methods(["GET", "POST"])
def new_playlist(request: HallRequest, hall: str) -> HttpResponse:
    """A playlist that does not exist yet."""
    return _write(request, None)


@allowed(*HANDS)
@require_http_methods(["GET", "POST"])
def one_playlist(request: HallRequest, hall: str, playlist: int) -> HttpResponse:
    """Change a playlist."""
    row = Playlist.objects.filter(hall=request.hall, pk=playlist).first()
    if row is None:
        raise Refused("unknown_playlist", 404)
    return _write(request, row)


def _write(request: HallRequest, row: Playlist | None) -> HttpResponse:
    said: HttpResponse | Context = {}
    typed = _told(row, request) if row else {"is_active": True, "entries": []}
    if request.method == "POST":
        typed = _typed(request.POST)
        said = answered(request, lambda: _keep(request, row, typed), f"/{request.hall.slug}/notices/")
    if isinstance(said, HttpResponse):
        return said
    context = {
        "row": row,
        "form": typed,
        "notices": _offered(request, typed),
        "boards": Board.objects.filter(hall=request.hall).order_by("name"),
        "zones": _zones(request),
        "weekdays": [(day, f"calendar.short.{day}") for day in range(7)],
        "limits": {"low": verbs.LEAST_SECONDS, "high": verbs.MOST_SECONDS},
        "key": new_key(),
        **said,
    }
    return page(request, "displays/playlist_form.html", context, status=said.get("status", 200))


def _zones(request: HallRequest) -> list[str]:
    found = Window.in_use(request.hall).exclude(zone="").order_by("zone")
    return list(found.values_list("zone", flat=True).distinct())


def _keep(request: HallRequest, row: Playlist | None, typed: dict[str, Any]) -> None:
    if request.POST.get("verb") == "remove" and row:
        verbs.remove(*saying(request), playlist=row.pk)
    else:
        verbs.write(*saying(request), playlist=row.pk if row else None, **typed)


def _told(row: Playlist, request: HallRequest) -> dict[str, Any]:
    zone = request.hall.local_zone
    return verbs.told(row) | {
        "hours": written(row.spans),
        "first_day": first_day(row, zone),
        "last_day": last_day(row, zone),
    }


def _typed(form: QueryDict) -> dict[str, Any]:
    """A form's playlist: each ticked notice comes with its place in the order and its seconds."""
    ticked = [whole(each) for each in form.getlist("notices")]
    places = {notice: whole(form.get(f"place{notice}") or "99") for notice in ticked}
    order = sorted(ticked, key=lambda notice: places[notice])
    return {
        "name": form.get("name", ""),
        "entries": [[notice, whole(form.get(f"seconds{notice}") or str(USUAL_SECONDS))] for notice in order],
        "is_active": form.get("is_active") == "1",
        "zones": form.getlist("zones"),
        "boards": whole_numbers(form.getlist("boards")),
        "weekdays": whole_numbers(form.getlist("weekdays")),
        **{name: form.get(name, "") for name in ("hours", "first_day", "last_day")},
    }


def _offered(request: HallRequest, typed: dict[str, Any]) -> list[Context]:
    """The notices that may be chosen, those of the playlist first and in its order."""
    chosen = {notice: (at, seconds) for at, (notice, seconds) in enumerate(typed["entries"])}
    offered = [each for each in drafted(request) if each.state != Notice.State.ENDED or each.pk in chosen]
    rows = [
        {
            "notice": each,
            "place": chosen[each.pk][0] + 1 if each.pk in chosen else "",
            "seconds": chosen[each.pk][1] if each.pk in chosen else max(USUAL_SECONDS, each.seconds),
        }
        for each in offered
    ]
    return sorted(rows, key=lambda row: (row["place"] == "", row["place"] or 0))


urls = [
    path("<slug:hall>/playlists/new/", new_playlist, name="playlist-new"),
    path("<slug:hall>/playlists/<int:playlist>/", one_playlist, name="playlist"),
]
