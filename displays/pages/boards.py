"""Where boards are laid out: the list of boards, the choices of one, and its live preview."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import HttpResponse, JsonResponse, QueryDict
from django.urls import path
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods

from displays.actions import boards as verbs
from displays.digits import reach_of
from displays.example import CROWDS, example_frame, example_screen
from displays.models import Board
from displays.pages.forms import Context, answered, saying, whole, whole_numbers
from displays.pages.glass import display
from displays.programme import MAIN, programme_on
from hallqueue.actions.command import new_key
from hallqueue.errors import Refused
from hallqueue.models import HANDS, Device, Hall, Window
from hallqueue.problems import sentence_of
from hallqueue.texts import text
from hallqueue.topics.reading import Reading
from hallqueue.transactions import one_read
from hallqueue.web.access import HallRequest, allowed
from hallqueue.web.pages import language_of, page

FRAMED = {"frame-ancestors": [SELF]}


@allowed(*HANDS)
@require_GET
def boards(request: HallRequest, hall: str) -> HttpResponse:
    """All layouts, and the paired boards and window screens that have none of their own."""
    rows = list(Board.objects.filter(hall=request.hall).select_related("device").order_by("name"))
    own = {row.device_id for row in rows}
    paired = Device.objects.filter(hall=request.hall, kind__in=verbs.DISPLAYS, revoked_at=None)
    context = {
        "rows": rows,
        "unarranged": [device for device in paired.order_by("kind", "name") if device.pk not in own],
        "window": Window.in_use(request.hall).values_list("number", flat=True).first(),
        "done": request.GET.get("done"),
    }
    return page(request, "displays/boards.html", context)


@allowed(*HANDS)
@require_http_methods(["GET", "POST"])
def new_board(request: HallRequest, hall: str) -> HttpResponse:
    """The choices of a board that has none yet: a new layout, or a paired board (`?device=`)."""
    device = whole(request.GET["device"]) if request.GET.get("device") else None
    found = Device.objects.filter(hall=request.hall, pk=device).first() if device is not None else None
    start = verbs.first_choices(found) if found else Board(hall=request.hall)
    return _arrange(request, start, {"device": device})


@allowed(*HANDS)
@require_http_methods(["GET", "POST"])
def one_board(request: HallRequest, hall: str, board: int) -> HttpResponse:
    """The choices of a board."""
    row = Board.objects.filter(hall=request.hall, pk=board).select_related("device").first()
    if row is None:
        raise Refused("unknown_board", 404)
    return _arrange(request, row, {"board": board})


def _arrange(request: HallRequest, row: Board, which: dict[str, Any]) -> HttpResponse:
    said: HttpResponse | Context = {"done": request.GET.get("done")}
    typed = verbs.told(row)
    if request.method == "POST":
        typed = choices_of(request.POST)
        back = f"/{request.hall.slug}/setup/boards/"
        said = answered(request, lambda: _act(request, which, typed), back)
    if isinstance(said, HttpResponse):
        return said
    windows = list(Window.in_use(request.hall).order_by("number"))
    context = {
        "row": row,
        "form": typed,
        "choices": _choices(),
        "zones": sorted({window.zone for window in windows if window.zone}),
        "windows": windows,
        "crowds": CROWDS,
        "key": new_key(),
        **said,
    }
    return page(request, "displays/board_form.html", context, status=said.get("status", 200))


def _act(request: HallRequest, which: dict[str, Any], typed: dict[str, Any]) -> None:
    if request.POST.get("verb") == "remove":
        verbs.remove(*saying(request), board=which.get("board", 0))
    else:
        verbs.lay_out(*saying(request), **which, **typed)


def _choices() -> dict[str, list[tuple[Any, str]]]:
    """What may be chosen, with the key of its text."""
    return {
        name: [(value, f"boards.{name}.{value}") for value in values]
        for name, values in verbs.CHOICES.items()
    }


def choices_of(form: QueryDict) -> dict[str, Any]:
    """A form's choices as plain values; nonsense becomes what no rule accepts."""
    return {
        "name": form.get("name", ""),
        **{name: form.get(name, "") for name in ("main", "side", "dress", "glass", "night")},
        "turn": whole(form.get("turn", "0")),
        "mongolian": form.get("mongolian") == "1",
        "is_default": form.get("is_default") == "1",
        "zones": form.getlist("zones"),
        "windows": whole_numbers(form.getlist("windows")),
        "interlude": whole(form.get("interlude") or "0"),
        "glass_mm": whole(form.get("glass_mm", "")) if form.get("glass_mm") else None,
        "farthest_m": _metres(form.get("farthest_m", "")) if form.get("farthest_m") else None,
    }


def _metres(typed: str) -> float:
    whole_part, _, tenth = typed.replace("．", ".").partition(".")
    return whole(whole_part) + (whole(tenth) / 10 if len(tenth) == 1 else -1000 if tenth else 0)


def _tried(request: HallRequest) -> Board:
    """The board that unsaved choices make; raises Refused as saving would."""
    form = request.GET.copy()
    form["name"] = form.get("name") or text("boards.unnamed", language_of(request))
    board = Board(hall=request.hall, **verbs.checked(request.hall, choices_of(form)))
    board.pk = whole(form.get("board", "")) if form.get("board") else None
    return board


@xframe_options_sameorigin
@csp_replace(FRAMED)  # type: ignore[arg-type]
@allowed(*HANDS)
@require_GET
def preview(request: HallRequest, hall: str) -> HttpResponse:
    """The very page of a board under choices that are not saved yet, with example data (`?crowd=`)."""
    try:
        board = _tried(request)
    except Refused as refusal:
        return page(
            request, "displays/preview_refused.html", {"sentence": sentence_of(refusal, language_of(request))}
        )
    crowd = request.GET.get("crowd", "few")
    with one_read():
        reading = Reading(Hall.objects.get(pk=request.hall.pk))
        example = example_screen if board.is_screen else example_frame
        frame = example(reading, board, crowd if crowd in CROWDS else "few")
        programme = programme_on(reading, board)
    more = {"programme": programme, "layout": programme["layout"], "example": frame}
    if board.is_screen:
        window = frame["window"]
        return display(
            request, "displays/screen.html", f"screen:{hall}:{window['number']}", window=window, **more
        )
    return display(
        request, "displays/board.html", f"board:{hall}:{MAIN}", zone="、".join(board.zones), **more
    )


@allowed(*HANDS)
@require_GET
def reach(request: HallRequest, hall: str) -> HttpResponse:
    """From how far the numbers of unsaved choices are read: {sentence, reached}."""
    lang = language_of(request)
    try:
        board = _tried(request)
        shown = {each.zone for each in Window.in_use(request.hall) if board.shows(each)}
        found = reach_of(board, len(shown) or 1)
    except Refused as refusal:
        return JsonResponse({"sentence": sentence_of(refusal, lang), "reached": False})
    if found is None:
        return JsonResponse({"sentence": text("boards.reach.unknown", lang), "reached": True})
    figures = {
        "wanted": round(found.wanted_mm),
        "largest": round(found.largest_mm),
        "metres": f"{found.largest_m:.1f}",
    }
    key = "boards.reach.reached" if found.is_reached else "boards.reach.too_far"
    return JsonResponse({"sentence": text(key, lang, **figures), "reached": found.is_reached})


urls = [
    path("<slug:hall>/setup/boards/", boards, name="setup-boards"),
    path("<slug:hall>/setup/boards/new/", new_board, name="setup-board-new"),
    path("<slug:hall>/setup/boards/reach.json", reach, name="setup-board-reach"),
    path("<slug:hall>/setup/boards/<int:board>/", one_board, name="setup-board"),
    path("<slug:hall>/board/preview/", preview, name="board-preview"),
]
