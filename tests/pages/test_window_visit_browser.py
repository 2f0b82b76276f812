"""A visit at the console in a real Chromium, by keyboard alone: noted, put right, joined, finished matter by matter."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.ground.browser import routed
from tests.pages.test_window_browser import (
    DeskMaker,
    Picture,
    desk_with,
    expect_hero,
    expect_next,
    let_go,
    press,
)

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

__all__ = ["desk_with"]  # a fixture of the console's own tests


def test_a_visit_by_keyboard_alone(desk_with: DeskMaker, picture: Picture) -> None:
    """Noted, put right, joined, finished matter by matter; then `aside_and_back`."""
    desk = desk_with(waiting=7, open_windows=(1, 2))
    page = desk.console()
    press(page, "Space")
    expect_hero(page, "called", "A002")
    press(page, "e")
    asked(page)
    press(page, "2", "Tab", "ArrowDown", "ArrowDown", "Enter")
    closed(page)
    expect(page.locator(".hero__who")).to_contain_text("同行 3 人")
    press(page, "c")
    found(page, "gzf", "公租房申请")
    closed(page)
    expect(page.locator(".hero__service")).to_have_text("公租房申请")
    press(page, "u")
    expect(page.locator(".hero__service")).to_have_text("居民身份证换领")
    press(page, "j")
    found(page, "A006", "A006")
    closed(page)
    expect(page.locator(".matters__list li")).to_have_count(2)
    press(page, "s")
    expect_hero(page, "serving", "A002")
    picture(page, "window-visit")
    press(page, "f")
    expect(page.locator("dialog[open] select")).to_have_count(2)
    picture(page, "window-finish-matters")
    press(page, "Enter")
    closed(page)
    expect_next(page, "A001")
    aside_and_back(page, picture)


def test_keys_struck_in_one_breath_are_said_in_their_order(desk_with: DeskMaker) -> None:
    page = desk_with(waiting=5, open_windows=(1,)).console()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    def breathe(*keys: str) -> None:
        """The first key is not answered before the last is struck."""
        press(page, keys[0])
        expect(page.locator("[data-verb][aria-busy=true]")).to_have_count(1)
        press(page, *keys[1:])
        let_go(page, held)

    for verb in ("start", "next"):
        routed(page, f"**/window/1/{verb}/", hold)
    breathe("Space", "n")  # a no-show, seen at once
    expect_next(page, "A001")
    page.unroute("**/window/1/next/")
    press(page, "Space")
    expect_hero(page, "called", "A001")
    breathe("s", "f", "f", "Space")  # where finishing asks nothing the next press is none of its answer
    expect_hero(page, "called", "A003")
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    breathe("s", "f", "Space", "Escape")  # thought better of it
    expect_hero(page, "serving", "A003")


LONG_AGO = """
from datetime import timedelta
from django.utils import timezone
from hallqueue.models import Call, Ticket
begun = timezone.now() - timedelta(minutes=5)
Ticket.objects.filter(state="serving").update(started_at=begun)
Call.objects.exclude(started_at=None).update(called_at=begun, started_at=begun)
"""


def test_only_the_start_of_a_long_service_is_asked_about_before_it_is_taken_back(
    desk_with: DeskMaker,
) -> None:
    desk = desk_with(waiting=2, open_windows=(1,))
    page = desk.console()
    press(page, "Space")
    expect_hero(page, "called", "A002")
    press(page, "s")
    expect_hero(page, "serving", "A002")
    desk.server.behind(LONG_AGO)
    page.reload()
    expect_hero(page, "serving", "A002")
    press(page, "u")
    expect(page.locator("dialog[open]")).to_contain_text("撤销 A002 的“开始办理”？")
    press(page, "Escape", "c")
    found(page, "gzf", "公租房申请")
    closed(page)
    press(page, "u")
    expect(page.locator(".hero__service")).to_have_text("居民身份证换领")
    expect_hero(page, "serving", "A002")


MANY_ASIDE = """
from hallqueue.models import Ticket
hall = Ticket.objects.latest("id").hall_id
Ticket.objects.filter(hall=hall, number__lte=64).update(state="parked")
"""


def test_who_is_set_aside_is_found_by_number_among_more_than_the_console_shows(desk_with: DeskMaker) -> None:
    desk = desk_with(waiting=66, open_windows=(1,))
    desk.server.behind(MANY_ASIDE)
    page = desk.console()
    expect(page.locator(".lists__aside .count")).to_have_text("64")
    press(page, "a")
    expect(page.locator("dialog [role=option]")).to_have_count(60)
    found(page, "A001", "A001")
    closed(page)
    expect(page.locator(".toast")).to_contain_text("A001 已激活")


def test_enter_before_the_list_has_come_takes_what_was_typed_not_what_stood_there(
    desk_with: DeskMaker,
) -> None:
    desk = desk_with(waiting=1, open_windows=(1, 2, 3))
    page, there, held = desk.console(), desk.console("clerk3", 3), list[Route]()
    press(page, "Space")
    expect_hero(page, "called", "A001")
    press(page, "t")
    expect(page.locator("dialog [role=option]").first).to_contain_text("2 号窗口")

    def hold(route: Route) -> None:
        held.append(route)

    routed(page, "**/destinations/?q=3", hold)
    press(page, "3", "Enter", "1", "Enter")
    page.wait_for_timeout(300)  # longer than the console waits for more keys
    expect(page.locator("dialog button[type=submit]")).to_have_attribute("aria-busy", "true")
    let_go(page, held)
    expect(page.locator(".toast").last).to_contain_text("A001 已转出")
    expect_next(there, "A001")


def aside_and_back(page: Page, picture: Picture) -> None:
    """Parked with a reminder, sent on from there to the front, taken back; missed, brought back by the rule."""
    press(page, "Space")
    expect_hero(page, "called", "A001")
    press(page, "p")
    asked(page)
    press(page, "1", "Tab", "ArrowDown")
    picture(page, "window-park")
    press(page, "Enter")
    closed(page)
    expect(page.locator(".lists__aside")).to_contain_text("提醒")
    press(page, "t")
    found(page, "A001", "A001")
    expect(page.locator("dialog[open]")).to_contain_text("A001 转到哪里")
    page.keyboard.type("2")
    expect(page.locator("dialog [role=option][aria-selected=true]")).to_contain_text("2 号窗口")
    expect(page.locator("dialog [role=option]")).to_have_count(1)
    press(page, "Enter", "2", "Tab", "ArrowDown")
    picture(page, "window-transfer")
    press(page, "Enter")
    closed(page)
    expect(page.locator(".lists__aside .count")).to_have_text("0")
    press(page, "u")
    expect(page.locator(".lists__aside")).to_contain_text("A001")
    press(page, "b")  # with nobody at the window it is a parked one that goes to the fallback window
    found(page, "A001", "A001")
    asked(page)
    press(page, "1", "Enter")
    closed(page)
    expect(page.locator(".lists__aside .count")).to_have_text("0")
    press(page, "u")
    expect(page.locator(".lists__aside")).to_contain_text("A001")
    press(page, "q")
    expect(page.locator("dialog[open]")).to_contain_text("还有 1 个挂起的号")
    press(page, "Escape")
    closed(page)
    press(page, "Space")
    expect_hero(page, "called", "A003")
    press(page, "n")
    expect(page.locator(".lists__aside")).to_contain_text("A003")
    press(page, "a")
    found(page, "A003", "A003")
    closed(page)
    at = page.locator(".queue__row .ticket-number").all_inner_texts().index("A003") + 1
    expect(page.locator(".toast")).to_have_text(f"A003 已激活，排在本窗口第 {at} 位")


def found(page: Page, query: str, shown: str) -> None:
    """In a dialog with a list alone: type, wait for the one meant, Enter."""
    expect(page.locator("dialog[open] [role=combobox]")).to_be_focused()
    page.keyboard.type(query)
    expect(page.locator("dialog [role=option][aria-selected=true]")).to_contain_text(shown)
    press(page, "Enter")


def asked(page: Page) -> None:
    """The dialog stands and asks for words."""
    expect(page.locator("dialog[open] [name=reason]")).to_be_focused()


def closed(page: Page) -> None:
    """The answer has come, and keys mean the console again."""
    expect(page.locator("dialog[open]")).to_have_count(0)
