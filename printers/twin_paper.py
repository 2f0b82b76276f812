"""The paper of the printer twin: what each command leaves on it, as a picture and as text."""

import io
from dataclasses import dataclass, field, replace

from PIL import Image, ImageOps
from segno import DataOverflowError

from printers import draw
from printers.parts import CELL

MAX_HEIGHT = 8000  # dots: a metre of paper; longer prints are cut by force
MAX_RAW = 512 * 1024
_DEFAULT_SPACING = 30


@dataclass(frozen=True, slots=True)
class TwinSlip:
    """One piece of paper as it fell from the twin; `errors` names what a real printer might stumble over."""

    text: str
    raw: bytes
    image: Image.Image
    errors: tuple[str, ...]

    def png(self) -> bytes:
        """The picture with white paper around the printable area."""
        buffer = io.BytesIO()
        ImageOps.expand(self.image, 24, fill=1).save(buffer, "PNG")
        return buffer.getvalue()


@dataclass(slots=True)
class Style:
    """What ESC @ puts back."""

    centred: bool = False
    bold: bool = False
    width: int = 1
    height: int = 1
    spacing: int = _DEFAULT_SPACING
    chinese: bool = False


@dataclass(slots=True)
class Roll:
    """The piece of paper under the head; `cut` hands it out and begins the next."""

    dots: int
    style: Style = field(default_factory=Style)
    errors: list[str] = field(default_factory=list)
    raw: bytearray = field(default_factory=bytearray)
    _strips: list[Image.Image] = field(default_factory=list)
    _height: int = 0
    _lines: list[str] = field(default_factory=list)
    _cells: list[tuple[str, int, Style]] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """Whether a real roll would long be over."""
        return self._height > MAX_HEIGHT or len(self.raw) > MAX_RAW

    def complain(self, what: str) -> None:
        """Remember what a real printer would stumble over."""
        if len(self.errors) < 100:
            self.errors.append(what)

    def write(self, character: str) -> None:
        """One character into the line; at the edge a printer breaks the line by itself: an error here."""
        style = replace(self.style)
        width = (CELL // 2 if character <= "~" else CELL) * style.width
        if sum(cell[1] for cell in self._cells) + width > self.dots:
            self.complain(f"line overflows at {character!r}")
            self.end_line()
        self._cells.append((character, width, style))

    def end_line(self) -> None:
        """LF: print the line and feed."""
        cells, self._cells = self._cells, []
        self._lines.append("".join(character for character, _, _ in cells))
        tallest = max((CELL * style.height for _, _, style in cells), default=0)
        strip = Image.new("L", (self.dots, max(tallest, self.style.spacing)))
        left = self._left(sum(width for _, width, _ in cells))
        for character, width, style in cells:
            height = CELL * style.height
            strip.paste(draw.glyph(character, width, height, style.bold), (left, tallest - height))
            left += width
        self._add(draw.ink(strip))

    def picture(self, image: Image.Image) -> None:
        """GS v 0; bands that follow each other are one picture in the text."""
        if image.width > (self.dots + 7) // 8 * 8:
            self.complain(f"picture of {image.width} dots on paper of {self.dots}")
        self._begin_graphics()
        self._lines.append(f"[picture {image.width}×{image.height}]")
        self._place(image)

    def code(self, data: bytes, module: int, error: str) -> None:
        """GS ( k, print: a QR code of the stored data."""
        self._begin_graphics()
        self._lines.append(f"[QR] {data.decode('utf-8', 'replace')}")
        level = {"0": "l", "1": "m", "2": "q", "3": "h"}[error]
        try:
            self._place(draw.code(data, module, level))  # type: ignore[arg-type]
        except DataOverflowError:
            self.complain(f"{len(data)} bytes in a QR code")

    def feed(self, dots: int) -> None:
        """Blank paper."""
        if self._cells:
            self.end_line()
        self._add(Image.new("1", (self.dots, dots), 1))

    def cut(self) -> TwinSlip:
        """Hand out the paper so far."""
        if self._cells:
            self.end_line()
        whole = Image.new("1", (self.dots, max(1, self._height)), 1)
        top = 0
        for strip in self._strips:
            whole.paste(strip, (0, top))
            top += strip.height
        slip = TwinSlip("\n".join(self._lines), bytes(self.raw), whole, tuple(self.errors))
        self._strips, self._lines, self._height = [], [], 0
        self.raw, self.errors = bytearray(), []
        return slip

    def _begin_graphics(self) -> None:
        if self._cells:
            self.complain("picture or code inside a line")
            self.end_line()

    def _left(self, width: int) -> int:
        return (self.dots - width) // 2 if self.style.centred else 0

    def _place(self, image: Image.Image) -> None:
        strip = Image.new("1", (self.dots, image.height), 1)
        strip.paste(image, (self._left(image.width), 0))
        self._add(strip)

    def _add(self, strip: Image.Image) -> None:
        self._strips.append(strip)
        self._height += strip.height
