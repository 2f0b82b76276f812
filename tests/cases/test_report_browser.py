"""A leader's month in Chromium: readable in every dress, on a phone, on paper, and taken away as a file."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page

from tests.accessible import faults_in_every_dress
from tests.conftest import HallStarter
from tests.ground.browser import Pages

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
INK = "getComputedStyle(document.querySelector('h1')).color"


def test_a_month_on_the_screen_on_a_phone_on_paper_and_as_a_file(
    start_hall: HallStarter, pages: Pages, picture: Callable[[Page, str], None]
) -> None:
    home = start_hall({"HALLQUEUE_DEMO": "1"}).url
    page = pages.open(home, context=pages.context("laptop", bypass_csp=True))
    page.get_by_role("button", name=re.compile("大厅现场")).first.click()
    page.wait_for_url(re.compile("/manager/"))
    page.goto(page.url.replace("/manager/", "/reports/"))
    with page.expect_navigation():
        page.get_by_role("link", name="上一期").click()
    page.locator(".report-columns li").first.wait_for()
    assert page.locator("[data-heat='5']").count() >= 1
    assert page.get_by_text("模拟数据").is_visible()
    assert faults_in_every_dress(page) == []
    picture(page, "report-laptop")
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").first.click()
    assert "部门" in load_workbook(download.value.path().open("rb")).sheetnames
    page.emulate_media(media="print")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert page.evaluate(INK) == "rgb(23, 34, 46)", "dark ink on white paper"
    assert not page.locator(".report-ask").is_visible()
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 390, "height": 844})
    assert not page.evaluate(TOO_WIDE)
    picture(page, "report-phone")
    with page.expect_navigation():
        page.locator("#kept tbody a").first.click()
    page.get_by_text("今天重算，每个数字都一致").wait_for()
    assert not page.evaluate(TOO_WIDE)


UPRIGHT, WIDE = (210, 297), (297, 210)
PAPERS = {
    "reports/": UPRIGHT,
    "findings/month/": UPRIGHT,
    "walkthroughs/1/beside/5/": UPRIGHT,
    "projects/account/": UPRIGHT,
    "projects/1/": UPRIGHT,
    "wall/": UPRIGHT,
    "concerns/ranking/": UPRIGHT,
    "concerns/": WIDE,
    "ratings/codes/": UPRIGHT,
    "ratings/": WIDE,
    "rankings/": WIDE,
    "rankings/departments/": WIDE,
    "ledger/": WIDE,
}
WITH_NAMES = ("ledger/", "concerns/", "findings/month/", "projects/1/")
LONG_NAMES = f"""
from hallqueue.models import User
User.objects.filter(hall__slug="wuhai", role="clerk").update(name={"阿拉坦乌拉·巴特尔苏和" * 5!r})
"""
# Words that vanish with their face, buttons nobody can press, what would be cut off at the edge.
LOST_ON_PAPER = """() => {
  const seen = (each) => each.checkVisibility();
  const dark = (each) => getComputedStyle(each).color.match(/\\d+/g).slice(0, 3).every((part) => part < 120);
  const pale = [...document.querySelectorAll(".state")].filter((each) => seen(each) && !dark(each));
  const pressed = [...document.querySelectorAll("main :is(.button, button)")].filter(seen);
  const edge = document.documentElement.clientWidth + 1;
  const cut = [...document.querySelectorAll("main *")].filter(
    (each) => seen(each) && !each.closest(".visually-hidden") && each.getBoundingClientRect().right > edge);
  return [...pale, ...pressed, ...cut].map((each) => each.outerHTML.slice(0, 120));
}"""


def sheets(paper: bytes) -> set[tuple[int, int]]:
    """The sizes of a PDF's pages, mm."""
    boxes = re.findall(rb"/MediaBox ?\[ ?0 0 ([\d.]+) ([\d.]+) ?\]", paper)
    return {(round(float(width) * 25.4 / 72), round(float(height) * 25.4 / 72)) for width, height in boxes}


def test_every_printed_page_is_a4_whole_and_readable_without_colour(
    start_hall: HallStarter, pages: Pages
) -> None:
    running = start_hall({"HALLQUEUE_DEMO": "1"})
    page = pages.open(running.url)
    page.get_by_role("button", name=re.compile("大厅现场")).first.click()
    page.wait_for_url(re.compile("/manager/"))
    hall = page.url.replace("manager/", "")
    page.emulate_media(media="print")
    long = [(address, PAPERS[address]) for address in WITH_NAMES]
    for at, (address, size) in enumerate([*PAPERS.items(), *long]):
        if at == len(PAPERS):
            running.behind(LONG_NAMES)
        page.set_viewport_size({"width": round((size[0] - 24) / 25.4 * 96), "height": 900})
        page.goto(hall + address)
        assert page.evaluate(LOST_ON_PAPER) == [], address
        assert sheets(page.pdf(prefer_css_page_size=True)) == {size}, address
