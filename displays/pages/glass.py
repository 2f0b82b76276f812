"""The pages of the hall's displays, and the sounds of its calls."""

from pathlib import Path
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET

from displays.programme import MAIN, Boards, name_for, programme_of, programme_on
from displays.spoken import CHIME, last_phrase, made_before, trial_phrase, voice_of
from displays.voice.errors import VoiceError
from displays.voice.phrases import Phrase
from hallqueue.errors import Refused
from hallqueue.models import Device, Hall, Window
from hallqueue.texts import DEFAULT_LANGUAGE, HTML_LANGUAGES, texts_of
from hallqueue.topics.reading import Reading
from hallqueue.transactions import one_read
from hallqueue.web.access import STAFF, HallRequest, allowed
from hallqueue.web.pages import THEMES, page, page_data

BOARD, SCREEN = Device.Kind.BOARD.value, Device.Kind.SCREEN.value
A_DAY = 86400
OFFLINE_WORKER = Path(__file__).parent.parent / "static" / "displays" / "offline_worker.js"


@allowed(BOARD, *STAFF)
@require_GET
def board(request: HallRequest, hall: str) -> HttpResponse:
    """The board of the hall, of one zone (`?zone=`) or layout (`?board=`), or what its device was given."""
    programme = _programme(request)
    topic, layout = programme["topic"], programme["layout"]
    zone = "、".join(layout["zones"])
    return display(request, "displays/board.html", topic, programme=programme, layout=layout, zone=zone)


@allowed(BOARD, *STAFF)
@require_GET
def programme(request: HallRequest, hall: str) -> HttpResponse:
    """What a board asks for when its frame names a newer programme."""
    return JsonResponse(_programme(request), headers={"Cache-Control": "no-store"})


@allowed(BOARD, SCREEN, *STAFF)
@require_GET
def offline_worker(request: HallRequest, hall: str) -> HttpResponse:
    """The service worker that keeps a page and media; it stands where its scope begins."""
    answer = HttpResponse(OFFLINE_WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer


def _programme(request: HallRequest) -> dict[str, Any]:
    """The programme of the board that a page's address and device ask for; raises Http404."""
    wish = f"#{request.GET['board']}" if request.GET.get("board") else request.GET.get("zone", "")
    device = request.viewer.device(BOARD, request.hall)
    with one_read():
        reading = Reading(Hall.objects.get(pk=request.hall.pk))
        name = name_for(reading.hall, device, wish)
        found = programme_of(reading, name)
        zones = {window.zone for window in reading.windows}
    if found is None or not (name == MAIN or name.startswith("#") or name in zones):
        raise Http404("board")
    return {"topic": f"board:{reading.hall.slug}:{name}", **found}


@allowed(SCREEN, *STAFF)
@require_GET
def screen(request: HallRequest, hall: str, number: int) -> HttpResponse:
    """The screen above one window, laid out as its device or `?board=` says; a paired screen is led to its own."""
    device = request.viewer.device(SCREEN, request.hall)
    if device and device.window and device.window.number != number:
        return redirect("screen", hall=hall, number=device.window.number)
    window, programme = _above(request, number, device)
    more = {"window": window, "programme": programme, "layout": programme["layout"]}
    return display(request, "displays/screen.html", programme["topic"], **more)


@allowed(SCREEN, *STAFF)
@require_GET
def screen_programme(request: HallRequest, hall: str, number: int) -> HttpResponse:
    """What a window screen asks for when its frame names a newer programme."""
    device = request.viewer.device(SCREEN, request.hall)
    return JsonResponse(_above(request, number, device)[1], headers={"Cache-Control": "no-store"})


def _above(request: HallRequest, number: int, device: Device | None) -> tuple[Window, dict[str, Any]]:
    """A window and the programme of the screen above it; raises Refused, Http404."""
    with one_read():
        reading = Reading(Hall.objects.get(pk=request.hall.pk))
        window = reading.window(str(number))
        if window is None:
            raise Refused("unknown_window", 404)
        layout = Boards.of(reading.hall).of_screen(window, device, request.GET.get("board", ""))
        if layout is None:
            raise Http404("board")
        programme = programme_on(reading, layout)
    return window, {"topic": f"screen:{reading.hall.slug}:{number}", **programme}


@allowed(BOARD, SCREEN, *STAFF)
@require_GET
def sound(request: HallRequest, hall: str, key: str) -> HttpResponse:
    """The WAV of one of the hall's last calls, by the key that its frame carries."""
    phrase = last_phrase(request.hall, key)
    if phrase is not None:
        return _spoken(request, phrase)
    kept = made_before(request.hall, key)
    if kept is None:
        raise Http404("sound")
    return _wav(kept)


@allowed(BOARD, SCREEN, *STAFF)
@require_GET
def trial(request: HallRequest, hall: str) -> HttpResponse:
    """A call that nobody made, as the hall's settings say it now."""
    answer = _spoken(request, trial_phrase(voice_of(request.hall)))
    answer["Cache-Control"] = "no-store"
    return answer


@allowed(BOARD, SCREEN, *STAFF)
@require_GET
def chime(request: HallRequest, hall: str) -> HttpResponse:
    """The chime alone, to try whether a board can be heard."""
    return _wav(CHIME.read_bytes())


def _spoken(request: HallRequest, phrase: Phrase) -> HttpResponse:
    try:
        return _wav(voice_of(request.hall).speech.wav_for(phrase))
    except VoiceError as error:
        raise Refused("server_failed", 503) from error


def _wav(content: bytes) -> HttpResponse:
    answer = HttpResponse(content, content_type="audio/wav")
    answer["Cache-Control"] = f"private, max-age={A_DAY}"
    return answer


def display(request: HallRequest, template: str, topic: str, *more: str, **context: Any) -> HttpResponse:
    """A public page that looks at one topic, with the texts of boards, the wall and `more`; `?theme=` dresses it.

    A `programme` is handed to its script.
    """
    rooms, device = ("board", "wall", *more), request.viewer.device(BOARD, request.hall)
    data = page_data(
        request,
        *rooms,
        topic=topic,
        now=timezone.now().isoformat(),
        device=device.pk if device else 0,
        mn=texts_of("board", "mn"),
        programme=context.pop("programme", None),
        example=context.pop("example", None),
        theme=request.GET.get("theme", ""),
    )
    return page(request, template, {"data": data, **context, **_dress(request, data, rooms)})


def _dress(request: HallRequest, data: dict[str, Any], rooms: tuple[str, ...]) -> dict[str, str]:
    """Theme and language; Mongolian stands in columns beside the Chinese, since it cannot lie in the lines."""
    theme = request.GET.get("theme")
    dress = {"theme": theme} if theme in THEMES else {}
    if data["lang"] == "mn":
        chinese = {key: text for room in rooms for key, text in texts_of(room).items()}
        data.update(lang=DEFAULT_LANGUAGE, texts=chinese)
        dress |= {"lang": DEFAULT_LANGUAGE, "html_lang": HTML_LANGUAGES[DEFAULT_LANGUAGE]}
    return dress


urls = [
    path("<slug:hall>/board/", board, name="board"),
    path("<slug:hall>/board/programme.json", programme, name="board-programme"),
    path("<slug:hall>/board/worker.js", offline_worker, name="board-worker"),
    path("<slug:hall>/screen/<int:number>/", screen, name="screen"),
    path("<slug:hall>/screen/<int:number>/programme.json", screen_programme, name="screen-programme"),
    path("<slug:hall>/screen/worker.js", offline_worker, name="screen-worker"),
    path("<slug:hall>/sound/chime.wav", chime, name="chime"),
    path("<slug:hall>/sound/trial.wav", trial, name="sound-trial"),
    path("<slug:hall>/sound/<str:key>.wav", sound, name="sound"),
]
