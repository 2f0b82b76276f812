"""Ratings (好差评): given once by who was served, never by who served."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from hallqueue.actions.cases.concern_words import keep_person, long_text, nameless
from hallqueue.actions.cases.rating_cases import follow_up, open_case
from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.line.tickets import LINK, plain_text
from hallqueue.errors import Refused
from hallqueue.models import Hall, Rating, RatingRules, Ticket
from hallqueue.pad_turns import GRACE, LOOKED_BACK, turns_of
from hallqueue.rating_reasons import CURRENT, reasons_for
from hallqueue.sealing import short_code

MOST_REASONS, LONGEST = 6, 500
SLIPS = 100  # a number comes back every day: so many days' slips are tried
CODE_DIGITS = 6


@command
def rate_own(
    c: Command,
    *,
    token: str,
    rating: int,
    level: int,
    reasons: Sequence[str] = (),
    comment: str = "",
    name: str = "",
    phone: str = "",
) -> Answer:
    """By the ticket's own link. Raises Refused: unknown_rating, rated_already, rating_over, bad_input, bad_phone."""
    found = _one(c, rating, ticket__token=token)
    keep_person(found, name, phone)
    return _give(c, found, Rating.Channel.TICKET, level, reasons, comment)


@command
def rate_at_pad(c: Command, *, window: int, rating: int, level: int, reasons: Sequence[str] = ()) -> Answer:
    """On the window's pad, by the person who was just served there. Raises Refused: as `rate_own`."""
    found = _one(c, rating, window__number=window)
    if found.level is None and not _is_asked_at_pad(c, found):
        raise Refused("pad_over")
    return _give(c, found, Rating.Channel.PAD, level, reasons)


@command
def rate_at_kiosk(
    c: Command, *, slip: str, code: str, rating: int, level: int, reasons: Sequence[str] = ()
) -> Answer:
    """At a kiosk, with the slip in hand: number and code, or link. Raises Refused: rating_slip, as `rate_own`."""
    found = _one(c, rating, ticket=with_slip(c.hall, slip, code))
    return _give(c, found, Rating.Channel.KIOSK, level, reasons)


@command
def rate_elsewhere(
    c: Command,
    *,
    channel: str,
    label: str,
    on: str,
    service: str = "",
    level: int,
    reasons: Sequence[str] = (),
    comment: str = "",
    name: str = "",
    phone: str = "",
) -> Answer:
    """Another channel passes on what a citizen said there (12345, 短信 …).

    The ticket by its number and day (ISO), the service by its code where there were several. Machines alone may.
    Raises Refused: not_allowed, and as `rate_own`.
    """
    if not (c.by.is_machine and c.by.may_manage):
        raise Refused("not_allowed", 403)
    if channel not in Rating.FROM_ELSEWHERE:
        raise Refused("bad_input", 400, detail="channel")
    rows = Rating.objects.filter(hall=c.hall, ticket__label=_label(label), ticket__business_date=_day(on))
    rows = rows.filter(service__code=plain_text(service, 120)) if service else rows
    found = rows.order_by("level", "position").filter(level=None).first() or rows.first()
    if found is None:
        raise Refused("unknown_rating", 404)
    fresh = _one(c, found.pk)
    keep_person(fresh, name, phone)
    return _give(c, fresh, channel, level, reasons, comment)


@command
def rate_again(c: Command, *, token: str, rating: int, level: int, comment: str = "") -> Answer:
    """追评: once, after the answer to a bad one; who is still not satisfied opens the case again.

    The first level stays as it was. Raises Refused: unknown_rating, bad_input, rated_already, rating_over.
    """
    found = _one(c, rating, ticket__token=token)
    if level not in Rating.Level.values:
        raise Refused("bad_input", 400, detail="level")
    if found.again_level is not None:
        raise Refused("rated_already")
    found.again_level, found.again_comment, found.again_at = level, _words(found, comment), c.now
    follow_up(c, found)
    found.save(update_fields=["again_level", "again_comment", "again_at"])
    return {"rating": found.pk, "level": level}


def with_slip(hall: Hall, slip: str, code: str) -> Ticket:
    """The ticket of a slip: by its number and code, or by the link read from it. Raises Refused("rating_slip")."""
    link = LINK.search(slip)
    rows = Ticket.objects.filter(hall=hall)
    if link is not None:
        held = rows.filter(token=link[1]).first()
    else:
        known = rows.filter(label=_label(slip)).order_by("-business_date")[:SLIPS]
        held = next((each for each in known if slip_code(each) == code.strip()), None)
    if held is None:
        raise Refused("rating_slip", 404)
    return held


def slip_code(ticket: Ticket) -> str:
    """The code on the slip: whoever holds it was served."""
    return short_code("rating", ticket.token, CODE_DIGITS)


def _one(c: Command, pk: int, **where: Any) -> Rating:
    """One that is given, by anybody but staff. Raises Refused: staff_never_rate, unknown_rating."""
    if c.by.user is not None:
        raise Refused("staff_never_rate", 403)
    rows = Rating.objects.filter(hall=c.hall, pk=pk, **where)
    found = rows.select_related("ticket", "service").first()
    if found is None:
        raise Refused("unknown_rating", 404)
    return found


def _is_asked_at_pad(c: Command, rating: Rating) -> bool:
    """Whether the window's pad asks about it still, or will when the one before is over."""
    seconds = RatingRules.of(c.hall).pad_seconds
    since = c.now - LOOKED_BACK * timedelta(seconds=seconds)
    asked = Rating.objects.filter(hall=c.hall, window=rating.window_id, asked_at__gte=since)
    turns = turns_of(asked, seconds)
    return any(rating in turn.ratings and c.now <= turn.until + GRACE for turn in turns)


def _give(
    c: Command, rating: Rating, channel: str, level: int, reasons: Sequence[str], comment: str = ""
) -> Answer:
    """Once, and in time; a bad one becomes a case at once."""
    if rating.level is not None:
        raise Refused("rated_already")
    if c.business_date > rating.last_day(RatingRules.of(c.hall)):
        raise Refused("rating_over")
    if level not in Rating.Level.values:
        raise Refused("bad_input", 400, detail="level")
    rating.level, rating.reasons, rating.reason_version = level, _ticked(level, reasons), CURRENT
    rating.channel, rating.comment, rating.rated_at = channel, _words(rating, comment), c.now
    rating.keeps_words = bool(rating.comment or rating.name_sealed or rating.phone_sealed or rating.is_bad)
    rating.save()
    about: dict[str, Any] = {
        "about_service": rating.service_id,
        "about_department": rating.service.department_id,
    }
    c.log.record("rating.given", rating=rating.pk, level=level, channel=channel, **about)
    if rating.is_bad:
        open_case(c, rating)
    return {"rating": rating.pk, "level": level}


def _words(rating: Rating, typed: str) -> str:
    """What was written, without the numbers and the name of whoever rated: those are kept sealed."""
    return nameless(long_text(typed, LONGEST), rating)


def _ticked(level: int, reasons: Sequence[str]) -> list[str]:
    """The codes in the order of their set; raises Refused("bad_input")."""
    offered = reasons_for(level)
    if len(set(reasons)) > MOST_REASONS or not set(reasons) <= set(offered):
        raise Refused("bad_input", 409, detail="reasons")
    return [code for code in offered if code in reasons]


def _label(label: str) -> str:
    return plain_text(label, 20).replace(" ", "").upper()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("bad_input", 400, detail="on") from None
