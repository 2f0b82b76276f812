"""When a password must be changed: one that somebody else chose, and one that grew too old."""

import math
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password

from hallqueue.models import User

NOTICE_DAYS = 7
"""So many days before it is due a change is spoken of on every page of theirs."""


def is_given(user: User) -> bool:
    """Whether somebody else chose this password: it opens nothing but the page that changes it."""
    return user.password_given and not settings.DEMO


def is_overdue(user: User, now: datetime) -> bool:
    """Whether the password is older than the installation allows."""
    ends = _ends_at(user)
    return ends is not None and now >= ends


def change_first(user: User, now: datetime) -> str:
    """Why they open nothing but the page that changes the password: `given`, `overdue`, or "".

    Who signed in while it was still good has somebody at the window, and goes on until that session ends.
    """
    if is_given(user):
        return "given"
    ends = _ends_at(user)
    came_late = ends is not None and (user.last_login is None or user.last_login >= ends)
    return "overdue" if came_late and is_overdue(user, now) else ""


def days_left(user: User, now: datetime) -> int | None:
    """In how many days a change is due, today's rest counted whole; None while there is no need to speak of it."""
    ends = _ends_at(user)
    if ends is None or not now < ends <= now + timedelta(days=NOTICE_DAYS):
        return None
    return math.ceil((ends - now) / timedelta(days=1))


def is_last(user: User, password: str) -> bool:
    """Whether it is the password they have, or had before it."""
    return any(known and check_password(password, known) for known in (user.password, user.password_before))


def _ends_at(user: User) -> datetime | None:
    if not settings.PASSWORD_DAYS or settings.DEMO or not user.has_usable_password():
        return None
    return user.password_set_at + timedelta(days=settings.PASSWORD_DAYS)
