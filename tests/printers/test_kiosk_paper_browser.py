"""Paper at a real kiosk: taken, unknown and asked about, and none at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from printers.twin import Mode, PrinterTwin
from tests.conftest import HallStarter
from tests.ground.browser import Pages
from tests.kiosk_hall import build, open_kiosk

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

PATIENT = 20_000


def take(page: Page) -> str:
    page.locator(".choice", has_text="居民身份证换领").first.click()
    page.locator(".take").click()
    return page.locator(".done .ticket-number").inner_text()


def test_kiosk_says_what_is_known_of_the_paper_and_asks_when_nothing_is(
    start_hall: HallStarter, pages: Pages, picture: Callable[[Page, str], None]
) -> None:
    with PrinterTwin() as twin:
        server = start_hall({"HALLQUEUE_SECRET": "a secret for tests only"})
        build(
            server,
            "from printers.setting_up import add_printer",
            "from hallqueue.actions.command import THE_HALL, new_key",
            f"add_printer(small.hall.pk, THE_HALL, new_key(), name='P', address='{twin.url}')",
        )
        page = open_kiosk(pages, server)
        line = page.locator(".done__slip")
        first = take(page)
        expect(line).to_have_text("请取走小票", timeout=PATIENT)
        assert first in twin.slips[-1].text
        page.get_by_role("button", name="好，知道了").click()

        twin.after, twin.mode = 600, Mode.RESET
        second = take(page)
        expect(page.get_by_text("小票出来了吗？")).to_be_visible(timeout=PATIENT)
        picture(page, "kiosk-paper-asked")
        twin.mode = Mode.OK
        page.get_by_role("button", name="没有，再打一张").click()
        expect(line).to_have_text("请取走小票", timeout=PATIENT)
        assert second in twin.slips[-1].text
        assert "补打 第2份" in twin.slips[-1].text
        page.get_by_role("button", name="好，知道了").click()

        twin.after, twin.mode = 0, Mode.PAPER_OUT
        page.locator(".choice", has_text="居民身份证换领").first.click()
        expect(page.get_by_text("打印机暂时打不了小票")).to_be_visible(timeout=PATIENT)
        page.locator(".take").click()
        expect(line).to_have_text("没有小票：请拍下号码，或扫码保存")
        assert page.locator(".done .ticket-number").inner_text() == "A003"
