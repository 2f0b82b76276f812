"""Paper at a real kiosk: taken, unknown and asked about, and none at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from hallqueue.texts import text
from printers.twin import Mode, PrinterTwin
from tests.conftest import HallStarter
from tests.ground.browser import Pages
from tests.ground.servers import Hallqueue
from tests.kiosk_hall import build, open_kiosk

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

PATIENT = 20_000


def hall_with(twin: PrinterTwin, start_hall: HallStarter) -> Hallqueue:
    server = start_hall({"HALLQUEUE_SECRET": "a secret for tests only"})
    build(
        server,
        "from printers.setting_up import add_printer",
        "from hallqueue.actions.command import THE_HALL, new_key",
        "from hallqueue.actions.line.journeys import set_journey",
        f"add_printer(small.hall.pk, THE_HALL, new_key(), name='P', address='{twin.url}')",
        "way = {'code': 'shop', 'name': '开办餐饮店', 'stages': [['id-card'], ['invoice']]}",
        "set_journey(small.hall.pk, small.actor('manager'), new_key(), **way)",
    )
    return server


def take(page: Page) -> str:
    page.locator(".choice", has_text="居民身份证换领").first.click()
    page.locator(".take").click()
    return page.locator(".done .ticket-number").inner_text()


def booked_for_soon(server: Hallqueue) -> str:
    """The code of somebody with an appointment in an hour or so, who may come four hours early."""
    lines = (
        "from datetime import timedelta",
        "from django.utils import timezone",
        "from hallqueue.actions import appointments",
        "from hallqueue.actions.house import slots",
        "from hallqueue.actions.command import Actor, new_key",
        "from hallqueue.models import Hall, User",
        "hall, boss = Hall.objects.get(), Actor('user:1', 'manager', User.objects.get(name='manager'))",
        "slots.set_rules(hall.pk, boss, new_key(), limits={'early_minutes': 240})",
        "soon = timezone.now().astimezone(hall.local_zone) + timedelta(hours=1)",
        "soon = soon if soon.hour < 23 else (soon + timedelta(hours=2)).replace(minute=10)",
        "times = {'start': f'{soon:%H:%M}', 'end': f'{soon + timedelta(minutes=30):%H:%M}'}",
        "asked = {'service': 'housing', 'day': soon.date().isoformat(), 'capacity': 1} | times",
        "slot = slots.make_slot(hall.pk, boss, new_key(), **asked)['slot']",
        "print(appointments.book(hall.pk, boss, new_key(), slot=slot, name='张三', phone='13847301234')['code'])",
    )
    return server.behind("\n".join(lines)).split()[-1]


def check_in(page: Page, code: str) -> str:
    page.get_by_role("button", name="我有预约").click()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    return page.locator(".done .ticket-number").inner_text()


def paper_runs_out(page: Page, twin: PrinterTwin) -> None:
    """Every page before a number says so, and none promises a slip; ends on the page of a service."""
    page.locator(".choice", has_text="开办餐饮店").click()
    expect(page.get_by_text(text("journeys.one_number"))).to_be_visible()
    twin.mode = Mode.PAPER_OUT
    no_paper = page.get_by_text("打印机暂时打不了小票")
    expect(no_paper).to_be_visible(timeout=PATIENT)
    expect(page.get_by_text(text("journeys.one_number_phone"))).to_be_visible()
    page.get_by_role("button", name="首页").click()
    page.get_by_role("button", name="我有预约").click()
    expect(no_paper).to_be_visible()
    page.get_by_role("button", name="首页").click()
    page.locator(".choice", has_text="居民身份证换领").first.click()
    expect(no_paper).to_be_visible()


def test_kiosk_says_what_is_known_of_the_paper_and_asks_when_nothing_is(
    start_hall: HallStarter, pages: Pages, picture: Callable[[Page, str], None]
) -> None:
    with PrinterTwin() as twin:
        server = hall_with(twin, start_hall)
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
        page.get_by_role("button", name="ᠮᠣᠩᠭᠣᠯ").click()
        for part in (".done .ticket-number", ".done__code > .qr", ".paper-asked", ".done__next > .button"):
            expect(page.locator(part)).to_be_in_viewport(ratio=1)
        code, way_on = (page.locator(each).bounding_box() for each in (".qr", ".done__next > .button"))
        assert code
        assert way_on
        assert code["y"] + code["height"] <= way_on["y"]
        page.get_by_role("button", name="中文").click()
        twin.mode = Mode.OK
        page.get_by_role("button", name="没有，再打一张").click()
        expect(line).to_have_text("请取走小票", timeout=PATIENT)
        assert second in twin.slips[-1].text
        assert "补打 第2份" in twin.slips[-1].text
        page.get_by_role("button", name="好，知道了").click()

        twin.after, twin.mode, code = 0, Mode.OK, booked_for_soon(server)
        number = check_in(page, code)
        expect(line).to_have_text("请取走小票", timeout=PATIENT)
        page.get_by_role("button", name="好，知道了").click()
        assert check_in(page, code) == number
        expect(line).to_contain_text("请到导办台补打")
        page.get_by_role("button", name="好，知道了").click()

        paper_runs_out(page, twin)
        page.locator(".take").click()
        expect(line).to_have_text("没有小票：请拍下号码，或扫码保存")
        assert page.locator(".done .ticket-number").inner_text() == "A003"


def test_a_slip_that_nobody_prints_is_not_waited_for_and_is_told_when_it_comes(
    start_hall: HallStarter, pages: Pages, picture: Callable[[Page, str], None]
) -> None:
    with PrinterTwin() as twin:
        server = hall_with(twin, start_hall)
        page = open_kiosk(pages, server)
        server.behind(leased_to_a_dead_process("minutes=1"))
        number = take(page)
        line = page.locator(".done__slip")
        expect(line).to_have_text("小票正在打印，请稍等")
        expect(line).to_have_text("小票还没有出来：请拍下号码，或扫码保存", timeout=PATIENT)
        picture(page, "kiosk-paper-late")
        server.behind(leased_to_a_dead_process("minutes=-1"))
        expect(line).to_have_text("请取走小票", timeout=PATIENT)
        assert number in twin.slips[-1].text


def leased_to_a_dead_process(time_left: str) -> str:
    return (
        "from datetime import timedelta; from django.utils import timezone; from printers.models import Printer; "
        f"Printer.objects.update(owner='a dead process', owned_until=timezone.now() + timedelta({time_left}))"
    )
