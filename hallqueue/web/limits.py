"""How often something may be tried: counted in the memory of this process, by address or by what is tried."""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from hallqueue.errors import Refused


def address_of(request: HttpRequest) -> str:
    """Where the browser is: behind a proxy that is believed, what it says last, else all would share its address.

    What stands before that anybody may have written; without a proxy the whole header is the client's own.
    """
    told = request.headers.get("X-Forwarded-For", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return told.rpartition(",")[2].strip()[:45] or request.META.get("REMOTE_ADDR", "")


def count(key: str, seconds: int) -> int:
    """One more; how many there were since the first, which is forgotten after `seconds`."""
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key)
    except ValueError:  # forgotten just now
        cache.set(key, 1, seconds)
        return 1


def refuse_more(key: str, most: int, code: str, **params: str | int) -> None:
    """Raises Refused(code) with `params` once `most` were counted."""
    if cache.get(key, 0) >= most:
        raise Refused(code, 429, **params)
