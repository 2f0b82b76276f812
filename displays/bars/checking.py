"""Whether a card's settings make sense: each that does not has its own sentence."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

from displays.cards.onbon_font import ANYONE
from displays.lines.addresses import BadAddressError, parse
from displays.lines.talks import PORTS, SHARES_A_LINE
from displays.models import Card
from hallqueue.actions.line.tickets import plain_text
from hallqueue.errors import Refused
from hallqueue.models import Hall, Window

STATIONS = {"onbon_font": ANYONE - 1, "eq": 999}
WIRES = {"huidu": ("tcp",), "onbon_bitmap": ("tcp", "udp")}
TWIN_WIRES = ("tcp", "udp", "pty")


def checked(hall: Hall, card: Card, fields: Mapping[str, Any]) -> Card:
    """The card with these fields: those of Card as JSON has them, `window` by its number, times as "18:00".

    Raises Refused with a sentence of its own for whatever cannot be.
    """
    for name, value in fields.items():
        setattr(card, name, _window(hall, value) if name == "window" else value)
    card.name, card.address = plain_text(card.name, 60), plain_text(card.address, 200)
    if not card.name:
        raise Refused("card_nameless", 400)
    _check_values(card)
    _check_what_it_shows(hall, card)
    if card.is_active:
        _check_address(card)
        _check_neighbours(hall, card)
    if Card.objects.filter(hall=hall, name=card.name).exclude(pk=card.pk).exists():
        raise Refused("card_name_taken", name=card.name)
    return card


def _window(hall: Hall, number: int | None) -> Window | None:
    if number is None:
        return None
    found = Window.in_use(hall).filter(number=number).first()
    if found is None:
        raise Refused("unknown_window", 404, number=number)
    return found


def _check_values(card: Card) -> None:
    try:
        card.clean_fields(exclude=["hall", "window"])
    except ValidationError as error:
        raise Refused("bad_input", 400, detail=", ".join(error.message_dict)) from None
    if card.letters > card.height:
        raise Refused("card_letters_too_high", 400, letters=card.letters, height=card.height)
    counts_in_bytes = card.family == Card.Family.ONBON_FONT and card.units == Card.Units.BYTES
    if counts_in_bytes and card.width % 8:
        raise Refused("card_width_of_8", 400, width=card.width)
    if not 0 <= card.station <= STATIONS.get(card.family, 0):
        raise Refused("card_station", 400, most=STATIONS.get(card.family, 0))


def _check_what_it_shows(hall: Hall, card: Card) -> None:
    if card.shows == Card.Shows.WINDOW and card.window is None:
        raise Refused("card_windowless", 400)
    if card.shows == Card.Shows.ZONE and (
        not card.zone or not Window.in_use(hall).filter(zone=card.zone).exists()
    ):
        raise Refused("card_zoneless", 400, zone=card.zone)


def _check_address(card: Card) -> None:
    if card.is_twin:
        wire = card.address.removeprefix("twin://").partition("/")[0]
        if not settings.DEMO or wire not in TWIN_WIRES:
            raise Refused("card_address_scheme", 400)
        scheme = "serial" if wire == "pty" else wire
    else:
        try:
            scheme = parse(card.address, PORTS[card.family]).scheme
        except BadAddressError as error:
            raise Refused(f"card_address_{error.code}", 400) from None
    if scheme not in WIRES.get(card.family, (scheme,)):
        raise Refused("card_wire", 400, wires=" / ".join(WIRES[card.family]))


def _check_neighbours(hall: Hall, card: Card) -> None:
    """Several cards on one wire: only of a family whose frames name the card, and each with its own number."""
    others = Card.objects.filter(hall=hall, address=card.address, is_active=True).exclude(pk=card.pk)
    for other in others:
        if other.family != card.family or card.family not in SHARES_A_LINE:
            raise Refused("card_address_taken", name=other.name)
        if not card.station or not other.station or card.station == other.station:
            raise Refused("card_station_taken", name=other.name, station=other.station)
