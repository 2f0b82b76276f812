"""The door, pairing and the manager's screen in a real Chromium, in the demo hall of a real server."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.ground.browser import SIZES, Pages
from tests.ground.servers import Hallqueue

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]
Picture = Callable[[Page, str], None]


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    """One demo hall for the module: each test comes with browsers of its own."""
    hall = Hallqueue({"HALLQUEUE_DEMO": "1"})
    yield hall.start().url
    hall.stop()
    hall.remove()


def click_role(page: Page, name: str) -> None:
    page.locator(f'button[name="username"][value="{name}"]').first.click()


def test_every_screen_is_one_click_away(demo: str, pages: Pages, picture: Picture) -> None:
    page = pages.open(demo, "full-hd")
    picture(page, "start-full-hd")
    ways = {
        'button[value="kiosk"]': r"/wuhai/kiosk/$",
        'button[value="board"]': r"/wuhai/board/$",
        'form:has(input[value="screen"]) button': r"/wuhai/screen/1/$",
        'form[action="/demo/ticket/"] button': r"/t/[\w-]{22}/$",
        '.doors button[value="clerk01"]': r"/wuhai/window/(1/)?$",
        ".door:has-text('大厅现场') button": r"/wuhai/manager/$",
        ".door:has-text('小票') button": r"/wuhai/printers/$",
        ".door:has-text('办不成事') button": r"/wuhai/concerns/$",
        ".door:has-text('我陪群众走流程') button": r"/wuhai/walkthroughs/$",
    }
    for way, place in ways.items():
        page.goto(demo)
        page.locator(way).click()
        expect(page).to_have_url(re.compile(place))


def places(page: Page, size: str) -> list[str]:
    """The hall's places as its bar offers them on a glass of that size, in the bar or in its menu, each once."""
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.locator(".topbar__more > summary").click()
    offered = page.locator(".topbar a:not(.topbar__hall):visible").all_inner_texts()
    page.locator(".topbar__more > summary").click()
    assert len(offered) == len(set(offered)) > 7, offered
    return offered


def test_signing_in_by_name_and_out_again(demo: str, pages: Pages, picture: Picture) -> None:
    page = pages.open(demo + "/wuhai/manager/")
    page.fill("#username", "manager")
    page.fill("#password", "wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("用户名或密码不正确。")
    picture(page, "sign-in-wrong")
    page.fill("#password", "hall-demo-2026")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/wuhai/manager/$"))
    assert places(page, "phone") == places(page, "laptop") == places(page, "full-hd")
    page.get_by_role("button", name="退出").click()
    expect(page.locator("h1")).to_have_text("取一个号，办成一件事")


def test_a_device_is_paired_by_its_code_and_revoked(demo: str, pages: Pages, picture: Picture) -> None:
    device = pages.open(demo + "/wuhai/board/", "full-hd")
    expect(device).to_have_url(re.compile("/wuhai/pair/$"))
    expect(device.locator("#code")).to_have_text(re.compile(r"^[A-Z0-9]{4} [A-Z0-9]{4}$"))
    picture(device, "pair")
    manager = pages.open(demo)
    click_role(manager, "manager")
    manager.goto(demo + "/wuhai/devices/")
    manager.fill("#code", device.locator("#code").inner_text().lower())
    manager.select_option("#kind", "board")
    manager.fill("#name", "东门大屏")
    manager.get_by_role("button", name="批准").click()
    expect(device).to_have_url(re.compile("/wuhai/board/$"))
    device.wait_for_timeout(1500)
    tile = manager.locator('.piece[id^="device:"]', has_text="东门大屏")
    expect(tile.locator(".state")).to_have_text("在线")
    tile.get_by_role("button", name="撤销").click()
    manager.locator("#sure .button--alarm").click()
    asked = time.monotonic()
    device.wait_for_url("**/wuhai/pair/", timeout=6000)
    assert time.monotonic() - asked < 5
    picture(manager, "devices")


def test_of_many_devices_the_first_of_each_kind_stand_there_and_one_is_found(demo: str, pages: Pages) -> None:
    manager = pages.open(demo)
    click_role(manager, "manager")
    manager.goto(demo + "/wuhai/devices/")
    every = manager.request.get(demo + "/wuhai/devices/list/").json()["pieces"]
    tiles, more = manager.locator(".piece"), manager.get_by_role("button", name=re.compile("显示其余"))
    expect(more.first).to_be_visible()
    assert tiles.count() < len(every)
    while more.count():
        more.first.click()
    expect(tiles).to_have_count(len(every))
    manager.fill("#list .search input", every[0]["name"])
    expect(tiles.first.locator("h3")).to_have_text(every[0]["name"])
    assert tiles.count() < len(every)
    manager.fill("#list .search input", "没有的")
    expect(manager.get_by_role("status").filter(has_text="没有这样的设备。")).to_be_visible()


def test_the_manager_sees_a_window_opened_here_at_once(demo: str, pages: Pages, picture: Picture) -> None:
    page = pages.open(demo, "full-hd")
    click_role(page, "manager")
    tile = page.locator(".pane").nth(2)
    tile.click()
    if tile.get_attribute("data-state") == "open":  # a kiosk of the demo has opened the windows
        page.fill("#reason", "午休")
        page.get_by_role("button", name="关闭窗口").click()
    expect(tile).to_have_attribute("data-state", "closed")
    page.get_by_role("button", name="开放窗口").click()
    expect(tile).to_have_attribute("data-state", "open")
    page.get_by_role("button", name="暂停窗口").click()
    expect(page.locator(".toast")).to_have_text("请先填写原因。")
    page.fill("#reason", "系统升级")
    page.get_by_role("button", name="暂停窗口").click()
    expect(tile).to_have_attribute("data-state", "paused")
    expect(tile).to_contain_text("系统升级")
    page.keyboard.press("Escape")
    picture(page, "manager-full-hd")
