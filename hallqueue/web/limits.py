"""How often something may be tried: by address, or by what is tried."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest

from hallqueue.counting import count, counted
from hallqueue.errors import Refused


def address_of(request: HttpRequest) -> str:
    """Where the browser is: behind a proxy that is believed, what it says last, else all would share its address.

    What stands before that anybody may have written; without a proxy the whole header is the client's own.
    """
    told = request.headers.get("X-Forwarded-For", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return told.rpartition(",")[2].strip()[:45] or request.META.get("REMOTE_ADDR", "")


def refuse_more(key: str, most: int, code: str, **params: str | int) -> None:
    """Raises Refused(code) with `params` once `most` were counted."""
    if counted(key) >= most:
        raise Refused(code, 429, **params)


@contextmanager
def few_wrong(
    most: Mapping[str, int], seconds: int, often: str, *, wrong: str = "", **params: str | int
) -> Iterator[None]:
    """Around something that may be tried, and go wrong so often within `seconds` as `most` says of each key.

    Wrong is a refusal of that code, or any. Raises Refused(often) with `params` once one of them went wrong so often.
    """
    for key, limit in most.items():
        refuse_more(key, limit, often, **params)
    try:
        yield
    except Refused as refusal:
        if not wrong or refusal.code == wrong:
            for key in most:
                count(key, seconds)
        raise
