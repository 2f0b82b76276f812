"""Who came in and who was turned away: wrong tries are counted and locked, and are lines of the log."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from hallqueue.actions.command import Actor, Answer, Command, command, new_key, person
from hallqueue.actions.people import person_changed
from hallqueue.counting import count, forget, is_first
from hallqueue.errors import Refused
from hallqueue.models import Hall, User

TRIES, CODE_TRIES, LOCK = 5, 10, timedelta(minutes=15)
"""Wrong passwords, and wrong codes of a signed-in manager, in a row; then the person is locked for so long."""
STRANGER = Actor("stranger", screen="door")
"""Whoever typed a name or password that is not right."""
_UNKNOWN, _TOLD = "unknown-names-tried", "unknown-names-told"


@command
def note_at_the_door(c: Command, *, what: str, user: int | None = None, tries: int = 1) -> Answer:
    """Note that somebody came in, was refused or locked out (`what`: entered, refused, locked, left)."""
    if what == "left":  # open pages of theirs are checked at once
        c.log.record("person.changed", user=user, what="signed out")
    else:
        c.log.record(f"person.{what}", user=user, tries=tries)
    return {"what": what}


def note_wrong_try(user: User, by: Actor = STRANGER, most: int = TRIES) -> None:
    """Count a wrong password or code; `most` of them lock the person. Kept even when a command is refused."""
    with transaction.atomic():  # tries at the same moment must each count
        counted = User.objects.select_for_update().get(pk=user.pk)
        counted.wrong_tries = tries = counted.wrong_tries + 1
        if tries >= most:
            counted.wrong_tries, counted.locked_until = 0, timezone.now() + LOCK
        counted.save(update_fields=["wrong_tries", "locked_until"])
    _tell(user, by, "locked" if tries >= most else "refused", tries)


def note_unknown_name() -> None:
    """Somebody tried a name that nobody has: one line a minute at most says how many tries there were since the last.

    The name itself is not kept: people type passwords there.
    """
    tries = count(_UNKNOWN, None)
    if is_first(_TOLD, 60):
        forget(_UNKNOWN)
        for hall in halls_of(None):
            note_at_the_door(hall, STRANGER, new_key(), what="refused", tries=tries)


def halls_of(user: User | None) -> list[int]:
    """The halls (ids) a person may enter: their own; all of them for one of no hall, and for whoever nobody knows."""
    if user is not None and user.hall_id is not None:
        return [user.hall_id]
    return list(Hall.objects.order_by("pk").values_list("pk", flat=True))


def welcome(user: User, screen: str = "door") -> None:
    """A right password ends the count of wrong ones."""
    if user.wrong_tries:
        User.objects.filter(pk=user.pk).update(wrong_tries=0)
    _tell(user, person(user, screen), "entered")


def change_password(user: User, new: str) -> None:
    """Somebody gave themselves another password: in the log, and their open pages elsewhere are checked at once."""
    user.set_password(new)
    user.password_given = False
    user.save(update_fields=["password", "password_before", "password_set_at", "password_given"])
    for hall in halls_of(user):
        person_changed(
            hall, person(user, "door"), new_key(), user=user.pk, what="changed", fields=["password"]
        )


def goodbye(user: User) -> None:
    """Somebody signed out."""
    _tell(user, person(user, "door"), "left")


def refuse_locked(user: User, code: str) -> None:
    """Raises Refused(code) with the minutes left while the person is locked."""
    if user.locked_until is not None and user.locked_until > timezone.now():
        left = (user.locked_until - timezone.now()).total_seconds()
        raise Refused(code, 429, minutes=int(left // 60) + 1)


def _tell(user: User, by: Actor, what: str, tries: int = 1) -> None:
    """In the log of every hall the person may enter."""
    for hall in halls_of(user):
        note_at_the_door(hall, by, new_key(), what=what, user=user.pk, tries=tries)
