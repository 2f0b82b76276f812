"""Who comes in at /api/v1: a bearer token names the client, its role decides; refusals leave as problems."""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.security import HttpBearer

from hallqueue.actions.command import Actor
from hallqueue.actions.people import hashed
from hallqueue.api.rights import RIGHTS
from hallqueue.errors import Refused
from hallqueue.models import Hall, Wording
from hallqueue.pages import LARGEST_COMMAND
from hallqueue.problems import problem, sentence_of
from hallqueue.statements import again, rows
from hallqueue.texts import DEFAULT_LANGUAGE, LANGUAGES, use_words

_LIVING = """SELECT one."id", one."role", two."id", two."epoch", two."setup_seq"
    FROM "hallqueue_apiclient" one JOIN "hallqueue_hall" two ON two."id" = one."hall_id"
    WHERE one."token_hash" = %s AND one."revoked_at" IS NULL"""

_halls: dict[int, Hall] = {}
"""The hall of a client as it was last read."""


class Client(NamedTuple):
    """A living client, and its hall, whose `seq`, `link` and `moved_at` may be old."""

    pk: int
    role: str
    hall: Hall


def _living(token_hash: str) -> Client | None:
    """The client that has this token and is not revoked.

    Every command comes through here, so the hall's fifty columns are read only when its set-up has changed.
    """
    found = rows(_LIVING, token_hash)
    if not found:
        return None
    ((pk, role, hall_id, *head),) = found
    hall = _halls.get(hall_id)
    if hall is None or [hall.epoch, hall.setup_seq] != head:
        hall = _halls[hall_id] = Hall.objects.get(pk=hall_id)
    return Client(pk, role, again(hall))


class Bearer(HttpBearer):
    """Authorization: Bearer <token>; only the token's hash is kept."""

    def authenticate(self, request: HttpRequest, token: str) -> Client | None:
        """The living client of that token."""
        client = _living(hashed(token))
        if client is not None:
            use_words(Wording.overlay(client.hall))
        return client


class JsonBody(Parser):
    """A small JSON body, said to be one."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body's value; raises Refused, ValueError, RecursionError."""
        if request.content_type != "application/json":
            raise Refused("bad_input", 400, detail="Content-Type: application/json")
        if len(request.body) > LARGEST_COMMAND:
            raise Refused("too_large", 413, limit="64 KB")
        return super().parse_body(request)


def entered(request: HttpRequest, operation: str, slug: str) -> tuple[Hall, Actor]:
    """The client's hall and the client as one who acts; raises Refused: hall_unknown, not_allowed."""
    client: Client = request.auth  # type: ignore[attr-defined]
    if client.hall.slug != slug:
        raise Refused("hall_unknown", 404)
    if client.role not in RIGHTS[operation]:
        raise Refused("not_allowed", 403)
    return client.hall, Actor(f"client:{client.pk}", client.role, screen="api")


def answer_refusals(api: NinjaAPI) -> None:
    """Make every refusal of `api` a problem in the client's language."""
    answers: dict[type[Exception], Callable[[Any], Refused]] = {
        Refused: lambda refusal: refusal,
        ValidationError: _invalid,
        AuthenticationError: lambda error: Refused("token_needed", 401),
        HttpError: _unreadable,
        RequestDataTooBig: lambda error: Refused("too_large", 413, limit="64 KB"),
        OperationalError: lambda error: Refused("server_busy", 503),
        InterfaceError: lambda error: Refused("server_busy", 503),
    }
    for kind, refusal_of in answers.items():
        api.add_exception_handler(kind, functools.partial(_answer, refusal_of))


def _answer(refusal_of: Callable[[Any], Refused], request: HttpRequest, error: Exception) -> HttpResponse:
    refusal = refusal_of(error)
    answer = problem(refusal, sentence_of(refusal, language_of(request)))
    if refusal.status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    if refusal.status == 503:
        answer["Retry-After"] = "2"
    return answer


def language_of(request: HttpRequest) -> str:
    """The first known language of Accept-Language, else Chinese."""
    for wish in request.headers.get("Accept-Language", "").lower().split(","):
        language = wish.split(";")[0].strip()[:2]
        if language in LANGUAGES:
            return language
    return DEFAULT_LANGUAGE


def _invalid(error: ValidationError) -> Refused:
    """The first thing that is wrong, by name."""
    first = error.errors[0]
    parts = (part for part in reversed(first["loc"]) if isinstance(part, str))
    name = next((part for part in parts if part.replace("-", "_").isidentifier()), "")
    if first["loc"][0] == "header":
        return Refused("bad_key", 400)
    if first["type"] == "string_too_long":
        return Refused("text_too_long", 400, limit=first["ctx"]["max_length"])
    return Refused("bad_input", 400, detail=name[:60])


def _unreadable(error: HttpError) -> Refused:
    """A body that is no JSON; or what `JsonBody` said of it."""
    return (
        error.__cause__ if isinstance(error.__cause__, Refused) else Refused("bad_input", 400, detail="JSON")
    )
