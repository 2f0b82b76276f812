"""Whose window it is, at the console in a real Chromium: taken over, retired, looked on."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

from tests.pages.test_window_browser import DeskMaker, desk_with, expect_hero, press

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

__all__ = ["desk_with"]  # a fixture of the console's own tests


def test_who_is_taken_over_is_told_at_once(desk_with: DeskMaker) -> None:
    desk = desk_with(waiting=2, open_windows=(1,))
    first = desk.console("clerk1")
    second = desk.open("clerk2", "window/")
    second.locator('.choose__card[data-number="1"] button').click()
    expect(second.locator('.choose__card[data-number="1"] [role=alert]')).to_contain_text(
        "clerk1正在这个窗口上岗"
    )
    expect(first.locator("dialog[open]")).to_have_count(0)
    begun = time.monotonic()
    press(second, "Enter")  # the focus is on “take over”
    expect(first.locator("dialog[open]")).to_contain_text("clerk2 已接管本窗口")
    told = time.monotonic() - begun
    print(f"the first one is told after {told * 1000:.0f} ms")
    assert told < 3
    press(first, "Escape", "Space")
    expect(first.locator("dialog[open]")).to_be_visible()
    second.wait_for_url(re.compile("/window/1/$"))
    press(second, "Space")
    expect_hero(second, "called", "A002")


def test_a_console_says_that_its_window_was_retired(desk_with: DeskMaker) -> None:
    desk = desk_with(open_windows=(1,))
    page, manager = desk.console(window=2), desk.open("manager", "setup/windows/2/")
    manager.locator("[name=retire]").click()
    expect(page.locator("dialog[open]")).to_contain_text("2 号窗口已停用")
    press(page, "Escape", "Enter")
    page.wait_for_url(re.compile("/window/$"))


def test_looking_on_acts_on_nothing(desk_with: DeskMaker) -> None:
    desk = desk_with(waiting=2, open_windows=(1,))
    page = desk.console("clerk2")
    press(page, "Space")
    expect(page.locator(".toast--refused")).to_be_visible()
    expect(page.locator(".lists__line .count")).to_have_text("2")


def test_a_line_that_may_only_be_looked_at_is_turned_by_keys(desk_with: DeskMaker) -> None:
    desk = desk_with(waiting=40, open_windows=(1,))
    page = desk.open("clerk2", "window/1/")
    line = page.get_by_role("list", name="等候队列")
    line.focus()
    assert line.evaluate("it => it.scrollHeight > it.clientHeight")
    page.keyboard.press("End")
    page.wait_for_function("() => document.activeElement.scrollTop > 0")
    mine = desk.console("clerk1").get_by_role("list", name="等候队列")  # its rows take the focus
    expect(mine).not_to_have_attribute("tabindex", "0")
