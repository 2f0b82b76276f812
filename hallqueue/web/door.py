"""The start page, signing in and out, and how pages are dressed (language, theme, size)."""

from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hallqueue.actions.entering import (
    LOCK,
    TRIES,
    goodbye,
    note_unknown_name,
    note_wrong_try,
    refuse_locked,
    welcome,
)
from hallqueue.counting import count
from hallqueue.errors import Refused
from hallqueue.models import Hall, Role, User
from hallqueue.problems import sentence_of
from hallqueue.sealing import keyed_hash
from hallqueue.texts import LANGUAGES, text
from hallqueue.web.access import ANYONE, STAFF, HallRequest, allowed
from hallqueue.web.demo import demo_context
from hallqueue.web.limits import address_of, few_wrong, refuse_more
from hallqueue.web.pages import (
    LANGUAGE_COOKIE,
    THEME_COOKIE,
    THEMES,
    VIEW_COOKIE,
    VIEWS,
    language_of,
    page,
)
from hallqueue.web.places import home_of, places_of
from hallqueue.web.reading import safe_next

A_YEAR = 365 * 24 * 3600
LONGEST_NAME, LONGEST_PASSWORD = 150, 1000
MOST_WRONG = 100
"""Wrong tries from one address in a quarter of an hour, whatever the names: a hall behind one address types wrong less
often, who tries one password on every name more often."""
CHOICES = (
    (LANGUAGE_COOKIE, "lang", LANGUAGES),
    (THEME_COOKIE, "theme", THEMES),
    (VIEW_COOKIE, "view", VIEWS),
)


@allowed(ANYONE, *STAFF)
@require_GET
def start(request: HallRequest) -> HttpResponse:
    """Whoever comes finds the way: staff to their pages, a newcomer of the demo hall to every screen."""
    what = {f"what_{lang}": text("door.what", lang) for lang in ("zh", "en")}
    user, demo = request.viewer.user, demo_context()
    halls = _halls_of(user)
    public = [demo["demo_hall"]] if demo else [each["hall"] for each in halls]
    may_begin = user is not None and user.role == Role.ADMINISTRATOR and not (user.hall_id or halls)
    context = {"halls": halls, "public": public, "may_begin": may_begin, **what, **demo}
    return page(request, "hallqueue/start.html", context)


@allowed(ANYONE)
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in form, and signing in."""
    context = {"next": safe_next(request), "username": request.POST.get("username", "")[:LONGEST_NAME]}
    if request.method != "POST":
        return page(request, "hallqueue/sign_in.html", context)
    try:
        user = _recognise(request)
    except Refused as refusal:
        context["error"] = sentence_of(refusal, language_of(request))
        return page(request, "hallqueue/sign_in.html", context, status=refusal.status)
    login(request, user)
    return redirect(context["next"] or home_of(user))


@allowed(ANYONE)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, and close what other tabs still look at with it."""
    user = request.user
    logout(request)
    if isinstance(user, User):
        goodbye(user)
    return redirect("/")


@allowed(ANYONE)
@require_POST
def dress(request: HttpRequest) -> HttpResponse:
    """Choose the language, the theme or the size of this browser's pages."""
    answer = redirect(safe_next(request) or "/")
    for cookie, field, choices in CHOICES:
        if (wish := request.POST.get(field, "")) in choices:
            answer.set_cookie(
                cookie, wish, max_age=A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
            )
    return answer


def _halls_of(user: User | None) -> list[dict[str, Any]]:
    """The person's hall, or all halls for one who belongs to none, each with the pages they may open."""
    if user is None:
        return []
    halls = Hall.objects.filter(pk=user.hall_id) if user.hall_id else Hall.objects.order_by("name")
    return [{"hall": hall, "places": places_of(user, hall)} for hall in halls]


def _recognise(request: HttpRequest) -> User:
    """The person with this name and password. Raises Refused: sign_in_wrong, sign_in_locked, too_often.

    A name that nobody has is hashed, counted and locked like any other: the door does not tell them apart.
    """
    most = {f"door-{address_of(request)}": MOST_WRONG}
    # Refused before a password is hashed, which takes a page's thread.
    with few_wrong(most, int(LOCK.total_seconds()), "too_often"):
        return _known_by(request)


def _known_by(request: HttpRequest) -> User:
    name = request.POST.get("username", "").replace("\0", "")[:LONGEST_NAME]
    password = request.POST.get("password", "")
    found = authenticate(
        request, username=name, password=password if len(password) <= LONGEST_PASSWORD else ""
    )
    known = User.objects.filter(username=name).first()
    if known is None:
        _count_unknown(name)
        raise Refused("sign_in_wrong", 401)
    refuse_locked(known, "sign_in_locked")
    if not isinstance(found, User):
        note_wrong_try(known)
        raise Refused("sign_in_wrong", 401)
    welcome(found)
    return found


def _count_unknown(name: str) -> None:
    """Count a try with a name that nobody has; raises Refused("sign_in_locked") as for a real one.

    People type passwords there: where tries are counted nobody who reads it may find the name by guessing.
    """
    key = f"unknown-{keyed_hash('unknown name', name)}"
    refuse_more(key, TRIES, "sign_in_locked", minutes=int(LOCK.total_seconds() // 60))
    count(key, int(LOCK.total_seconds()), is_renewed=True)
    note_unknown_name()


urls = [
    path("", start, name="start"),
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-out/", sign_out, name="sign-out"),
    path("dress/", dress, name="dress"),
]
