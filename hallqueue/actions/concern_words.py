"""Typed text of a concern, as it may be stored."""

from hallqueue.actions.tickets import plain_text
from hallqueue.sealing import masked_inside


def long_text(text: str, limit: int) -> str:
    """Plain text on one line, phone and card numbers masked; raises Refused("text_too_long")."""
    return masked_inside(plain_text(" ".join(text.split()), limit))
