"""A refusal as people and machines read it: a sentence in their language, and RFC 9457 problem details."""

from typing import Any

from django.http import JsonResponse

from hallqueue.errors import Refused
from hallqueue.texts import has_text, text


def sentence_of(refusal: Refused, lang: str) -> str:
    """The sentence for a refusal; words for a state or verb are put in."""
    params = {name: _word(name, value, lang) for name, value in refusal.params.items()}
    return text(f"errors.{refusal.code}", lang, **params)


def problem(refusal: Refused, sentence: str) -> JsonResponse:
    """RFC 9457 problem details, readable as they come in a terminal or a log."""
    body = {
        "type": f"urn:hallqueue:{refusal.code}",
        "title": sentence,
        "status": refusal.status,
        "code": refusal.code,
        "params": refusal.params,
    }
    return JsonResponse(
        body,
        status=refusal.status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )


def _word(name: str, value: Any, lang: str) -> Any:
    keys = (f"words.{name}.{value}", f"errors.{name}.{value}")
    return next((text(key, lang) for key in keys if has_text(key)), value)
