"""Every page a citizen or a clerk meets is readable for everyone: axe finds nothing in any theme or view."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.accessible import DRESSES, faults_in_every_dress, faults_of
from tests.ground.browser import Pages
from tests.ground.servers import Hallqueue

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

Open = Callable[[str, str], Page]


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    """One demo hall for the module."""
    hall = Hallqueue({"HALLQUEUE_DEMO": "1"})
    yield hall.start().url
    hall.stop()
    hall.remove()


@pytest.fixture
def through(demo: str, pages: Pages) -> Open:
    """A fresh browser that goes through a card of the start page."""

    def open_card(card: str, size: str) -> Page:
        page = pages.open(demo, context=pages.context(size, bypass_csp=True))
        page.get_by_role("button", name=re.compile(card)).first.click()
        return page

    return open_card


def settled(page: Page) -> None:
    page.locator("#freshness[data-freshness=live]").wait_for()


def test_the_window_console_is_readable_with_and_without_somebody(through: Open) -> None:
    window = through("窗口叫号", "laptop")
    settled(window)
    assert faults_in_every_dress(window) == []
    window.keyboard.type("1")
    window.keyboard.press("Enter")
    window.wait_for_url(re.compile(r"/window/1/$"))
    settled(window)
    window.keyboard.press("o")
    window.locator(".seat .state[data-state=open]").wait_for()
    assert faults_in_every_dress(window) == []
    through("手机", "phone")
    window.locator(".hero--next").wait_for()
    window.keyboard.press("Space")
    window.locator(".hero[data-state=called]").wait_for()
    assert faults_in_every_dress(window) == []


def test_the_kiosk_is_readable_from_the_choice_to_the_number(through: Open) -> None:
    kiosk = through("取号机", "upright")
    kiosk.locator(".choice").first.wait_for()
    assert faults_in_every_dress(kiosk) == []
    kiosk.locator(".choice", has_text="居民身份证").first.click()
    kiosk.locator(".take").wait_for()
    assert faults_in_every_dress(kiosk) == []
    kiosk.locator(".take").click()
    kiosk.locator(".done .ticket-number").wait_for()
    assert faults_in_every_dress(kiosk) == []


def test_boards_window_screens_and_their_preview_are_readable(through: Open, demo: str) -> None:
    page = through("大厅现场", "full-hd")
    page.wait_for_url(re.compile("/manager/"))
    hall = page.url.removesuffix("manager/")
    layouts = "name=x&glass=1920x1080&night=18:00-24:00&dress=day&turn=0&mongolian=1&crowd=many"
    mains = (("calls", "both"), ("zones", "waiting"), ("window", "none"))
    previews = [f"board/preview/?{layouts}&main={main}&side={side}&theme=light" for main, side in mains]
    for path in ("board/?theme=light", "screen/3/?theme=light", *previews, "setup/boards/new/"):
        page.goto(hall + path)
        page.locator("#main-part > *, .screen__now, #preview").first.wait_for()
        assert faults_in_every_dress(page) == [], path


# Where the hall improves: {who: what they open}. `1` is the demo's first of each, `1/beside/5` the first walked again.
IMPROVING = {
    "manager": (
        *("walkthroughs/", "walkthroughs/new/", "walkthroughs/1/", "walkthroughs/1/beside/5/"),
        *("findings/", "findings/1/", "findings/month/", "ratings/", "ratings/3/", "appeals/"),
        *("projects/", "projects/new/", "projects/1/", "projects/2/", "projects/account/", "rankings/"),
        *("ledger/", "ledger/people/", "reports/", "reports/1/", "concerns/ranking/"),
    ),
    "clerk10": ("appeals/", "ledger/", "rankings/", "findings/", "projects/"),
    "auditor": ("audit/", "reports/"),
    "": ("wall/", "rankings/departments/"),
}


@pytest.mark.parametrize("who", IMPROVING)
def test_where_the_hall_improves_every_page_is_readable_on_a_telephone(
    demo: str, pages: Pages, who: str
) -> None:
    page = pages.open(f"{demo}/sign-in/", context=pages.context("phone", bypass_csp=True))
    if who:
        page.locator("[name=username]").fill(who)
        page.locator("[name=password]").fill("hall-demo-2026")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: "sign-in" not in address)
    for path in IMPROVING[who]:
        page.goto(f"{demo}/wuhai/{path}")
        assert faults_in_every_dress(page, DRESSES[:3]) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_one_pale_row_among_many_alike_is_found(pages: Pages) -> None:
    page = pages.open("about:blank", context=pages.context(bypass_csp=True))
    rows = ["<li>清晰</li>"] * 30 + ["<li class=pale>模糊</li>"] + ["<li>清晰</li>"] * 30
    style = "<style>li { color: #000; background: #fff } .pale { color: #eee }</style>"
    page.set_content(
        f"<html lang=zh><title>表</title>{style}<main><h1>表</h1><ul>{''.join(rows)}</ul></main>"
    )
    (fault,) = faults_of(page)
    assert fault.startswith("color-contrast")
    assert "pale" in fault
