"""How much a request may bring to which address, and what must be so before a large body may come at all."""

import shutil
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.urls import Resolver404, resolve

from hallqueue.errors import Refused
from hallqueue.pages import LARGEST_BODY, MOST_AT_ONCE

View = TypeVar("View", bound=Callable[..., Any])

FORM = 1024 * 1024
"""Bytes of a form's other fields, and of what stands between them."""
ROOM_KEPT = 512 * 1024 * 1024
"""Bytes of the disk that no large body may take: the hall goes on writing."""
COPIES = 3
"""How often a large file lies on the disk until its command is done: the body, the file in it, the one that is kept."""


def takes(most: int) -> Callable[[View], View]:
    """Say of a view that a file of `most` bytes may be sent to it; every other takes LARGEST_BODY in all."""

    def mark(view: View) -> View:
        view.takes = most  # type: ignore[attr-defined]
        return view

    return mark


def most_of(raw_path: bytes) -> int:
    """How many bytes a body for an address, as the request line names it, may have."""
    path = unquote_to_bytes(raw_path.partition(b"?")[0]).decode("utf-8", "replace")
    try:
        view = resolve(path).func
    except Resolver404:
        return LARGEST_BODY
    return max(LARGEST_BODY, getattr(view, "takes", 0) + FORM)


def check_room(view: Any, length: int) -> None:
    """Raises Refused (too_large, disk_full): such a body would come in vain."""
    most = getattr(view, "takes", 0)
    if length > max(LARGEST_BODY, most + FORM):
        raise Refused("too_large", 413, limit=in_mb(max(LARGEST_BODY, most)))
    free = shutil.disk_usage(settings.DATA).free
    if length > LARGEST_BODY and free < MOST_AT_ONCE * COPIES * length + ROOM_KEPT:
        raise Refused("disk_full", 507)


def in_mb(size: int) -> str:
    """As it is said to people."""
    return f"{size // 2**20} MB"
