"""A clerk's day in a real Chromium, by keyboard alone; two browsers at one window; how the console looks."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, Route, expect

from printers.examples import LONGEST_NAME
from tests.ground.browser import PATIENCE_MS, PRESS_AND_SEE, Pages, routed
from tests.ground.servers import Hallqueue
from tests.window_hall import people_of

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

Picture = Callable[[Page, str], None]
HALLS = itertools.count(1)
DOUBLE_TAP_MS = 300  # as window_console.js has it

# Presses a key again and again within a blink, however slow the machine; `repeats`: which of them are of a held key.
STRIKES = """([code, ...repeats]) => repeats.forEach((repeat) => document.body.dispatchEvent(
  new KeyboardEvent("keydown", {code, repeat, bubbles: true, cancelable: true})))"""


class Desk(NamedTuple):
    """A running server with a small hall, and browsers for its people."""

    server: Hallqueue
    slug: str
    people: dict[str, str]
    pages: Pages

    def open(self, name: str, address: str, size: str = "laptop") -> Page:
        """A browser of one's own, signed in, at an address of the hall."""
        context = self.pages.context(size)
        context.add_cookies([{"name": "sessionid", "value": self.people[name], "url": self.server.url}])
        return self.pages.open(f"{self.server.url}/{self.slug}/{address}", context=context)

    def console(self, name: str = "clerk1", window: int = 1, size: str = "laptop") -> Page:
        page = self.open(name, f"window/{window}/", size)
        expect(page.locator("#freshness")).to_have_attribute("data-freshness", "live")
        return page


DeskMaker = Callable[..., Desk]


@pytest.fixture
def desk_with(server: Hallqueue, pages: Pages) -> DeskMaker:
    """Make a hall: `desk_with(waiting=3, open_windows=(1,))`."""

    def make(**details: object) -> Desk:
        slug = f"hall-{next(HALLS)}"
        return Desk(server, slug, people_of(server, slug, **details), pages)

    return make


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def press_anew(page: Page, key: str) -> None:
    """Strike the key that was struck last, as another press: the first is answered and its double-tap time is over."""
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    page.wait_for_timeout(DOUBLE_TAP_MS + 50)
    press(page, key)


def expect_hero(page: Page, state: str, label: str) -> None:
    expect(page.locator(".hero")).to_have_attribute("data-state", state)
    expect(page.locator(".hero .ticket-number--hero")).to_have_text(label)


def expect_next(page: Page, label: str) -> None:
    expect(page.locator(".hero--next .ticket-number--hero")).to_have_text(label)


def expect_why(page: Page, word: str) -> None:
    """Why the next person is next, said once: in the hero, or in the line while somebody is at the window."""
    expect(page.locator(".tag--why")).to_have_text(word)


def expect_state(page: Page, state: str) -> None:
    expect(page.locator(".seat .state").first).to_have_attribute("data-state", state)


def reason(page: Page, digit: str) -> None:
    """In a dialog that asks only for a reason."""
    expect(page.locator("dialog[open] [name=reason]")).to_be_focused()
    press(page, digit, "Enter")
    expect(page.locator("dialog[open]")).to_have_count(0)


def choose(page: Page, query: str, found: str, digit: str) -> None:
    """In a dialog with a list: type, wait for the one meant, Enter, a reason, Enter."""
    page.keyboard.type(query)
    expect(page.locator("dialog [role=option][aria-selected=true]")).to_contain_text(found)
    press(page, "Enter")
    reason(page, digit)


def test_a_whole_day_by_keyboard_alone(desk_with: DeskMaker) -> None:
    desk = desk_with(waiting=7)
    page = desk.open("clerk1", "window/")
    expect(page.locator(".choose__card")).to_have_count(4)
    page.keyboard.type("1")
    press(page, "Enter")
    page.wait_for_url(re.compile("/window/1/$"))
    expect_state(page, "closed")
    press(page, "o")
    expect_state(page, "open")
    morning(page)
    set_aside_and_sent_on(page)
    refused_and_told(page)
    evening(page)


def morning(page: Page) -> None:
    """Called, recalled, served; a no-show taken back."""
    expect_next(page, "A002")  # A002 and A006 have priority
    expect_why(page, "优先")
    press(page, "Space")
    expect_hero(page, "called", "A002")
    expect_why(page, "优先")
    press(page, "r")
    expect(page.locator(".hero__clocks")).to_contain_text("2 次")
    press(page, "s")
    expect_hero(page, "serving", "A002")
    press(page, "f")
    expect_next(page, "A006")
    press(page, "Enter")
    expect_hero(page, "called", "A006")
    expect_why(page, "先到")
    press(page, "n")
    expect(page.locator(".lists__aside")).to_contain_text("A006")
    press(page, "u")
    expect_hero(page, "called", "A006")


def set_aside_and_sent_on(page: Page) -> None:
    """Parked; the next ones sent to a service, to the fallback window; the parked one picked."""
    press(page, "p")
    reason(page, "1")
    expect(page.locator(".lists__aside")).to_contain_text("去复印、打印材料")
    press(page, "Space")
    expect_hero(page, "called", "A001")
    press(page, "t")
    choose(page, "gzf", "公租房申请", "2")
    expect_next(page, "A003")
    press(page, "Space", "b")  # struck before the call is answered, B waits for it
    reason(page, "2")
    expect_next(page, "A004")
    press(page, "l")
    choose(page, "A006", "A006", "1")
    expect_hero(page, "called", "A006")
    press(page, "s")
    expect_hero(page, "serving", "A006")
    press(page, "f")
    expect_next(page, "A004")


def refused_and_told(page: Page) -> None:
    """Refused on the record; what could not be done is told with one key."""
    press(page, "Space")
    expect_hero(page, "called", "A004")
    press(page, "d", "4")
    expect(page.locator("dialog [role=option][aria-selected=true]")).to_contain_text("系统")
    expect(page.locator("#dialog-search")).to_have_value("")
    press(page, "Shift+Tab")
    choose(page, "材料", "材料不齐", "1")
    expect_next(page, "A005")
    press(page, "Space")
    expect_hero(page, "called", "A005")
    press(page, "w")
    expect(page.locator("dialog[open] textarea")).to_be_focused()
    press(page, "2")
    page.keyboard.type("第二次来，仍缺一份证明")
    press(page, "Enter")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("-0001")
    press(page, "s")
    expect_hero(page, "serving", "A005")
    press(page, "f")
    expect_next(page, "A007")


def evening(page: Page) -> None:
    """Paused with a reason, opened, closed, left."""
    press(page, "z")
    reason(page, "2")
    expect_state(page, "paused")
    expect(page.locator(".console__work")).to_contain_text("午间休息")
    press(page, "o")
    expect_state(page, "open")
    press(page, "x")
    expect_state(page, "closed")
    press_anew(page, "x")  # what somebody gave as its reason stays
    expect(page.locator(".toast").last).to_have_text("现在不能“关闭”。")
    press(page, "q")
    expect(page.locator("#sit")).to_be_visible()


def test_the_same_key_twice_is_one_action(desk_with: DeskMaker) -> None:
    desk = desk_with(waiting=5, open_windows=(1,))
    page = desk.console()
    page.evaluate(STRIKES, ["Space", False, False, True, True])
    expect_hero(page, "called", "A002")
    page.evaluate(STRIKES, ["KeyR", False, False, True])
    expect(page.locator(".hero__clocks")).to_contain_text("2 次")
    page.wait_for_timeout(400)
    expect(page.locator(".hero__clocks")).to_contain_text("2 次")
    expect(page.locator(".lists__line .count")).to_have_text("4")


def test_what_a_quick_hand_types_before_the_answer_is_typed_into_the_dialog(desk_with: DeskMaker) -> None:
    page = desk_with(waiting=5, open_windows=(1,)).console()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    routed(page, "**/window/1/next/", hold)
    # None of these is a verb of its own.
    strike_ahead(page, held, "t", "z", "Backspace", "g", "z", "f", "Enter")
    expect(page.locator("dialog [role=option][aria-selected=true]")).to_contain_text("公租房申请")
    expect(page.locator("dialog [name=reason]")).to_have_value("")
    expect_hero(page, "called", "A002")
    press(page, "Escape", "n")
    expect_next(page, "A001")
    strike_ahead(page, held, "p", "2", "Escape")  # thought better of it
    expect_hero(page, "called", "A001")
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    assert page.locator("dialog[open]").count() == 0
    press(page, "n")
    expect_next(page, "A003")
    strike_ahead(page, held, "p", "1", "2")  # a preset, then more words
    expect(page.locator("dialog[open] [name=reason]")).to_have_value("去复印、打印材料2")


def strike_ahead(page: Page, held: list[Route], *keys: str) -> None:
    """Call the next one, whose answer is held until `keys` are struck."""
    page.wait_for_timeout(DOUBLE_TAP_MS + 50)
    press(page, "Space")
    expect(page.locator("[data-verb][aria-busy=true]")).to_have_count(1)
    press(page, *keys)
    let_go(page, held)


def let_go(page: Page, held: list[Route]) -> None:
    """Let the request go on its way that a route holds, or will in a moment."""
    for _ in range(PATIENCE_MS // 10):
        if held:
            return held.pop().continue_()
        page.wait_for_timeout(10)
    raise AssertionError("nothing was asked of the hall")


def test_presses_are_seen_with_300_people_waiting(desk_with: DeskMaker) -> None:
    desk = desk_with(waiting=300, open_windows=(1,))
    page = desk.console()
    for _ in range(2):
        for code, state in (("Space", "called"), ("KeyS", "serving")):
            page.evaluate(PRESS_AND_SEE, [code, state])
            expect(page.locator("[aria-busy=true]")).to_have_count(0)
        press(page, "f")
        expect(page.locator(".hero--next")).to_be_visible()
        expect(page.locator("[aria-busy=true]")).to_have_count(0)


def test_a_press_while_the_server_is_away_happens_once_when_it_is_back(desk_with: DeskMaker) -> None:
    desk = desk_with(waiting=3, open_windows=(1,))
    page = desk.console()
    desk.server.kill()
    press(page, "Space")
    expect(page.locator(".console__work [role=alert]")).to_contain_text("联系不上服务器")
    press(page, "Space")
    desk.server.start()
    expect(page.locator(".hero")).to_have_attribute("data-state", "called", timeout=20_000)
    expect(page.locator(".lists__line .count")).to_have_text("2")
    expect(page.locator(".console__work [role=alert]")).to_have_count(0)


def test_who_is_signed_out_sees_it_at_the_next_press(desk_with: DeskMaker) -> None:
    desk = desk_with(waiting=1, open_windows=(1,))
    page = desk.console()
    code = "from django.contrib.sessions.models import Session; Session.objects.all().delete()"
    desk.server.behind(code)
    press(page, "Space")
    expect(page.locator("dialog[open]")).to_contain_text("您已退出登录")


def test_what_was_typed_is_shown_as_it_was_typed(desk_with: DeskMaker) -> None:
    """Regression 16."""
    desk = desk_with(waiting=1, open_windows=(1,))
    page = desk.console()
    press(page, "Space")
    expect_hero(page, "called", "A001")
    press(page, "p")
    expect(page.locator("dialog[open] [name=reason]")).to_be_focused()
    page.keyboard.type("<img src=x onerror=alert(1)>")
    press(page, "Enter")
    expect(page.locator(".lists__aside")).to_contain_text("<img src=x onerror=alert(1)>")


def test_a_refusal_is_a_sentence_and_keeps_what_was_typed(desk_with: DeskMaker) -> None:
    desk = desk_with(waiting=1, open_windows=(1,))
    page = desk.console()
    press(page, "Space")
    expect_hero(page, "called", "A001")
    press(page, "p")
    expect(page.locator("dialog[open] [name=reason]")).to_be_focused()
    press(page, "Enter")
    expect(page.locator("dialog[open] [role=alert]")).to_contain_text("请填写原因")
    press(page, "Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect_hero(page, "called", "A001")
    press(page, "x")
    expect(page.locator(".toast")).to_contain_text("窗口还有一个号没有处理完")
    expect_hero(page, "called", "A001")


@pytest.mark.parametrize("waiting", [0, 3, 300])
def test_the_console_looks_finished(desk_with: DeskMaker, picture: Picture, waiting: int) -> None:
    desk = desk_with(waiting=waiting, open_windows=(1,), long_name=waiting > 0)
    for size in ("full-hd", "laptop", "phone"):
        page = desk.console(size=size)
        picture(page, f"window-{waiting}-{size}")
        assert_fits(page, size)
    if waiting:
        page = desk.console()
        press(page, "Space")
        expect(page.locator(".hero__service")).to_have_text(LONGEST_NAME)
        picture(page, f"window-{waiting}-called")
        assert_fits(page, "laptop")


def assert_fits(page: Page, size: str) -> None:
    """Nothing is cut off sideways; on a desk's monitor every verb is in sight without scrolling."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if size != "phone":
        assert page.evaluate(
            "document.querySelector('.verbs-more').getBoundingClientRect().bottom <= innerHeight"
        )
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
