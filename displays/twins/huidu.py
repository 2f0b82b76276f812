"""The twin of a Huidu full-colour card: the conversation from the version on, and its programmes in XML."""

from collections.abc import Iterator
from struct import pack, unpack
from xml.etree import ElementTree

from displays.cards.area import Area, Colour, Motion
from displays.twins.bar import BadTellingError, TwinBar

LONGEST = 9216
GUID = "D15-TWIN-0001"
_COLOURS = {"#ff0000": Colour.RED, "#00ff00": Colour.GREEN, "#ffff00": Colour.YELLOW}
_INVALID_PACKET, _WRONG_ORDER = 7, 2
_BUSY = "kDeviceOccupa"


class HuiduTwin:
    """One card; it forgets the conversation, not the programme, when the wire is opened anew."""

    def __init__(self, bars: dict[int, TwinBar]) -> None:
        self.bars = bars
        self.bar = next(iter(bars.values()))
        self._programmes: set[tuple[str, ...]] = set()
        self.begin()

    def begin(self) -> None:
        """A new wire."""
        self._held, self._xml, self._knows_version = b"", b"", False

    def restart(self) -> None:
        """Power gone and come back."""
        self.begin()
        self._programmes.clear()
        self.bar.darken()

    def take(self, data: bytes, refuse: bool = False) -> Iterator[bytes]:
        """The answers to what came; with `refuse` the card says that it is occupied."""
        self._held += data
        while len(self._held) >= 4:
            length, command = unpack("<HH", self._held[:4])
            if not 4 <= length <= LONGEST:
                self._held = b""
                yield _packet(0x2000, pack("<H", _INVALID_PACKET))
                return
            if len(self._held) < length:
                return
            body, self._held = self._held[4:length], self._held[length:]
            yield from self._packet(command, body, refuse)

    def _packet(self, command: int, body: bytes, refuse: bool) -> Iterator[bytes]:
        if command == 0x2001 and len(body) == 4:
            self._knows_version = True
            yield _packet(0x2002, body + pack("<H", 0))
        elif not self._knows_version:
            self.bar.complaints.append(f"{command:04x} before the version")
            yield _packet(0x2000, pack("<H", _WRONG_ORDER))
        elif command == 0x005F and not body:
            yield _packet(0x0060)
        elif command == 0x2003 and len(body) >= 8:
            yield from self._part(body, refuse)
        else:
            self.bar.complaints.append(f"an unknown packet {command:04x}")
            yield _packet(0x2000, pack("<H", _INVALID_PACKET))

    def _part(self, body: bytes, refuse: bool) -> Iterator[bytes]:
        total, begin = unpack("<II", body[:8])
        if begin != len(self._xml) or begin + len(body) - 8 > total:
            self.bar.complaints.append(f"a part at {begin} of {total}")
            self._xml = b""
            yield _packet(0x2000, pack("<H", _INVALID_PACKET))
            return
        self._xml += body[8:]
        if len(self._xml) == total:
            text, self._xml = self._xml, b""
            yield from self._answer(text, refuse)

    def _answer(self, text: bytes, refuse: bool) -> Iterator[bytes]:
        method, result, inner = "", "kSuccess", ""
        try:
            sdk = ElementTree.fromstring(text)  # noqa: S314  (the twin stands on this machine and hears us alone)
            asked = _only(sdk, "in")
            method = asked.get("method", "")
            if sdk.get("guid") != ("##GUID" if method == "GetIFVersion" else GUID):
                raise BadTellingError("kInvalidGUID")
            inner = self._obey(method, asked, refuse)
        except ElementTree.ParseError:
            result = "kParseXmlFailed"
        except BadTellingError as error:
            result = str(error)
        if result not in ("kSuccess", _BUSY):
            self.bar.complaints.append(f"{method}: {result}")
        out = f'<sdk guid="{GUID}"><out method="{method}" result="{result}">{inner}</out></sdk>'.encode()
        yield _packet(0x2004, pack("<II", len(out), 0) + out)

    def _obey(self, method: str, asked: ElementTree.Element, refuse: bool) -> str:
        if method == "GetIFVersion":
            return '<version value="1000000"/>'
        if refuse:
            raise BadTellingError(_BUSY)
        if method == "SetLuminancePloy":
            self.bar.light(_number(_only(asked, "default"), "value", 100))
        elif method in ("AddProgram", "UpdateProgram"):
            self._programme(method, _only(asked, "screen"))
        else:
            raise BadTellingError("kInvalidMethod")
        return ""

    def _programme(self, method: str, screen: ElementTree.Element) -> None:
        texts = screen.findall("program/area/resources/text")
        if len(texts) != len(screen.findall("program")):
            raise BadTellingError("kInvalidParam")
        guids = {_guids(screen)} if texts else set()
        if method == "UpdateProgram" and not guids <= self._programmes:
            raise BadTellingError("kNodeNotExist")
        self._programmes = guids
        if texts:
            self.bar.show([_area(screen)])
        else:
            self.bar.darken()


def _guids(screen: ElementTree.Element) -> tuple[str, ...]:
    found = [each.get("guid", "") for each in screen.iter() if each.tag in ("program", "area", "text")]
    if not all(found):
        raise BadTellingError("kInvalidGUID")
    return tuple(found)


def _area(screen: ElementTree.Element) -> Area:
    box = _only(screen, "program/area/rectangle")
    x, y, width, height = (_number(box, name, 8192) for name in ("x", "y", "width", "height"))
    text = _only(screen, "program/area/resources/text")
    font, effect = _only(text, "font"), _only(text, "effect")
    if font.get("color") not in _COLOURS:
        raise BadTellingError("kInvalidParam")
    motion = Motion.LEFT if _number(effect, "in", 29) == 26 else Motion.STILL
    colour, centred = _COLOURS[font.get("color", "")], _only(text, "style").get("align") == "center"
    words = _only(text, "string").text or ""
    letters = _number(font, "size", height)
    return Area(words, width, height, x, y, colour=colour, motion=motion, centred=centred, letters=letters)


def _only(parent: ElementTree.Element, path: str) -> ElementTree.Element:
    found = parent.findall(path)
    if len(found) != 1:
        raise BadTellingError("kTagNotFound")
    return found[0]


def _number(element: ElementTree.Element, name: str, most: int) -> int:
    told = element.get(name, "")
    if not told.isdecimal() or int(told) > most:
        raise BadTellingError("kInvalidParam")
    return int(told)


def _packet(command: int, body: bytes = b"") -> bytes:
    return pack("<HH", len(body) + 4, command) + body
