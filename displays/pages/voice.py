"""The set-up page of the voice: who speaks, how, when and where, and the hall's own clips."""

import shutil
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from displays.actions.voice import set_voice, take_pack
from displays.models import Voicing
from displays.models.voice import ENGINES
from displays.spoken import pack_folder, packs_folder
from displays.voice import mongolian
from displays.voice.clips import Clips
from displays.voice.errors import PackError
from displays.voice.hours import level_at
from displays.voice.packs import (
    LANGUAGES,
    MOST_BYTES,
    Fault,
    PackFileError,
    look_over,
    missing_in,
    store,
    unpacked,
)
from displays.voice.phrases import CHIME, VOCABULARY, file_name
from hallqueue.actions.command import new_key
from hallqueue.errors import Refused
from hallqueue.models import HANDS, Hall, Series, Window
from hallqueue.problems import sentence_of
from hallqueue.texts import text
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.pages import language_of, page
from hallqueue.web.reading import figure

NUMBERS = ("times", "recall_times", "words_per_minute", "volume", "queue_limit")
ROWS = 6
Context = dict[str, Any]


@allowed(*HANDS)
@require_http_methods(["GET", "POST"])
def voice(request: HallRequest, hall: str) -> HttpResponse:
    """Every setting of the voice; a mistake keeps what was typed."""
    said: Context = {"done": "done" in request.GET}
    if request.method == "POST":
        try:
            said = _taken(request)
        except Refused as refusal:
            said = {"sentence": sentence_of(refusal, language_of(request)), "status": 400}
        if not said:
            return redirect(f"{request.path}?done=1")
    request.hall.refresh_from_db()
    context = _rules(request) | {"packs": [_pack(request.hall, each) for each in LANGUAGES]}
    context |= {"key": new_key(), "megabytes": MOST_BYTES // (1024 * 1024)} | said
    return page(request, "displays/setup_voice.html", context, status=said.get("status", 200))


def _taken(request: HallRequest) -> Context:
    """Do what the form asks; nothing to say when it is done. Raises Refused."""
    say = (request.hall.pk, actor_of(request), request.POST.get("key", ""))
    language = request.POST.get("language", "")
    if "drop_pack" in request.POST:
        take_pack(*say, language=language, pack="")
    elif "take_pack" in request.POST:
        return _uploaded(request, language, say)
    else:
        set_voice(*say, fields=_typed(request))
    return {}


def _uploaded(request: HallRequest, language: str, say: tuple[Any, ...]) -> Context:
    """Look the pack over, keep it only if nothing is wrong with it, and let it speak from now on."""
    given, lang = request.FILES.get("pack"), language_of(request)
    if language not in LANGUAGES or not isinstance(given, UploadedFile):
        return {"sentence": text("voice.pack.choose", lang), "status": 400}
    try:
        report = look_over(unpacked(given.read()), language)
    except PackFileError as bad:
        return {"sentence": text(f"voice.pack.{bad.code}", lang, **bad.params), "status": 400}
    if report.faults:
        faults = [_fault(each, lang) for each in report.faults]
        return {
            "sentence": text("voice.pack.refused", lang, count=len(faults)),
            "faults": faults,
            "status": 400,
        }
    name = store(report, packs_folder(request.hall), made_by=str(request.viewer.user))
    take_pack(*say, language=language, pack=name)
    return {}


def _fault(fault: Fault, lang: str) -> tuple[str, str]:
    return fault.file, text(f"voice.pack.{fault.code}", lang, **fault.params)


def _typed(request: HttpRequest) -> dict[str, Any]:
    typed = request.POST
    ranks = {name: typed.get(f"engine-{name}", "") for name in ENGINES}
    zones = [name.removeprefix("zone-volume-") for name in typed if name.startswith("zone-volume-")]
    return {
        **{name: figure(typed.get(name, "")) for name in NUMBERS},
        "engines": sorted(
            (name for name, rank in ranks.items() if rank.isdecimal()), key=lambda name: ranks[name]
        ),
        "yao": "yao" in typed,
        "mongolian": "mongolian" in typed,
        "drop": typed.get("drop", ""),
        "periods": [period for row in range(ROWS) if (period := _period(request, row))],
        "zones": {
            zone: {"on": f"zone-on-{zone}" in typed, "volume": figure(typed.get(f"zone-volume-{zone}", ""))}
            for zone in zones
        },
    }


def _period(request: HttpRequest, row: int) -> list[Any] | None:
    begins, ends = (request.POST.get(f"{name}-{row}", "").strip() for name in ("from", "to"))
    if not begins and not ends:
        return None
    return [begins, ends, figure(request.POST.get(f"volume-{row}", ""))]


def _rules(request: HallRequest) -> Context:
    hall, rules = request.hall, Voicing.of(request.hall)
    shown = {name: getattr(rules, name) for name in (*NUMBERS, "yao", "mongolian", "drop", "periods")}
    engines, zones = list(rules.engines), {zone: rules.zone(zone) for zone in ["", *_zones(hall)]}
    if request.method == "POST" and "times" in request.POST:
        typed = _typed(request)
        shown |= {name: typed[name] for name in shown}
        engines, zones = typed["engines"], typed["zones"]
    periods = [*shown["periods"], *[["", "", 0]] * ROWS][: max(ROWS, len(shown["periods"]))]
    return {
        "rules": shown,
        "engines": [_engine(hall, name, engines) for name in ENGINES],
        "ranks": range(1, len(ENGINES) + 1),
        "periods": list(enumerate(periods)),
        "zones": zones.items(),
        "drops": Voicing.Drop.values,
        "level": level_at(rules.periods, timezone.now().astimezone(hall.local_zone).time()),
    }


def _engine(hall: Hall, name: str, order: list[str]) -> Context:
    """An engine with its place, and whether it can speak at all."""
    there = {
        "pack": pack_folder(hall, "zh") is not None,
        "espeak": shutil.which("espeak-ng") is not None,
        "command": bool(settings.ENVIRONMENT.voice_command),
        "browser": True,
    }
    rank = order.index(name) + 1 if name in order else 0
    return {"name": name, "rank": rank, "there": there[name]}


def _zones(hall: Hall) -> list[str]:
    return sorted({zone for zone in Window.in_use(hall).values_list("zone", flat=True) if zone})


def _pack(hall: Hall, language: str) -> Context:
    """The pack that speaks in a language: how many clips, which are missing, and whether it can be read."""
    found = Context(language=language, folder=None, files=_files(hall, language))
    folder = pack_folder(hall, language)
    if folder is None:
        return found | {"missing": _wanted(hall, ()) if language == "mn" else []}
    clips = Clips(folder)
    try:
        clips.check()
        names = clips.names
    except PackError as error:
        return found | {"folder": folder.name, "broken": str(error)}
    wanted = missing_in(dict.fromkeys(names)) if language == "zh" else _wanted(hall, clips.order)
    missing = [name for name in wanted if name not in names]
    return found | {"folder": folder.name, "clips": len(names), "missing": missing, "order": clips.order}


def _files(hall: Hall, language: str) -> list[tuple[str, str]]:
    """What an announcer records and under which names: what is said (of Mongolian the name says it), and the file."""
    if language == "zh":
        return [("" if unit is CHIME else name, file_name(unit)) for name, unit in VOCABULARY.items()]
    return [("", f"{name}.wav") for name in _wanted(hall, mongolian.WORDS)]


def _wanted(hall: Hall, order: tuple[str, ...]) -> list[str]:
    windows = Window.in_use(hall)
    letters = Series.objects.filter(hall=hall).values_list("letter", flat=True)
    ordinary = windows.filter(is_fallback=False).values_list("number", flat=True)
    return mongolian.wanted(order, letters, ordinary, fallback=windows.filter(is_fallback=True).exists())


urls: list[URLPattern] = [path("<slug:hall>/setup/voice/", voice, name="setup-voice")]
