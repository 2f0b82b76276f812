"""The form of one bar: its fields as the page shows them, and what was typed as the act takes it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from displays.models import Card
from hallqueue.errors import Refused
from hallqueue.texts import has_text
from hallqueue.web.reading import figure


@dataclass(frozen=True)
class Field:
    """One field: `kind` is text, number, time, or choice with its `choices`; `value` as typed."""

    name: str
    kind: str = "text"
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 0
    value: str = ""

    def filled(self, typed: Mapping[str, str]) -> "Field":
        """With what was typed."""
        return replace(self, value=typed.get(self.name, ""))

    @property
    def label(self) -> str:
        """The key of its name."""
        return f"cards.field.{self.name}"

    @property
    def hint(self) -> str:
        """The key of its hint, if it has one."""
        key = f"cards.hint.{self.name}"
        return key if has_text(key) else ""

    @property
    def options(self) -> list[tuple[str, str]]:
        """Each choice with the key of its name."""
        return [(choice, f"cards.{self.name}.{choice}") for choice in self.choices]


FORM_FIELDS = (
    Field("name"),
    Field("family", "choice", tuple(Card.Family.values)),
    Field("address"),
    Field("station", "number", most=65533),
    Field("width", "number", least=16, most=2048),
    Field("height", "number", least=16, most=256),
    Field("letters", "plain", ("16", "24", "32")),
    Field("colours", "choice", tuple(Card.Colours.values)),
    Field("units", "choice", tuple(Card.Units.values)),
    Field("shows", "choice", tuple(Card.Shows.values)),
    Field("window", "window"),
    Field("zone", "zone"),
    Field("brightness", "number", least=1, most=100),
    Field("night_brightness", "number", least=1, most=100),
    Field("night_from", "time"),
    Field("night_until", "time"),
)
NUMBERS = ("station", "width", "height", "letters", "brightness", "night_brightness")


def present(card: Card | None) -> dict[str, str]:
    """A card's settings as the form shows them; for none the usual ones of a new card."""
    shown = card or Card()
    typed = {
        field.name: str(getattr(shown, field.name) or "") for field in FORM_FIELDS if field.name != "window"
    }
    times = {name: f"{getattr(shown, name):%H:%M}" for name in ("night_from", "night_until")}
    window = str(shown.window.number) if shown.window else ""
    in_use = {"is_active": "on"} if shown.is_active else {}
    return typed | times | in_use | {"window": window, "station": str(shown.station)}


def typed_in(typed: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, as `acts.add_card` takes it. Raises Refused("bad_input") naming the field."""
    fields: dict[str, Any] = {field.name: typed.get(field.name, "")[:200] for field in FORM_FIELDS}
    for name in NUMBERS:
        fields[name] = _number(name, fields[name])
    fields["window"] = _number("window", fields["window"]) if fields["window"] else None
    return fields | {"is_active": "is_active" in typed}


def _number(name: str, typed: str) -> int:
    number = figure(typed)
    if number < 0:
        raise Refused("bad_input", 400, detail=name)
    return number
