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
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


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
            context = self._pages.context("laptop", bypass_csp=True)
            cookies = {f"hq_{kind}": f"{self.crowd}-{kind}" for kind in GLASS}
            cookies = cookies if who == "glass" else {"sessionid": self.made["people"][who]}
            context.add_cookies(
                [{"name": key, "value": value, "url": self.server.url} for key, value in cookies.items()]
            )
            self._open[who] = self._pages.open(f"{self.server.url}/healthz", context=context)
        return self._open[who]

    def ticket(self, state: str) -> dict[str, Any]:
        """A ticket of that state, by id and link; {} where the hall has none."""
        found: dict[str, Any] = self.made.get("tickets", {}).get(state, {})
        return found


class Walk:
    """From page to page with one browser; `wrong` holds what was found."""

    def __init__(self, room: Room, who: str) -> None:
        self.room, self.who, self.page = room, who, room.browser_of(who)
        self.wrong: list[str] = []
        self.rules = STAFF

    def go(self, path: str, rules: Rules = STAFF, ready: str = "", hall: bool = True) -> Page:
        """Open a page of the hall (or of the house) and wait until it shows what it knows."""
        self.rules = rules
        before = f"/{self.room.crowd}/" if hall else "/"
        self.page.goto(f"{self.room.server.url}{before}{path}")
        if self.page.locator("#freshness").count():
            self.page.locator("#freshness[data-freshness=live]").wait_for()
        if ready:
            self.page.locator(ready).first.wait_for()
        return self.page

    def look(self, name: str, sizes: Iterable[str] = ALL, rules: Rules | None = None) -> None:
        """The page as it stands, on each glass."""
        for size in sizes:
            width, height = SIZES[size]
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.evaluate(DRAWN)
            faults = faults_of(self.page, rules or self.rules)
            self.wrong += [f"{self.room.crowd} {name} {size}: {fault}" for fault in faults]
            take_picture(self.page, f"look-{self.room.crowd}-{name}-{size}")

    def then(self, name: str, press: Callable[[Page], None], sizes: Iterable[str] = FEW) -> None:
        """Press something at a laptop's size, and look at what comes of it."""
        width, height = SIZES["laptop"]
        self.page.set_viewport_size({"width": width, "height": height})
        press(self.page)
        self.look(name, sizes)


def faults_of(page: Page, rules: Rules = STAFF) -> list[str]:
    """Each fault as a sentence that begins with its kind."""
    found: list[str] = page.evaluate(FAULTS, rules._asdict())
    return found
