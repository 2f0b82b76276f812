"""The door and the answers when something is refused: a sentence for people, a JSON problem for machines."""

import errno
import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict

from hallqueue.bodies import check_room
from hallqueue.errors import Refused
from hallqueue.pages import AHEAD, REFUSED, YES
from hallqueue.problems import problem, sentence_of
from hallqueue.texts import worded
from hallqueue.web.access import check_door
from hallqueue.web.pages import language_of, page
from hallqueue.web.reading import clean

log = logging.getLogger(__name__)

KNOWN = (Refused, OperationalError, InterfaceError, RequestDataTooBig, TooManyFieldsSent)

Respond = Callable[[HttpRequest], HttpResponseBase]


class RefusalMiddleware:
    """Checks the door before every view and turns refusals into answers."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, after its form was read: what hinders that is said behind the door."""
        _read_form(request)
        with worded({}):
            return self.respond(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        """Deny by default; what fails at the door is answered like what fails behind it."""
        try:
            _clean(request)
            return check_door(request, view, kwargs) or _without_a_body(request, view)
        except KNOWN as error:
            return self.process_exception(request, error)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Answer refusals and known outages; anything else is a bug and goes on to Django's own handling."""
        if isinstance(error, Refused):
            return refused(request, error)
        if isinstance(error, RequestDataTooBig | TooManyFieldsSent):
            return refused(request, Refused("too_large", 413, limit="1 MB"))
        if isinstance(error, OperationalError | InterfaceError):
            log.error("the database did not answer", exc_info=error)
            return refused(request, Refused("server_busy", 503))
        return None


def _read_form(request: HttpRequest) -> None:
    """Read what was posted, if it is a form. Of a request without its body no proof against forgery is asked: it goes
    no farther than the door.

    `X-Body-Ahead: BYTES` asks as if a body of so many bytes were to come, so that a page need not send it in vain.
    """
    ahead = request.headers.get("X-Body-Ahead", "")
    if request.method == "POST" and ahead.isascii() and ahead.isdecimal() and len(ahead) < 16:
        request.META[AHEAD] = int(ahead)
    if request.method == "POST" and request.content_type != "application/json":
        try:
            request.POST  # noqa: B018  (asking reads it)
        except (RequestDataTooBig, TooManyFieldsSent):
            _leave_body(request, "too_large", 413, limit="1 MB")
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise
            _leave_body(request, "disk_full", 507)
    if AHEAD in request.META or REFUSED in request.META:
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]


def _leave_body(request: HttpRequest, code: str, status: int, **params: str) -> None:
    request.META[REFUSED] = (code, status, params)
    request.POST = QueryDict()


def _why_no_body(request: HttpRequest) -> Refused | None:
    if REFUSED not in request.META:
        return None
    code, status, params = request.META[REFUSED]
    return Refused(code, status, **params)


def _without_a_body(request: HttpRequest, view: Any) -> HttpResponse | None:
    """The answer to a request whose body has not come yet, or was not to be kept; raises Refused."""
    if (refusal := _why_no_body(request)) is not None:
        raise refusal
    if AHEAD in request.META:
        check_room(view, request.META[AHEAD])
        return HttpResponse(status=YES)
    return None


def _clean(request: HttpRequest) -> None:
    """Whoever reads a field reads something that can be stored and looked for."""
    request.GET = clean(request.GET)  # type: ignore[assignment]
    if request.method == "POST" and request.content_type != "application/json":
        request.POST = clean(request.POST)  # type: ignore[assignment]


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """The answer for a refusal, in the person's language."""
    sentence = sentence_of(refusal, language_of(request))
    if wants_json(request):
        return problem(refusal, sentence)
    return page(
        request, "hallqueue/refused.html", {"sentence": sentence, "code": refusal.code}, status=refusal.status
    )


def wants_json(request: HttpRequest) -> bool:
    """Whether a script or a machine asks."""
    return "json" in request.headers.get("Accept", "") or request.path.startswith("/api/")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF refusal, in our words."""
    return refused(request, Refused("csrf", 403))


def not_found(request: HttpRequest, exception: Http404 | None = None) -> HttpResponse:
    """An address that leads nowhere; whoever sent too much there hears that."""
    if (refusal := _why_no_body(request)) is not None:
        return refused(request, refusal)
    return refused(request, Refused("page_unknown", 404))


def failed(request: HttpRequest) -> HttpResponse:
    """A bug: it is in the log with its traceback; the person gets a plain sentence."""
    return refused(request, Refused("server_failed", 500))
