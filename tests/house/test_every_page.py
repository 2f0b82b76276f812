"""Every page there is, walked once: nothing wider than its glass however large its words, no scrollbar on public glass,
nothing too small for a finger on a telephone, no error in a script,
no word that only a program says, the clock of the hall wherever the browser stands, and nothing for axe to find."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from tests.accessible import DRESSES, dress, faults_in_every_dress
from tests.ground.browser import SIZES, Pages
from tests.ground.servers import Hallqueue

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

GLASS = ("full-hd", "upright", "uhd", "strip")
STAFF = ("phone", "laptop", "full-hd")
PUBLIC = {
    "button[value=kiosk]": ("kiosk/", ("full-hd", "upright")),
    "button[value=board]": ("board/", GLASS),
    "form:has(input[value=screen]) button": ("screen/1/", GLASS),
    "form:has(input[value=pad]) button": ("pad/", ("full-hd", "upright")),
}
BY_ROLE = [
    (
        "manager",
        (
            "manager/ manager/acts/ tickets/ tickets/1/ desk/ appointments/ window/ window/2/ printers/"
            " concerns/ concerns/1/ concerns/12/ concerns/new/ concerns/ranking/ journeys/ devices/"
        ),
    ),
    (
        "manager",
        (
            "ratings/ ratings/1/ ratings/codes/ rate/?window=1 walkthroughs/ rankings/ ledger/ ledger/people/"
            " projects/ projects/1/ projects/new/ projects/account/ wall/"
            " setup/ setup/languages/ setup/catalogue/ setup/windows/ setup/windows/1/ setup/order/"
            " setup/calendar/ setup/hours/ setup/fallback/ setup/appointments/"
            " setup/services/ setup/services/1/ setup/rules/ setup/departments/ setup/departments/1/"
            " setup/series/ setup/series/1/"
        ),
    ),
    ("auditor", "audit/ reports/ refusals/"),
    ("admin", "setup/texts/"),
    ("clerk01", "window/ appeals/"),
]
OVER = """() => {
  const { scrollWidth, scrollHeight } = document.documentElement;
  return [scrollWidth - innerWidth, scrollHeight - innerHeight];
}"""
UNKNOWN = ("t/unknown-unknown-unkn/", "nowhere/")
FINGER = """() => [...document.querySelectorAll("button, a.button, summary, select, label.check")]
  .filter((each) => each.checkVisibility() && each.offsetHeight && each.offsetHeight < 44)
  .map((each) => `${each.offsetHeight} px high: ${each.outerHTML.slice(0, 120)}`)"""
WIDER = "document.documentElement.scrollWidth - innerWidth"
ELSEWHERE = "America/New_York"


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    """One demo hall for the module."""
    hall = Hallqueue({"HALLQUEUE_DEMO": "1"})
    yield hall.start().url
    hall.stop()
    hall.remove()


class Walk:
    """One browser far from the hall that goes from page to page and keeps what is wrong."""

    def __init__(self, pages: Pages, demo: str, size: str = "laptop") -> None:
        context: BrowserContext = pages.context(size, bypass_csp=True, timezone_id=ELSEWHERE)
        self.demo, self.wrong = demo, list[str]()
        self.page: Page = pages.open(demo, context=context)
        self.page.on("console", self._note)

    def through(self, door: str) -> None:
        """From the start page through one of its doors."""
        self.page.goto(self.demo)
        self.page.locator(door).first.click()
        self.page.wait_for_load_state()

    def look(self, path: str, sizes: tuple[str, ...], *, still: bool = False) -> None:
        """Look at a page at these sizes; a `still` one is public glass, which never scrolls."""
        answer = self.page.goto(f"{self.demo}/{path}")
        if answer is None or answer.status not in (200, 404 if path in UNKNOWN else 200):
            self.wrong.append(f"{path} is refused: {answer and answer.status}")
        if self.page.locator("#freshness").count():
            self.page.locator("#freshness[data-freshness=live]").wait_for()
        self._read_what_no_person_says(path)
        for size in sizes:
            width, height = SIZES[size]
            self.page.set_viewport_size({"width": width, "height": height})
            over = self.page.evaluate(OVER)
            if over[0] > 0 or (still and over[1] > 0):
                self.wrong.append(f"{path} at {size} is larger than its glass by {over}")
            if size == "phone":
                self._hold_in_a_hand(path)
        dresses = DRESSES if sizes is not STAFF else DRESSES[:2]  # the colours themselves: test_tokens
        self.wrong += [f"{path}: {fault}" for fault in faults_in_every_dress(self.page, dresses)]
        self._read_the_clock(path)

    def _read_what_no_person_says(self, path: str) -> None:
        """A thing shown where its name was meant, or nothing where a figure was."""
        said = self.page.locator("body").inner_text()
        self.wrong += [f"{path} says {word}" for word in ("[object", "undefined", "NaN") if word in said]

    def _hold_in_a_hand(self, path: str) -> None:
        """On a telephone: everything for a finger, and no wider with the elder view's words."""
        self.wrong += [f"{path}: {small}" for small in self.page.evaluate(FINGER)]
        dress(self.page, "light", "elder")
        if (over := self.page.evaluate(WIDER)) > 0:
            self.wrong.append(f"{path} in the elder view is wider than a telephone by {over}")
        dress(self.page, "light", "normal")

    def _read_the_clock(self, path: str) -> None:
        """Hour and minute of the hall, give or take the minute that passes meanwhile."""
        shown = " ".join(self.page.locator(".clock").all_inner_texts())
        for hour, minute in re.findall(r"\b(\d\d):(\d\d)", shown):
            here = datetime.now(ZoneInfo("Asia/Shanghai"))
            late = (here.hour * 60 + here.minute - int(hour) * 60 - int(minute)) % (24 * 60)
            if late > 2:
                self.wrong.append(f"{path} shows {hour}:{minute} at {here:%H:%M}")

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.wrong.append(f"{self.page.url}: {message.text}")


def test_public_glass(demo: str, pages: Pages) -> None:
    walk = Walk(pages, demo, "full-hd")
    for door, (path, sizes) in PUBLIC.items():
        walk.through(door)
        walk.look(f"wuhai/{path}", sizes, still=True)
    walk.look("wuhai/pair/", GLASS[:2], still=True)
    assert walk.wrong == []


@pytest.mark.parametrize(("role", "paths"), BY_ROLE)
def test_pages_of_staff(demo: str, pages: Pages, role: str, paths: str) -> None:
    walk = Walk(pages, demo)
    walk.through("form[action='/demo/ticket/'] button")  # so that there is a ticket to be told about
    walk.through(f"button[name=username][value={role}]")
    for path in paths.split():
        walk.look(f"wuhai/{path}", STAFF)
    assert walk.wrong == []


def test_what_anybody_meets_on_any_screen(demo: str, pages: Pages) -> None:
    walk = Walk(pages, demo, "phone")
    walk.through("form[action='/demo/ticket/'] button")
    ticket = walk.page.url.removeprefix(f"{demo}/")
    for path in (ticket, f"{ticket}concern/", "", "sign-in/", *UNKNOWN):
        walk.look(path, ("phone", "laptop", "full-hd"))
    assert walk.wrong == []
