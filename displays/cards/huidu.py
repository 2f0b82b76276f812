"""Huidu full-colour cards, SDK 2.0: packets over TCP 10001, and the XML of a programme with one text.

Source: the maker's SDK and its public documents. A packet: u16 length including these four header bytes, u16
command, little endian, at most 9,216 bytes. A conversation: `hello`, the card's version; `who`, the card's guid; then
`add` once and `update` with the same guids for every change; a heartbeat now and then.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import pack, unpack
from unicodedata import category
from xml.etree import ElementTree

from displays.cards.area import Area, Colour, Motion
from displays.cards.errors import BadFrameError, BadValueError, RefusedByCardError

PORT = 10001
LONGEST_PACKET = 9216
VERSION = 0x1000005

HEARTBEAT, HEARTBEAT_ANSWER = 0x005F, 0x0060
SEARCH = 0x1001
ERROR = 0x2000
ASK_VERSION, TELL_VERSION = 0x2001, 0x2002
ASK_XML, TELL_XML = 0x2003, 0x2004

_PART = LONGEST_PACKET - 12
_LONGEST_XML = 4 * 1024 * 1024
_NOBODY = "##GUID"
_NOT_IN_XML = ("Cc", "Cs")
_COLOURS = {Colour.RED: "#ff0000", Colour.GREEN: "#00ff00", Colour.YELLOW: "#ffff00"}

_EFFECTS = {
    Motion.STILL: 0,
    Motion.QUICK: 0,
    Motion.LEFT: 26,
    Motion.RIGHT: 27,
    Motion.UP: 28,
    Motion.DOWN: 29,
}
"""The maker's numbers: shown at once, or moving on and on with its end followed by its beginning."""


def packet(command: int, data: bytes = b"") -> bytes:
    """One packet."""
    return pack("<HH", len(data) + 4, command) + data


def hello() -> bytes:
    """The version this side speaks; the card answers TELL_VERSION."""
    return packet(ASK_VERSION, pack("<I", VERSION))


def search() -> bytes:
    """The broadcast that every card answers, by UDP."""
    return pack("<IH", VERSION, SEARCH)


def who() -> bytes:
    """Ask the card's guid, which every later XML must carry."""
    return b"".join(spoken(_wrapped(_NOBODY, "GetIFVersion", '<version value="1000000"/>')))


def brightness(card: str, percent: int) -> bytes:
    """How bright the whole bar is, 1–100, at all times of day."""
    if not 1 <= percent <= 100:
        raise BadValueError(f"a brightness of {percent} %")
    inner = f'<mode value="default"/><default value="{percent}"/>'
    return b"".join(spoken(_wrapped(card, "SetLuminancePloy", inner)))


def clear(card: str) -> bytes:
    """Forget every programme."""
    return b"".join(spoken(_wrapped(card, "AddProgram", '<screen timeStamps="0"/>')))


def heartbeat() -> bytes:
    """Says that this side lives."""
    return packet(HEARTBEAT)


def spoken(text: str) -> Iterator[bytes]:
    """An XML as packets: each says how long the whole is and where its part begins, in bytes of UTF-8."""
    whole = text.encode("utf-8")
    for begin in range(0, max(len(whole), 1), _PART):
        yield packet(ASK_XML, pack("<II", len(whole), begin) + whole[begin : begin + _PART])


@dataclass(frozen=True)
class Programme:
    """One text on one card, changed in place: its guids never change."""

    card: str
    name: str

    def add(self, area: Area) -> bytes:
        """Make it, in place of everything the card played."""
        return self._said("AddProgram", area)

    def update(self, area: Area) -> bytes:
        """Show another text."""
        return self._said("UpdateProgram", area)

    def _said(self, method: str, area: Area) -> bytes:
        return b"".join(spoken(_wrapped(self.card, method, self._screen(area))))

    def _screen(self, area: Area) -> str:
        screen = ElementTree.Element("screen", timeStamps="0")
        programme = ElementTree.SubElement(screen, "program", guid=f"{self.name}-program", type="normal")
        ElementTree.SubElement(programme, "playControl", count="1", disabled="false")
        part = ElementTree.SubElement(programme, "area", guid=f"{self.name}-area", alpha="255")
        ElementTree.SubElement(
            part, "rectangle", x=str(area.x), y=str(area.y), width=str(area.width), height=str(area.height)
        )
        text = ElementTree.SubElement(
            ElementTree.SubElement(part, "resources"),
            "text",
            guid=f"{self.name}-text",
            singleLine="false" if area.several_lines else "true",
        )
        ElementTree.SubElement(text, "style", align="center" if area.centred else "left", valign="middle")
        ElementTree.SubElement(text, "string").text = _showable(area.text)
        size, colour = str(area.letter_height), _COLOURS[area.colour]
        ElementTree.SubElement(text, "font", name="SimSun", size=size, color=colour, bold="false")
        effect = {"in": str(_EFFECTS[area.motion]), "inSpeed": "4", "out": "0", "outSpeed": "4"}
        ElementTree.SubElement(text, "effect", effect | {"duration": str(area.stay * 5)})
        return ElementTree.tostring(screen, encoding="unicode")


class Conversation:
    """What the card says, from bytes to packets to whole XML texts."""

    def __init__(self) -> None:
        self._held = b""
        self._whole = bytearray()

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """The whole packets now at hand, each command with its data. Raises BadFrameError."""
        self._held += data
        found = []
        while len(self._held) >= 4:
            length, command = unpack("<HH", self._held[:4])
            if not 4 <= length <= LONGEST_PACKET:
                raise BadFrameError(f"a packet of {length} bytes")
            if len(self._held) < length:
                break
            found.append((command, self._held[4:length]))
            self._held = self._held[length:]
        return found

    def heard(self, data: bytes) -> str | None:
        """Join the parts of an XML; the text once it is whole. Raises BadFrameError."""
        if len(data) < 8:
            raise BadFrameError("a part without its place")
        total, begin = unpack("<II", data[:8])
        if begin != len(self._whole) or total > _LONGEST_XML or begin + len(data) - 8 > total:
            raise BadFrameError(f"a part of {len(data) - 8} bytes at {begin} of {total}")
        self._whole += data[8:]
        if len(self._whole) < total:
            return None
        text, self._whole = bytes(self._whole), bytearray()
        try:
            return text.decode("utf-8")
        except UnicodeDecodeError:
            raise BadFrameError("an XML that is not UTF-8") from None


def guid_of(answer: str) -> str:
    """The guid in the card's answer to `who`. Raises RefusedByCardError, BadFrameError."""
    agreed(answer)
    guid = _parsed(answer).get("guid", "")
    if not guid or guid == _NOBODY:
        raise BadFrameError("the card told no guid")
    return guid


def agreed(answer: str) -> None:
    """Return when an XML answer says kSuccess. Raises RefusedByCardError, BadFrameError."""
    out = _parsed(answer).find("out")
    if out is None:
        raise BadFrameError("an answer without <out>")
    result = out.get("result", "")
    if result != "kSuccess":
        raise RefusedByCardError(0, result or "no result")


def _parsed(answer: str) -> ElementTree.Element:
    """The answer's tree; one that declares entities is no answer of a card, and is not expanded."""
    if "<!" in answer:
        raise BadFrameError("an answer with declarations")
    try:
        return ElementTree.fromstring(answer)  # noqa: S314  (nothing declared, nothing to expand)
    except ElementTree.ParseError as error:
        raise BadFrameError(f"no XML: {error}") from None


def _wrapped(guid: str, method: str, inner: str) -> str:
    if not guid.replace("-", "").replace("#", "").isalnum():
        raise BadValueError(f"a guid of {guid!r}")
    begin = f'<?xml version="1.0" encoding="utf-8"?><sdk guid="{guid}"><in method="{method}">'
    return f"{begin}{inner}</in></sdk>"


def _showable(text: str) -> str:
    """XML has no place for control characters; a wide space and a county's own signs it has."""
    return "".join(sign for sign in text if category(sign) not in _NOT_IN_XML or sign == "\n")
