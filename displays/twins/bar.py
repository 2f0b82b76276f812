"""The bar behind a twin: what it shows now, how bright, and what it was told wrongly."""

from collections import deque

from PIL import Image

from displays.cards.area import Area, Motion
from displays.cards.bar import Strip, dark, dimmed, strip_of

KEPT = 50


class BadTellingError(Exception):
    """The frame is whole, and what it says is wrong; the words are for whoever reads the twin's complaints."""


class TwinBar:
    """`width` × `height` dots. `version` grows with every change, `complaints` holds what no real card would take."""

    def __init__(self, width: int, height: int, letters: int = 0) -> None:
        self.width, self.height, self.letters = width, height, letters or height
        self.complaints: deque[str] = deque(maxlen=KEPT)
        self.texts: deque[str] = deque(maxlen=KEPT)
        self.brightness, self.is_on = 100, True
        self.version = 0
        self._strip = dark(width, height)

    @property
    def text(self) -> str:
        """The text shown now; empty for a dark bar or a picture."""
        return self.texts[-1] if self.texts else ""

    @property
    def strip(self) -> Strip:
        """What one sees, as bright as the bar is."""
        if not self.is_on:
            return dark(self.width, self.height)
        return Strip(dimmed(self._strip.dots, 25 + self.brightness * 3 // 4), self._strip.scrolls)

    @property
    def lit(self) -> int:
        """How many dots are lit."""
        return sum(self._strip.dots.convert("L").point(lambda light: light > 0).histogram()[1:])

    def show(self, areas: list[Area]) -> None:
        """Texts, each in its rectangle; one that runs fills the bar alone."""
        whole = Image.new("RGB", (self.width, self.height))
        scrolling = [area for area in areas if area.motion is Motion.LEFT]
        for area in areas:
            self._must_fit(area.x, area.y, area.width, area.height)
            whole.paste(strip_of(area).dots.crop((0, 0, area.width, area.height)), (area.x, area.y))
        strip = strip_of(scrolling[0]) if scrolling else Strip(whole)
        self._now(strip, "".join(area.text for area in areas))

    def draw(self, pixels: bytes, x: int, y: int, width: int, height: int) -> None:
        """A picture in its rectangle."""
        self._must_fit(x, y, width, height)
        whole = Image.new("RGB", (self.width, self.height))
        whole.paste(Image.frombytes("RGB", (width, height), pixels), (x, y))
        self._now(Strip(whole), "")

    def darken(self) -> None:
        """Forget everything."""
        self._now(dark(self.width, self.height), "")

    def light(self, percent: int) -> None:
        """Set the brightness."""
        self.brightness = percent
        self.version += 1

    def switch(self, on: bool) -> None:
        """Light it, or darken it without forgetting."""
        self.is_on = on
        self.version += 1

    def _now(self, strip: Strip, text: str) -> None:
        self._strip = strip
        self.texts.append(text)
        self.version += 1

    def _must_fit(self, x: int, y: int, width: int, height: int) -> None:
        if x + width > self.width or y + height > self.height or not width or not height:
            raise BadTellingError(
                f"{width}×{height} dots at {x},{y} on a bar of {self.width}×{self.height} dots"
            )
