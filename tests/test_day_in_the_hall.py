"""A day in the hall in a real Chromium: start page → kiosk → paper → window → board → ticket page → manager.

Everything is reached as a newcomer reaches it, from the start page of the demo hall.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as TooLate

from tests.conftest import HallStarter
from tests.ground.browser import Pages

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

Picture = Callable[[Page, str], None]
PRESSES = 10


class Newcomer:
    """Somebody who has just run `make run`, with as many browsers as they like."""

    def __init__(self, pages: Pages, url: str) -> None:
        self.pages, self.url = pages, url

    def click(self, card: str, size: str) -> Page:
        """A fresh browser at the start page, and one click on a card."""
        page = self.pages.open(self.url, size)
        page.get_by_role("button", name=re.compile(card)).first.click()
        return page


def sit_down(page: Page, window: int) -> None:
    """Choose a window by its number and open it, by keyboard."""
    expect(page.locator("#freshness")).to_have_attribute("data-freshness", "live")
    page.keyboard.type(str(window))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/window/{window}/$"))
    expect(page.locator("#freshness")).to_have_attribute("data-freshness", "live")
    page.keyboard.press("o")
    expect(page.locator(".seat .state").first).to_have_attribute("data-state", "open")


def call_somebody(window: Page) -> None:
    """Press until somebody comes: the simulated clerks are quick, and may have called the one just shown."""
    called = window.locator(".hero[data-state='called']")
    for _ in range(PRESSES):
        window.locator(".hero--next").wait_for()
        window.keyboard.press("Space")
        try:
            called.wait_for(timeout=3_000)
            return
        except TooLate:
            continue
    raise AssertionError(f"nobody could be called in {PRESSES} presses")


def take_number(kiosk: Page) -> str:
    kiosk.locator(".choice", has_text="居民身份证").first.click()
    kiosk.locator(".take").click()
    kiosk.wait_for_selector(".done")
    return kiosk.locator(".done .ticket-number").inner_text().replace("\n", "")


def test_a_number_goes_from_the_kiosk_to_paper_window_board_and_phone(
    start_hall: HallStarter, pages: Pages, picture: Picture
) -> None:
    server = start_hall({"HALLQUEUE_DEMO": "1"})
    newcomer = Newcomer(pages, server.url)

    window = newcomer.click("窗口叫号", "laptop")
    sit_down(window, 1)
    board = newcomer.click("大屏", "full-hd")
    kiosk = newcomer.click("取号机", "upright")
    label, link = take_number(kiosk), _link(kiosk)
    picture(kiosk, "day-kiosk-number")
    expect(window.locator(".hero--next .ticket-number--hero")).to_have_text(label)

    manager = newcomer.click("大厅现场", "full-hd")
    manager.goto(f"{server.url}/wuhai/printers/")
    slip = manager.locator("img").first
    expect(slip).to_have_js_property("complete", True, timeout=20_000)
    assert slip.evaluate("image => image.naturalWidth") > 300
    picture(manager, "day-printers")

    window.keyboard.press("Space")
    expect(window.locator(".hero")).to_have_attribute("data-state", "called")
    expect(board.locator(".call--newest .ticket-number")).to_have_text(label)
    picture(board, "day-board-called")
    picture(window, "day-window-called")

    phone = pages.open(f"{server.url}{link}", "phone")
    expect(phone.locator(".state").first).to_have_attribute("data-state", "called")
    picture(phone, "day-phone-called")

    window.keyboard.press("s")
    expect(window.locator(".hero")).to_have_attribute("data-state", "serving")
    expect(phone.locator(".state").first).to_have_attribute("data-state", "serving")
    window.keyboard.press("f")
    expect(phone.locator(".state").first).to_have_attribute("data-state", "done")

    manager.goto(f"{server.url}/wuhai/manager/")
    expect(manager.locator(".tile", has_text="今日办结").locator(".tile__figure")).to_contain_text("1")
    picture(manager, "day-manager")


def _link(kiosk: Page) -> str:
    """Where the QR of the confirmation leads: read from the picture, as a phone does."""
    from io import BytesIO

    from PIL import Image
    from pyzbar.pyzbar import decode

    qr = kiosk.locator(".done .qr")
    expect(qr).to_have_js_property("complete", True)
    picture = qr.screenshot()
    (code,) = decode(Image.open(BytesIO(picture)))
    text: str = code.data.decode()
    return "/t/" + text.split("/t/")[1]


def test_a_simulated_day_fills_the_hall_within_a_minute(
    start_hall: HallStarter, pages: Pages, picture: Picture
) -> None:
    server = start_hall({"HALLQUEUE_DEMO": "1", "HALLQUEUE_DEMO_DAY": "1"})
    newcomer = Newcomer(pages, server.url)
    board = newcomer.click("大屏", "full-hd")
    kiosk = newcomer.click("取号机", "upright")
    window = newcomer.click("窗口叫号", "laptop")
    manager = newcomer.click("大厅现场", "full-hd")
    sit_down(window, 1)
    expect(board.locator(".call")).to_have_count(6, timeout=60_000)
    call_somebody(window)
    for name, page in {"board": board, "kiosk": kiosk, "window": window, "manager": manager}.items():
        picture(page, f"hall-{name}")
