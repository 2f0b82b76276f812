"""One's own password: whoever was given one changes it here, without asking an administrator."""

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from hallqueue.actions.command import person
from hallqueue.actions.entering import change_password, note_wrong_try, refuse_locked
from hallqueue.errors import Refused
from hallqueue.models import User
from hallqueue.password_age import is_given, is_last, is_overdue
from hallqueue.problems import sentence_of
from hallqueue.web.access import STAFF, HallRequest, allowed
from hallqueue.web.pages import language_of, page
from hallqueue.web.reading import safe_next

LONGEST = 1000
DJANGO_SPEAKS = {"en": "en"}


@allowed(*STAFF)
@require_http_methods(["GET", "POST"])
def password(request: HallRequest) -> HttpResponse:
    """The form, and changing the password; other sessions of the person end with it."""
    user, lang = request.viewer.user, language_of(request)
    assert user is not None
    due = "given" if is_given(user) else "overdue" if is_overdue(user, timezone.now()) else ""
    shown = {"due": due, "days": settings.PASSWORD_DAYS, "next": safe_next(request)}
    if request.method != "POST":
        return page(request, "hallqueue/password.html", shown)
    try:
        new = _wished(request, user, DJANGO_SPEAKS.get(lang, "zh-hans"))
    except Refused as refusal:
        errors = {"errors": [sentence_of(refusal, lang)]}
        return page(request, "hallqueue/password.html", shown | errors, status=refusal.status)
    except ValidationError as error:
        return page(request, "hallqueue/password.html", shown | {"errors": error.messages}, status=400)
    change_password(user, new)
    update_session_auth_hash(request, user)
    return page(request, "hallqueue/password.html", shown | {"changed": True})


def _wished(request: HttpRequest, user: User, lang: str) -> str:
    """The new password. Raises Refused, and ValidationError with what is wrong with it in Django's `lang`."""
    old, new, again = (request.POST.get(name, "") for name in ("old", "new", "again"))
    if settings.DEMO:
        raise Refused("password_of_demo")
    refuse_locked(user, "sign_in_locked")
    if len(old) > LONGEST or not user.check_password(old):
        note_wrong_try(user, person(user, "door"))
        raise Refused("password_wrong", 403)
    if new != again:
        raise Refused("password_not_twice", 400)
    if len(new) > LONGEST:
        raise Refused("text_too_long", 400, limit=LONGEST)
    if is_last(user, new):
        raise Refused("password_last", 400)
    with override(lang):
        try:
            validate_password(new, user)
        except ValidationError as error:
            raise ValidationError([str(each) for each in error.messages]) from None
    return new


urls = [path("password/", password, name="password")]
