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
    page.locator("#kept tbody a").first.click()
    page.get_by_text("今天重算，每个数字都一致").wait_for()
    assert not page.evaluate(TOO_WIDE)
