"""Looks at a page on every glass, as a picture and by geometry, and keeps what a person would be ashamed of."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Page

from tests.ground.browser import SIZES, Pages, take_picture
from tests.ground.servers import Hallqueue
from tests.look.crowds import GLASS

FAULTS = (Path(__file__).parent / "faults.js").read_text("utf-8")
PICTURES = bool(os.environ.get("HALLQUEUE_PICTURES"))
ALL = ("full-hd", "upright", "uhd", "laptop", "phone")
FEW = ALL if PICTURES else ("laptop", "phone")  # for what opens over a page that was looked at everywhere


class Rules(NamedTuple):
    """What a page promises: the smallest target in px, whether it never scrolls, what must be seen at a look."""

    least: int = 24
    still: bool = False
    sight: tuple[str, ...] = ()


STAFF = Rules()
KIOSK = Rules(least=60, still=True, sight=(".question", ".glass__foot", ".take"))
ONE_GLASS = Rules(least=60, still=True)


class Room:
    """One hall with its people, as `crowds.build` made it, and a browser for each of them."""

    def __init__(self, server: Hallqueue, crowd: str, pages: Pages) -> None:
        self.server, self.crowd, self._pages = server, crowd, pages
        self.made: dict[str, Any] = json.loads(
            server.behind(f"from tests.look.crowds import build; build({crowd!r})")
        )
        self._open: dict[str, Page] = {}

    def browser_of(self, who: str) -> Page:
        """The page of a person of the hall, or of its `glass`: kiosk, pad, window screen and a citizen's telephone."""
        if who not in self._open:
            cookies = {f"hq_{kind}": f"{self.crowd}-{kind}" for kind in GLASS}
            cookies = cookies if who == "glass" else {"sessionid": self.made["people"][who]}
            self._open[who] = browser_with(cookies, self._pages, self.server.url)
        return self._open[who]

    def ticket(self, state: str) -> dict[str, Any]:
        """A ticket of that state, by id and link; {} where the hall has none."""
        found: dict[str, Any] = self.made.get("tickets", {}).get(state, {})
        return found


class Eyes:
    """Go from page to page with one browser and look; `wrong` holds what was found."""

    def __init__(self, room: Room, who: str) -> None:
        self.room, self.who, self.page = room, who, room.browser_of(who)
        self.wrong: list[str] = []
        self.rules = STAFF

    def go(self, path: str, rules: Rules = STAFF, ready: str = "", hall: bool = True) -> Page:
        """Open a page of the hall (or of the house) and wait until it shows what it knows."""
        self.rules = rules
        before = f"/{self.room.crowd}/" if hall else "/"
        self.page.goto(f"{self.room.server.url}{before}{path}")
        settled(self.page)
        if ready:
            self.page.locator(ready).first.wait_for()
        return self.page

    def look(self, name: str, sizes: Iterable[str] = ALL, rules: Rules | None = None) -> None:
        """The page as it stands, on each glass."""
        for size in sizes:
            on_glass(self.page, size)
            faults = faults_of(self.page, rules or self.rules)
            self.wrong += [f"{self.room.crowd} {name} {size}: {fault}" for fault in faults]
            take_picture(self.page, f"look-{self.room.crowd}-{name}-{size}")

    def then(self, name: str, press: Callable[[Page], None], sizes: Iterable[str] = FEW) -> None:
        """Press something at a laptop's size, and look at what comes of it."""
        on_glass(self.page, "laptop")
        press(self.page)
        self.look(name, sizes)


def on_glass(page: Page, size: str) -> None:
    """The same page, on glass of another size."""
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})


def settled(page: Page) -> None:
    """Wait until a page that shows what is going on in the hall has heard of it."""
    if page.locator("#freshness").count():
        page.locator("#freshness[data-freshness=live]").wait_for()


def browser_with(cookies: dict[str, str], pages: Pages, url: str) -> Page:
    """An open browser for one who is known by these cookies."""
    context = pages.context("laptop")
    context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
    return pages.open("about:blank", context=context)


def faults_of(page: Page, rules: Rules = STAFF) -> list[str]:
    """Each fault as a sentence that begins with its kind."""
    found: list[str] = page.evaluate(FAULTS, rules._asdict())
    return found
