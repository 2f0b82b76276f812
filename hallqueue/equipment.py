"""Everything that stands in a hall and runs: paired screens and kiosks here; printers, cards and others add theirs."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from hallqueue.models import Call, Device, Hall, Presence
from hallqueue.texts import text

OK, WARNING, AWAY, FAULT, NEVER, OFF = "ok", "warning", "away", "fault", "never", "off"
"""States of a piece: works; works, but look after it; not connected; cannot work; never seen; switched off."""


class Piece(NamedTuple):
    """One thing that stands somewhere.

    `subject` is `device:5`, `card:3` or `printer:1`; `shows` what can be read on it now, line by line; `picture` and
    `page` are addresses (a picture of it now, the page where it is tested and set up), `device` the id of a paired
    browser, which can be revoked or replaced.
    """

    kind: str
    subject: str
    name: str
    place: str = ""
    state: str = OK
    condition: str = ""
    seen_at: datetime | None = None
    shows: tuple[str, ...] = ()
    picture: str = ""
    page: str = ""
    device: int | None = None


Provider = Callable[[Hall, str], Iterable[Piece]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Add what `provider(hall, language)` knows to the list of everything."""
    _providers.append(provider)


def pieces_of(hall: Hall, lang: str) -> list[Piece]:
    """Everything, the paired browsers first, in the order in which each kind names its own."""
    return [piece for provider in (paired, *_providers) for piece in provider(hall, lang)]


def paired(hall: Hall, lang: str) -> Iterable[Piece]:
    """Kiosks, boards and window screens: connected or not, and what each shows."""
    seen = {each.subject: each for each in Presence.objects.filter(hall=hall, subject__startswith="device:")}
    living = Device.objects.filter(hall=hall, revoked_at=None).select_related("window")
    for device in living.order_by("kind", "name", "id"):
        yield _piece(hall, device, seen.get(f"device:{device.pk}"), lang)


def _piece(hall: Hall, device: Device, presence: Presence | None, lang: str) -> Piece:
    window = device.window
    state = _state(presence)
    return Piece(
        kind=device.kind,
        subject=f"device:{device.pk}",
        name=device.name,
        place=text("pairing.window_number", lang, number=window.number) if window else device.zone,
        state=state,
        condition=text(f"pairing.state.{state}", lang),
        seen_at=presence.seen_at if presence else None,
        shows=_shown(hall, device, presence, lang) if presence else (),
        page=_page(hall, device),
        device=device.pk,
    )


def _state(presence: Presence | None) -> str:
    if presence is None:
        return NEVER
    return OK if presence.is_here(timezone.now()) else AWAY


def _shown(hall: Hall, device: Device, presence: Presence, lang: str) -> tuple[str, ...]:
    """The last call a board or a screen shows, or showed when cut off; of a kiosk, whether it gives out numbers."""
    now = timezone.now()
    here = presence.is_here(now)
    if device.kind == Device.Kind.KIOSK and here:
        return (text("pairing.kiosk_open" if hall.is_open else "pairing.kiosk_closed", lang),)
    if device.kind in (Device.Kind.KIOSK, Device.Kind.PAD):
        return ()  # a kiosk that is gone tells nothing; whom a pad asks, and what they say, is nobody's to see
    until = now if here else presence.seen_at
    calls = Call.objects.filter(hall=hall, business_date=hall.business_date(until), said_at__lte=until)
    if device.kind == Device.Kind.SCREEN:
        calls = calls.filter(window=device.window, ended_at=None)
    elif device.zone:
        calls = calls.filter(window__zone=device.zone)
    last = calls.exclude(outcome="undone").select_related("ticket", "window").order_by("-said_seq").first()
    if last is None:
        return (text("pairing.no_call", lang),)
    return last.ticket.label, text("pairing.window_number", lang, number=last.window.number)


def _page(hall: Hall, device: Device) -> str:
    number = device.window.number if device.window else None
    if device.kind == Device.Kind.PAD:
        return ""
    return f"/{hall.slug}/screen/{number}/" if number else f"/{hall.slug}/{device.kind}/"
