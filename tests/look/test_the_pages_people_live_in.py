"""Every page that people live in, on every glass, with nobody, with three and with three hundred people, and with the
longest names: it looks finished."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

import pytest
from playwright.sync_api import Browser, Page

from tests.ground.browser import Pages
from tests.ground.servers import Hallqueue
from tests.look.crowds import CROWDS
from tests.look.looking import ALL, FEW, KIOSK, ONE_GLASS, PICTURES, Eyes, Room, Rules, on_glass

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

MANAGER = Rules(sight=("#head h1",))
DESK = Rules(sight=("#search",))
LETTERS = "ᠮᠣᠩᠭᠣᠯ"


@pytest.fixture(scope="module", params=CROWDS)
def room(request: pytest.FixtureRequest, server: Hallqueue, browser: Browser) -> Iterator[Room]:
    """A hall, and browsers that stay open from page to page."""
    pages = Pages(browser)
    yield Room(server, request.param, pages)
    pages.close()
    pages.assert_clean()


def close(page: Page) -> None:
    page.keyboard.press("Escape")
    page.locator("dialog[open]").wait_for(state="hidden")


def behind(eyes: Eyes, name: str, press: str) -> None:
    """What opens over the manager's screen, and its end."""
    eyes.then(name, lambda page: page.locator(press).first.click())
    close(eyes.page)


def test_the_managers_live_screen_and_what_stands_behind_it(room: Room) -> None:
    eyes = Eyes(room, "manager")
    eyes.go("manager/", MANAGER, ready="#tiles .tile")
    eyes.page.locator("#attention > *").first.wait_for()
    eyes.look("manager")
    for at, name in enumerate(("waiting", "open", "aside", "stranded")):
        behind(eyes, f"manager-{name}", f"#tiles .tile >> nth={at}")
    for at in (0, 1):
        behind(eyes, f"manager-window-{at}", f".pane >> nth={at}")
    eyes.page.locator(".pane").nth(1).click()
    eyes.then("manager-borrow", lambda page: page.locator(".more summary").nth(1).click())
    close(eyes.page)
    for name, sign in (("messages", "send"), ("notices", "megaphone"), ("emergency", "triangle-alert")):
        behind(eyes, f"manager-{name}", f"#head .button:has(use[href$='#{sign}'])")
    if eyes.page.locator("#services .link").count():
        behind(eyes, "manager-service", "#services .link")
    assert not eyes.wrong, "\n".join(eyes.wrong)


def test_the_managers_other_pages(room: Room) -> None:
    eyes = Eyes(room, "manager")
    paths = [
        "manager/acts/",
        "tickets/",
        "tickets/?q=1",
        "tickets/?q=zzz",
        "devices/",
        "appointments/",
        "setup/order/",
        "refusals/",
    ]
    known = (room.ticket(state) for state in ("waiting", "done", "called"))
    paths += [f"tickets/{ticket['ticket']}/" for ticket in known if ticket]
    for path in paths:
        eyes.go(path)
        eyes.look(re.sub(r"\W+", "-", path).strip("-"), FEW)
    assert not eyes.wrong, "\n".join(eyes.wrong)


def press(key: str, page: Page) -> None:
    page.keyboard.press(key)


def seek(page: Page, words: str, found: str) -> None:
    with page.expect_response(lambda answer: "/find/" in answer.url) as answer:
        page.fill("#search", words)
    answer.value.finished()
    page.locator(found).first.wait_for()


def open_first(page: Page, words: str, opened: str) -> None:
    """Type into the desk's search, and open what it finds first."""
    seek(page, words, "[role=option]")
    page.locator("[role=option]").first.click()
    page.locator(opened).first.wait_for()


def test_the_desk(room: Room) -> None:
    eyes = Eyes(room, "desk")
    page = eyes.go("desk/", DESK)
    page.locator(".desk__row, .empty").first.wait_for()
    eyes.look("desk")
    eyes.then("desk-nothing", lambda page: page.fill("#search", "zzzz"))
    eyes.then("desk-found", lambda page: seek(page, "1", "[role=option], .empty"))
    eyes.then("desk-issue", lambda page: open_first(page, "sfz", ".desk__issue"))
    page.keyboard.press("Escape")
    if ticket := room.ticket("waiting"):
        label = page.request.get(f"{room.server.url}/t/{ticket['token']}/").text()
        number = re.search(r'"label": ?"([A-Z]\d+)"', label)
        assert number
        eyes.then("desk-ticket", lambda page: open_first(page, number[1], ".desk__story li"))
        for key in ("p", "b", "k"):
            eyes.then(f"desk-ask-{key}", partial(press, key))
            close(page)
    eyes.then("desk-keys", lambda page: page.click("#keys"))
    close(page)
    eyes.then("desk-lend", lambda page: page.locator(".desk__lending .button").first.click())
    assert not eyes.wrong, "\n".join(eyes.wrong)


def test_the_windows(room: Room) -> None:
    eyes = Eyes(room, "clerk1")
    eyes.go("window/", ready=".choose__card")
    eyes.look("window-choose")
    eyes.go("window/1/")
    eyes.look("window-held", sizes=("phone",))
    eyes.look("window", sizes=ALL[:-1], rules=Rules(sight=(".seat", ".verbs .button")))
    assert not eyes.wrong, "\n".join(eyes.wrong)


def kiosk(
    eyes: Eyes, name: str, *presses: str, elder: bool = False, language: str = "", sizes: Sequence[str] = ALL
) -> None:
    """The kiosk anew, dressed, then these presses."""
    page = eyes.go("kiosk/", KIOSK, ready=".choice__end")
    on_glass(page, "upright")
    if language:
        page.get_by_role("button", name=language).click()
    if elder:
        page.locator(".dress > .button").click()
    for press in presses:
        page.locator("#glass:not(.glass--settling)").wait_for()  # a finger on its way down is over
        page.locator(press).first.click()
    if "done" in name:
        page.locator(".done .ticket-number").wait_for()
    eyes.look(name, sizes)


WAYS = {
    "home": (),
    "department": (".plates--departments .choice",),
    "search": (".ask__find",),
    "appointment": (".ask__find >> nth=1",),
    "confirm": (".home > .stack .choice >> nth=1",),
    "journey": (".home__journeys .choice",),
    "help": (".foot__call",),
    "rate": (".foot__call >> nth=1",),
    "wall": (".home > .choice",),
    "done": (".home > .stack .choice >> nth=1", ".take, .choice--special"),
}
MAIN = ("home", "confirm", "done")
HALL = ALL if PICTURES else ("upright", "laptop", "phone")


def test_the_kiosk(room: Room) -> None:
    eyes = Eyes(room, "glass")
    for name, presses in WAYS.items():
        if name != "appointment" or room.crowd != "none":
            kiosk(eyes, f"kiosk-{name}", *presses, sizes=ALL if name in MAIN else HALL)
    for name in MAIN if room.crowd == "three" or PICTURES else ():
        kiosk(eyes, f"kiosk-{name}-elder", *WAYS[name], elder=True, sizes=HALL)
        kiosk(eyes, f"kiosk-{name}-en", *WAYS[name], language="English", sizes=HALL)
        kiosk(eyes, f"kiosk-{name}-mn", *WAYS[name], language=LETTERS, sizes=HALL)
    assert not eyes.wrong, "\n".join(eyes.wrong)


def test_what_stands_at_a_window_and_in_a_hand(room: Room) -> None:
    eyes = Eyes(room, "glass")
    eyes.go("pad/", ONE_GLASS, ready=".question")
    eyes.look("pad")
    eyes.go("screen/1/", ONE_GLASS)
    eyes.look("screen")
    for state, ticket in room.made.get("tickets", {}).items():
        page = eyes.go(f"t/{ticket['token']}/", hall=False, ready=".slip__foot")
        eyes.look(f"ticket-{state}", ALL if state in ("called", "waiting") else FEW)
        page.get_by_role("button", name=LETTERS).click()
        eyes.look(f"ticket-{state}-mn", sizes=("phone", "laptop"))
        page.get_by_role("button", name="English").click()
        eyes.look(f"ticket-{state}-en", sizes=("phone", "laptop"))
    assert not eyes.wrong, "\n".join(eyes.wrong)
