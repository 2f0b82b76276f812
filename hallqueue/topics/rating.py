"""What citizens see of ratings: a window's pad after a matter is over, and each matter on the ticket's own page."""

from typing import Any

from hallqueue.models import Device, Rating, RatingCase, RatingRules, Ticket
from hallqueue.topics import Frame, Kind, register
from hallqueue.topics.reading import Reading, iso

TOLD = (RatingCase.State.ANSWERED, RatingCase.State.CLOSED)


def pad_frame(reading: Reading, name: str) -> Frame | None:
    """The pad of the window of that number: whoever was served there, each for the full time, whoever stands there now.

    `asked` are the matters in order; `turn` is the same for those of one person, and `until` says how long they stand,
    by the page's own watch: nothing that a clerk does takes them away sooner.
    """
    window = reading.window(name)
    if window is None:
        return None
    return {
        "window": {"number": window.number, "zone": window.zone, "state": window.state},
        "seconds": reading.catalogue.ratings.pad_seconds,
        "asked": [
            _row(reading, each) | {"turn": turn.ratings[0].pk, "until": iso(turn.until)}
            for turn in reading.asked_last.get(window.pk, [])
            for each in turn.ratings
        ],
    }


def ratings_of(reading: Reading, ticket: Ticket) -> list[dict[str, Any]]:
    """Each matter that was asked to be rated: what was said, what may be said, what was answered."""
    if not ticket.call_count:
        return []
    found = Rating.objects.filter(hall=reading.hall, ticket=ticket).select_related("ticket", "window", "case")
    return [_told(reading, each) for each in found.order_by("id")]


def _row(reading: Reading, rating: Rating) -> dict[str, Any]:
    service = reading.catalogue.services[rating.service_id]
    names = {"zh": service.name, "mn": service.name_mn, "en": service.name_en}
    return {
        "id": rating.pk,
        "label": rating.ticket.label,
        "service": names,
        "rated": rating.level is not None,
    }


def _told(reading: Reading, rating: Rating) -> dict[str, Any]:
    case: RatingCase | None = getattr(rating, "case", None)
    rules = reading.catalogue.ratings
    answered = case is not None and bool(case.answer) and case.state in TOLD
    return _row(reading, rating) | {
        "level": rating.level,
        "window": rating.window.number,
        "until": rating.last_day(rules).isoformat(),
        "may": _may(reading, rating, case, rules),
        "due_on": case.due_on.isoformat() if case and case.due_on and case.state in case.RUNNING else "",
        "answer": case.answer if case is not None and answered else "",
        "aside": not rating.counted,
        "again": rating.again_level,
    }


def _may(reading: Reading, rating: Rating, case: RatingCase | None, rules: RatingRules) -> str:
    """`rate`, `again` after the answer to a bad one, or nothing any more."""
    today = reading.business_date
    if rating.level is None:
        return "rate" if today <= rating.last_day(rules) else ""
    if case is None or case.answered_at is None or case.state not in TOLD or rating.again_level is not None:
        return ""
    return "again" if today <= rules.last_again(reading.hall.business_date(case.answered_at)) else ""


def _own_window(device: Device) -> str | None:
    return str(device.window.number) if device.window else ""


register(Kind("pad", (Device.Kind.PAD.value,), pad_frame, own_name=_own_window))
