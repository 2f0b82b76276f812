"""Paired displays in a real Chromium: what they show, and what they were heard to say."""

from __future__ import annotations

import io
import math
import time
import wave
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, Route

from tests.displays.acting import Hand
from tests.ground.browser import Pages
from tests.ground.servers import Hallqueue

# Media events do not bubble, but they can be caught on their way down.
LISTEN = """
window.heard = [];
window.flashed = [];
const noteFlashes = () => {
  for (const { textContent: label } of document.querySelectorAll(".call--fresh .ticket-number")) {
    if (!flashed.includes(label)) flashed.push(label);
  }
};
new MutationObserver(noteFlashes).observe(document, { subtree: true, childList: true, attributes: true });
for (const kind of ["playing", "pause", "ended", "error"]) {
  document.addEventListener(kind, ({ target }) => {
    heard.push({ kind, src: target.src, at: performance.now(), time: target.currentTime, length: target.duration });
  }, true);
}
"""

# Until what watches the size of the glass has drawn anew, and the letters for it are there.
ARRANGED = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  do {
    for (let drawn = 0; drawn < 3; drawn += 1) await frame();
    await document.fonts.ready;
  } while (document.fonts.status !== "loaded");
  for (let drawn = 0; drawn < 3; drawn += 1) await frame();
}"""


@dataclass
class Opened:
    """An open display and the device it is paired as."""

    page: Page
    device: int

    def labels(self) -> list[str]:
        """The numbers on the board, newest first."""
        return self.page.locator(".call .ticket-number").all_inner_texts()

    def wait_for(self, label: str, said: int = 1) -> None:
        """Until this saying of this call is on the board."""
        self.page.locator(f".call[data-said='{said}'] .ticket-number", has_text=label).wait_for()

    def freshness(self) -> str:
        return self.page.get_attribute("#freshness", "data-freshness") or ""

    def heard(self, kind: str = "ended") -> list[dict[str, Any]]:
        """The media events so far."""
        found: list[dict[str, Any]] = self.page.evaluate("heard")
        return [event for event in found if event["kind"] == kind and "/sound/" in event["src"]]

    def wait_until_heard(self, count: int, seconds: float = 60) -> None:
        """Until so many sounds came to their end."""
        self.page.wait_for_function(
            "count => heard.filter(event => event.kind === 'ended').length >= count",
            arg=count,
            timeout=seconds * 1000,
        )


@dataclass
class Display:
    """Opens displays; `short` replaces the voice by a beep of that many seconds."""

    pages: Pages
    server: Hallqueue
    hand: Hand

    def board(
        self, slug: str = "small", size: str = "full-hd", short: float = 0, query: str = "", late: str = ""
    ) -> Opened:
        """`late`: which file comes a second and a half late, as a pattern of its address."""
        return self._open(slug, "board", None, f"/{slug}/board/{query}", size, short, late)

    def screen(self, window: int, slug: str = "small", size: str = "full-hd", query: str = "") -> Opened:
        return self._open(slug, "screen", window, f"/{slug}/screen/{window}/{query}", size, 0)

    def _open(
        self, slug: str, kind: str, window: int | None, url: str, size: str, short: float, late: str = ""
    ) -> Opened:
        paired = self.hand.do("enrol", slug, kind=kind, window=window)
        context = self.pages.context(size)
        context.add_cookies([{"name": f"hq_{kind}", "value": paired["token"], "url": self.server.url}])
        context.add_init_script(LISTEN)
        if short:
            beep = tone(short)
            context.route("**/sound/*.wav", lambda route: route.fulfill(body=beep, content_type="audio/wav"))
        if late:
            context.route(late, come_late)
        page = self.pages.open(self.server.url + url, context=context)
        page.wait_for_selector("#freshness[data-freshness=live]")
        return Opened(page, paired["device"])


def on_glass(page: Page, size: tuple[int, int]) -> None:
    """The same page on glass of another width and height, px, once it has arranged itself."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate(ARRANGED)


def come_late(route: Route) -> None:
    time.sleep(1.5)
    route.continue_()


def tone(seconds: float, rate: int = 22050) -> bytes:
    """A whole WAV of a soft tone."""
    count = int(seconds * rate)
    samples = (int(2000 * math.sin(at / 8)) for at in range(count))
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(b"".join(value.to_bytes(2, "little", signed=True) for value in samples))
    return file.getvalue()
