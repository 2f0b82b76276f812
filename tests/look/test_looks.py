"""Every page that people live in, on every glass, with nobody, with three and with three hundred people, and with the
longest names: it looks finished."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.ground.browser import SIZES, Pages
from tests.ground.servers import Hallqueue
from tests.look.crowds import CROWDS
from tests.look.looking import ALL, FEW, KIOSK, ONE_GLASS, PICTURES, Room, Rules, Walk, faults_of

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

MANAGER = Rules(sight=("#head h1",))
DESK = Rules(sight=("#search",))
LETTERS = "ᠮᠣᠩᠭᠣᠯ"


@pytest.fixture(scope="module")
def server() -> Iterator[Hallqueue]:
    running = Hallqueue()
    yield running.start()
    running.stop()
    running.remove()


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


def behind(walk: Walk, name: str, press: str) -> None:
    """What opens over the manager's screen, and its end."""
    walk.then(name, lambda page: page.locator(press).first.click())
    close(walk.page)


def test_the_managers_live_screen_and_what_stands_behind_it(room: Room) -> None:
    walk = Walk(room, "manager")
    walk.go("manager/", MANAGER, ready="#tiles .tile")
    walk.page.locator("#attention > *").first.wait_for()
    walk.look("manager")
    for at, name in enumerate(("waiting", "open", "aside", "stranded")):
        behind(walk, f"manager-{name}", f"#tiles .tile >> nth={at}")
    for at in (0, 1):
        behind(walk, f"manager-window-{at}", f".pane >> nth={at}")
    walk.page.locator(".pane").nth(1).click()
    walk.then("manager-borrow", lambda page: page.locator(".more summary").nth(1).click())
    close(walk.page)
    for name, sign in (("messages", "send"), ("notices", "megaphone"), ("emergency", "triangle-alert")):
        behind(walk, f"manager-{name}", f"#head .button:has(use[href$='#{sign}'])")
    if walk.page.locator("#services .link").count():
        behind(walk, "manager-service", "#services .link")
    assert not walk.wrong, "\n".join(walk.wrong)


def test_the_managers_other_pages(room: Room) -> None:
    walk = Walk(room, "manager")
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
        walk.go(path)
        walk.look(re.sub(r"\W+", "-", path).strip("-"), FEW)
    assert not walk.wrong, "\n".join(walk.wrong)


def press(key: str, page: Page) -> None:
    page.keyboard.press(key)


def seek(page: Page, words: str, found: str) -> None:
    page.fill("#search", words)
    page.wait_for_timeout(300)  # the server is asked for tickets a moment after the last letter
    page.locator(found).first.wait_for()


def open_first(page: Page, words: str, opened: str) -> None:
    """Type into the desk's search, and open what it finds first."""
    seek(page, words, "[role=option]")
    page.locator("[role=option]").first.click()
    page.locator(opened).first.wait_for()


def test_the_desk(room: Room) -> None:
    walk = Walk(room, "desk")
    page = walk.go("desk/", DESK)
    page.locator(".desk__row, .empty").first.wait_for()
    walk.look("desk")
    walk.then("desk-nothing", lambda page: page.fill("#search", "zzzz"))
    walk.then("desk-found", lambda page: seek(page, "1", "[role=option], .empty"))
    walk.then("desk-issue", lambda page: open_first(page, "sfz", ".desk__issue"))
    page.keyboard.press("Escape")
    if ticket := room.ticket("waiting"):
        label = page.request.get(f"{room.server.url}/t/{ticket['token']}/").text()
        number = re.search(r'"label": ?"([A-Z]\d+)"', label)
        assert number
        walk.then("desk-ticket", lambda page: open_first(page, number[1], ".desk__story li"))
        for key in ("p", "b", "k"):
            walk.then(f"desk-ask-{key}", partial(press, key))
            close(page)
    walk.then("desk-keys", lambda page: page.click("#keys"))
    close(page)
    walk.then("desk-lend", lambda page: page.locator(".desk__lending .button").first.click())
    assert not walk.wrong, "\n".join(walk.wrong)


def test_the_windows(room: Room) -> None:
    walk = Walk(room, "clerk1")
    walk.go("window/", ready=".choose__card")
    walk.look("window-choose")
    walk.go("window/1/")
    walk.look("window-held", sizes=("phone",))
    walk.look("window", sizes=ALL[:-1], rules=Rules(sight=(".seat", ".verbs .button")))
    assert not walk.wrong, "\n".join(walk.wrong)


def kiosk(
    walk: Walk, name: str, *presses: str, elder: bool = False, language: str = "", sizes: Sequence[str] = ALL
) -> None:
    """The kiosk anew, dressed, then these presses."""
    page = walk.go("kiosk/", KIOSK, ready=".choice__end")
    page.set_viewport_size({"width": SIZES["upright"][0], "height": SIZES["upright"][1]})
    if language:
        page.get_by_role("button", name=language).click()
    if elder:
        page.locator(".dress > .button").click()
    for press in presses:
        page.locator("#glass:not(.glass--settling)").wait_for()  # a finger on its way down is over
        page.locator(press).first.click()
    if "done" in name:
        page.locator(".done .ticket-number").wait_for()
    walk.look(name, sizes)


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
    walk = Walk(room, "glass")
    for name, presses in WAYS.items():
        if name != "appointment" or room.crowd != "none":
            kiosk(walk, f"kiosk-{name}", *presses, sizes=ALL if name in MAIN else HALL)
    for name in MAIN if room.crowd == "three" or PICTURES else ():
        kiosk(walk, f"kiosk-{name}-elder", *WAYS[name], elder=True, sizes=HALL)
        kiosk(walk, f"kiosk-{name}-en", *WAYS[name], language="English", sizes=HALL)
        kiosk(walk, f"kiosk-{name}-mn", *WAYS[name], language=LETTERS, sizes=HALL)
    assert not walk.wrong, "\n".join(walk.wrong)


def test_what_stands_at_a_window_and_in_a_hand(room: Room) -> None:
    walk = Walk(room, "glass")
    walk.go("pad/", ONE_GLASS, ready=".question")
    walk.look("pad")
    walk.go("screen/1/", ONE_GLASS)
    walk.look("screen")
    for state, ticket in room.made.get("tickets", {}).items():
        page = walk.go(f"t/{ticket['token']}/", hall=False, ready=".slip__foot")
        walk.look(f"ticket-{state}", ALL if state in ("called", "waiting") else FEW)
        page.get_by_role("button", name=LETTERS).click()
        walk.look(f"ticket-{state}-mn", sizes=("phone", "laptop"))
        page.get_by_role("button", name="English").click()
        walk.look(f"ticket-{state}-en", sizes=("phone", "laptop"))
    assert not walk.wrong, "\n".join(walk.wrong)


SPECIMEN = Path(__file__).parent / "specimen.html"
BROKEN = {
    "sideways": ".page-head { inline-size: 120vw }",
    "cut": ".page-head h1 { inline-size: 1em; overflow: hidden; white-space: nowrap }",
    "out of its box": ".button { inline-size: 2rem; white-space: nowrap }",
    "overlap": ".tile__figure { margin-block-start: -2rem }",
    "small": ".button { min-block-size: 0; block-size: 12px }",
    "fold": ".shell { padding-block-start: 120vh }",
    "broken": ".state { inline-size: 1em; white-space: normal; word-break: break-all }",
    "wordless": "body { visibility: hidden }",
    "widowed": "h1 { inline-size: 3.1em }",
}


@pytest.fixture(scope="module")
def specimen(browser: Browser) -> Iterator[Page]:
    """A page that is as it should be."""
    pages = Pages(browser)
    yield pages.open(SPECIMEN.as_uri())
    pages.close()


@pytest.mark.parametrize("kind", BROKEN)
def test_what_a_person_would_be_ashamed_of_is_found(specimen: Page, kind: str) -> None:
    rules = Rules(sight=(".page-head h1",))
    assert faults_of(specimen, rules) == []
    style = specimen.add_style_tag(content=BROKEN[kind])
    found = {fault.split(":")[0] for fault in faults_of(specimen, rules)}
    style.evaluate("each => each.remove()")
    assert kind in found
