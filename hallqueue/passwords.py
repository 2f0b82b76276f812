"""What a password must be besides long and uncommon, as those who assess public systems ask."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language

from hallqueue.texts import DEFAULT_LANGUAGE, text

LEAST_KINDS = 3


class KindsValidator:
    """Three kinds of signs at least, out of small letters, capitals, digits and others."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        if kinds_in(password) < LEAST_KINDS:
            raise ValidationError(self.get_help_text(), code="password_of_too_few_kinds")

    def get_help_text(self) -> str:
        """In the language Django speaks just now."""
        return text("errors.password_kinds", "en" if get_language() == "en" else DEFAULT_LANGUAGE)


def kinds_in(password: str) -> int:
    """How many of the four kinds of signs there are; Chinese characters are among the others."""
    return len({_kind_of(sign) for sign in password})


def _kind_of(sign: str) -> str:
    if sign.isdecimal():
        return "digit"
    return "small" if sign.islower() else "capital" if sign.isupper() else "other"
