"""The desk in a real Chromium, by keyboard alone: an old man's number, a proof, a slip, a wheelchair, a call."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.accessible import faults_of
from tests.desk_hall import people_of
from tests.ground.browser import Pages, routed
from tests.ground.servers import Hallqueue
from tests.kiosk_hall import TOKEN
from tests.pages.test_window_browser import let_go

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

Picture = Callable[[Page, str], None]
DeskMaker = Callable[..., Page]
HALLS = itertools.count(1)


@pytest.fixture
def desk_with(server: Hallqueue, pages: Pages) -> DeskMaker:
    """The desk's page in a hall made for it: `desk_with(calls=2, size="full-hd")`."""

    def make(size: str = "laptop", csp: bool = True, **details: object) -> Page:
        slug = f"desk-{next(HALLS)}"
        people = people_of(server, slug, **details)
        context = pages.context(size, bypass_csp=not csp)
        context.add_cookies([{"name": "sessionid", "value": people["desk"], "url": server.url}])
        page = pages.open(f"{server.url}/{slug}/desk/", context=context)
        expect(page.locator("#freshness")).to_have_attribute("data-freshness", "live")
        expect(page.locator("#search")).to_be_focused()
        return page

    return make


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def search(page: Page, words: str, found: str) -> None:
    page.keyboard.type(words)
    expect(page.locator("[role=option][aria-selected=true]")).to_contain_text(found)


def answered(page: Page, words: str) -> None:
    expect(page.locator(".toast")).to_contain_text(words)


def in_dialog(page: Page, *keys: str) -> None:
    expect(page.locator("dialog[open]")).to_have_count(1)
    press(page, *keys)
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_everything_the_desk_does_by_keyboard_alone(desk_with: DeskMaker) -> None:
    page = desk_with(waiting=3, open_windows=(1, 2, 9), calls=2, claims=1)
    search(page, "sfz", "居民身份证换领")
    press(page, "Enter", "1", "Enter")  # this service; an old man; give the number
    answered(page, "已取号 A005")
    expect(page.locator(".desk__aloud")).to_contain_text("前面还有 2 位，请在A区等候，会叫到 1、2 号窗口")
    expect(page.locator(".desk__about")).to_contain_text("已打印 1 份")
    press(page, "p")
    in_dialog(page, "3")  # lost
    expect(page.locator(".desk__story")).to_contain_text("补打小票")
    expect(page.locator(".desk__about")).to_contain_text("已打印 2 份")
    press(page, "l")
    in_dialog(page, "1")
    answered(page, "轮椅 1 号已借出")
    press(page, "Escape")
    search(page, "A004", "A004")
    press(page, "Enter", "v")
    in_dialog(page, "2")
    answered(page, "A004 已核验为优先")
    expect(page.locator(".desk__about")).to_contain_text("已核验")
    press(page, "u")
    answered(page, "A004 的优先已撤回")
    press(page, "b")
    in_dialog(page, "1", "Enter")
    expect(page.locator(".desk__aloud")).to_contain_text("会叫到 9 号窗口")
    press(page, "h")
    answered(page, "您去，已记下")
    press(page, "d")
    in_dialog(page, "1")
    expect(page.locator(".desk__help .desk__call")).to_have_count(1)
    press(page, "r")
    in_dialog(page, "Enter")
    answered(page, "轮椅 1 号已归还")
    press(page, "x")
    in_dialog(page, "1", "Enter")
    expect(page.locator(".desk__label .state")).to_have_attribute("data-state", "cancelled")


def test_what_is_pressed_before_the_last_press_is_answered_waits_for_it(desk_with: DeskMaker) -> None:
    page, held = desk_with(waiting=3, open_windows=(1,), calls=1), list[Route]()
    search(page, "3", "A003")
    press(page, "Enter")
    expect(page.locator(".desk__label .ticket-number")).to_have_text("A003")

    def hold(route: Route) -> None:
        held.append(route)

    routed(page, "**/desk/help_take/", hold)
    press(page, "h", "h", "l")
    in_dialog(page, "1")
    let_go(page, held)
    answered(page, "轮椅 1 号已借出")
    expect(page.locator(".desk__help .desk__call")).to_contain_text("已前往")
    assert not held


def test_call_for_help_appears_at_once_and_leads_to_its_ticket(desk_with: DeskMaker) -> None:
    page = desk_with(waiting=3, open_windows=(1,))
    expect(page.locator(".desk__none").first).to_have_text("没有人求助。")
    search(page, "3", "A003")
    press(page, "Enter", "k")
    in_dialog(page, "2")
    row = page.locator(".desk__help .desk__call")
    expect(row).to_contain_text("翻译 · 座位")
    press(page, "Escape")
    row.get_by_role("button", name="A003").click()
    expect(page.locator(".desk__label .ticket-number")).to_have_text("A003")


def test_old_man_at_the_kiosk_calls_somebody_and_the_desk_hears_it(
    desk_with: DeskMaker, pages: Pages, server: Hallqueue
) -> None:
    page = desk_with(open_windows=(1,), kiosk=True)
    context = pages.context("upright")
    context.add_cookies([{"name": "hq_kiosk", "value": TOKEN, "url": server.url}])
    kiosk = pages.open(page.url.replace("/desk/", "/kiosk/"), context=context)
    kiosk.get_by_role("button", name="叫工作人员").click()
    expect(kiosk.locator(".facilities")).to_contain_text("应急医药箱")
    kiosk.get_by_role("button", name="轮椅").click()
    expect(kiosk.get_by_role("status")).to_contain_text("已通知导办人员")
    expect(page.locator(".desk__help .desk__call")).to_contain_text("轮椅 · 取号机 一号机")
    press(page, "Escape", "h")
    answered(page, "您去，已记下")


def test_refusal_stays_in_its_dialog_and_a_shut_service_goes_to_the_fallback(desk_with: DeskMaker) -> None:
    page = desk_with(open_windows=(9,))
    press(page, "Escape", "l", "1", "2")  # three keys: lend, a wheelchair, for a city card
    answered(page, "轮椅 1 号已借出")
    expect(page.locator(".desk__loan")).to_contain_text("市民卡")
    press(page, "l", "1", "4")
    expect(page.locator("dialog[open] [name=reason]")).to_be_focused()
    page.keyboard.type("身份证 150302196404120015")
    press(page, "Enter")
    expect(page.locator("dialog[open] .field__error")).to_have_text("押物备注里请不要写身份证号或电话号码。")
    page.fill("dialog [name=reason]", "市民卡")
    in_dialog(page, "Enter")
    press(page, "f")
    search(page, "fp", "发票申领")
    press(page, "Enter")
    expect(page.locator(".desk__issue")).to_contain_text("由兜底窗口接待")
    press(page, "m", "p", "Enter")
    answered(page, "已取号 B001")
    expect(page.locator(".desk__about")).to_contain_text("蒙古语")
    expect(page.locator(".desk__story")).not_to_contain_text("小票")


@pytest.mark.parametrize("size", ["laptop", "full-hd"])
@pytest.mark.parametrize(
    ("name", "details"),
    [
        ("empty", {}),
        ("few", {"waiting": 3, "open_windows": (1, 2, 9), "calls": 2, "loans": 2, "claims": 1}),
        ("full", {"waiting": 300, "open_windows": (1, 9), "calls": 14, "loans": 14, "long_name": True}),
    ],
)
def test_page_never_scrolls_and_can_be_read_by_everyone(
    desk_with: DeskMaker, picture: Picture, size: str, name: str, details: dict[str, object]
) -> None:
    page = desk_with(size, csp=False, **details)
    page.locator(".desk__row, .empty").first.wait_for()
    picture(page, f"desk-{name}-{size}")
    wider = "document.documentElement.scrollWidth - innerWidth"
    higher = "document.documentElement.scrollHeight - innerHeight"
    assert (page.evaluate(wider) <= 0, page.evaluate(higher) <= 0) == (True, True)
    if size == "laptop":
        assert faults_of(page) == []
