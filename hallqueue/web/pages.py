"""What every page shares: its language, its template context, and the JSON it hands to its script."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone

from hallqueue.cases.asking import asking
from hallqueue.models import Hall, Wording
from hallqueue.password_age import days_left
from hallqueue.texts import DEFAULT_LANGUAGE, HTML_LANGUAGES, LANGUAGES, texts_of, use_words
from hallqueue.web.places import places_of, section_of

LANGUAGE_COOKIE, THEME_COOKIE, VIEW_COOKIE = "hq_lang", "hq_theme", "hq_view"
THEMES = ("light", "dark", "contrast")
VIEWS = ("normal", "elder")
IN_THE_BAR = {"seven": 7, "four": 4}
"""How many places stand in the bar of a desk's glass; in English, whose words are longer, there are fewer."""


def language_of(request: HttpRequest) -> str:
    """The page's language: `?lang=`, then the cookie, then Chinese."""
    for wish in (request.GET.get("lang"), request.COOKIES.get(LANGUAGE_COOKIE)):
        if wish in LANGUAGES and (wish != "mn" or scripts_of(request)["shown"] == "on"):
            return wish
    return DEFAULT_LANGUAGE


def scripts_of(request: HttpRequest) -> dict[str, Any]:
    """How Mongolian stands beside Chinese on this page: `shown`, `side`, `size` in per cent, `first`.

    One setting of the hall; a screen may do without.
    """
    hall: Hall = getattr(request, "hall", None) or Hall()
    viewer = getattr(request, "viewer", None)
    devices = viewer.devices.values() if viewer else ()
    switched_off = any(not device.shows_mongolian for device in devices if device.hall_id == hall.pk)
    return {
        "shown": "off" if switched_off or not hall.mn_shown else "on",
        "side": hall.mn_side,
        "size": hall.mn_size,
        "first": "zh" if hall.chinese_first else "mn",
    }


def come_in(request: HttpRequest, hall: Hall) -> None:
    """Say which hall a page belongs to that learns it from a ticket: its words and its scripts hold from here."""
    request.hall = hall  # type: ignore[attr-defined]
    use_words(Wording.overlay(hall))


def page_context(request: HttpRequest) -> dict[str, Any]:
    """In every template: `lang`, `html_lang`, `theme`, `view`, `hall`, `viewer`, `places`, `section`, `asking`,
    `asking_behind` (what asks behind “more”), `password_days` (until the own is due, None while it is not
    soon), `build`, `demo`."""
    lang, hall, viewer = (
        language_of(request),
        getattr(request, "hall", None),
        getattr(request, "viewer", None),
    )
    theme, view = request.COOKIES.get(THEME_COOKIE, ""), request.COOKIES.get(VIEW_COOKIE, "")
    user = viewer.user if viewer else None
    places = places_of(user, hall) if hall and user else []
    if hall and user:
        asks = asking(hall, user, {each.name for each in places})
        places = [replace(each, asks=asks.get(each.name, 0)) for each in places]
    return {
        "lang": lang,
        "html_lang": HTML_LANGUAGES[lang],
        "theme": theme if theme in THEMES else THEMES[0],
        "view": view if view in VIEWS else VIEWS[0],
        "hall": hall,
        "viewer": viewer,
        "places": places,
        "section": section_of(request.path, places, hall) if hall else "",
        "asking": sum(each.asks for each in places),
        "asking_behind": {
            name: sum(each.asks for each in places[seen:]) for name, seen in IN_THE_BAR.items()
        },
        "password_days": days_left(user, timezone.now()) if user else None,
        "scripts": scripts_of(request),
        "build": settings.BUILD,
        "demo": settings.DEMO,
    }


def page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render a whole page; it is never kept by caches."""
    get_token(request)  # so that the page's script can post
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def page_data(request: HttpRequest, *rooms: str, **data: Any) -> dict[str, Any]:
    """What a page's script starts from (JSON in #page-data): texts of its rooms, build, hall and its
    time zone, `data`."""
    lang = language_of(request)
    texts: dict[str, str] = {}
    for room in rooms:
        texts |= texts_of(room, lang)
    hall = getattr(request, "hall", None)
    place = {"hall": hall.slug, "time_zone": hall.time_zone} if hall else {"hall": ""}
    place["words"] = Wording.version(hall) if hall else ""
    return {"build": settings.BUILD, "lang": lang, "texts": texts, **place, **data}
