"""Who does nothing for long is signed out, where the operator says so (HALLQUEUE_IDLE_MINUTES)."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponseBase

SINCE, SEEN = "since", "seen"
RENEWED = 60
"""Seconds that may pass before an act moves the end of the session again: not every press is worth a write."""


class IdleMiddleware:
    """Moves the end of a person's session with each act of theirs, up to the end that every session has."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; what a page asks for by itself is no act."""
        answer = self.respond(request)
        if settings.IDLE_MINUTES and _is_act(request) and SESSION_KEY in request.session:
            _renew(request)
        return answer


def _is_act(request: HttpRequest) -> bool:
    return request.method == "POST" or "text/html" in request.headers.get("Accept", "")


def _renew(request: HttpRequest) -> None:
    now, session = int(time.time()), request.session
    if now < session.get(SEEN, 0) + RENEWED:
        return
    session[SEEN] = now
    left = session.setdefault(SINCE, now) + settings.SESSION_COOKIE_AGE - now
    session.set_expiry(max(1, min(settings.IDLE_MINUTES * 60, left)))
