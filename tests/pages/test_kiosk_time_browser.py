"""What the kiosk does in time, in a real Chromium: closing time before the number is taken, a newer page after it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.ground.browser import Pages
from tests.ground.servers import Hallqueue
from tests.kiosk_hall import build, open_kiosk, say

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

HOURS = """
from hallqueue.actions.house import calendar
from hallqueue.models import Hours
row = Hours.objects.values_list("pk", flat=True).first()
calendar.LONGEST_LAST_NUMBER = 1440  # the last number was given long ago, whenever this runs
calendar.save_hours(hall, boss, new_key(), name="x", hours=row, week=[{span!r}] * 8, refuses_late={strict},
    last_number_minutes={last})
"""


@pytest.fixture(scope="module")
def shared() -> Iterator[Hallqueue]:
    server = Hallqueue({"HALLQUEUE_SECRET": "a secret for tests only"})
    with server.start():
        build(server)
        yield server
    server.remove()


def keep(server: Hallqueue, span: str, strict: bool, last: int = 0) -> None:
    """The hall serves from … to …, every day of the year, and gives no number in the `last` minutes."""
    say(server, HOURS.format(span=span, strict=strict, last=last))


def test_the_kiosk_tells_closing_time_before_a_number_is_taken(pages: Pages, shared: Hallqueue) -> None:
    keep(shared, "0:00-24:00", True)
    page = open_kiosk(pages, shared)
    page.locator(".choice", has_text="公租房申请").first.click()
    expect(page.locator(".closing")).to_contain_text("今天可以办到 · 窗口办到 24:00")
    keep(shared, "0:00-24:00", True, last=1439)
    expect(page.locator(".closing")).to_contain_text("今天的号已停止发放")
    expect(page.locator(".closing")).to_contain_text("明天 00:00 开始办理")
    expect(page.locator(".figures, .take")).to_have_count(0)
    page.get_by_role("button", name="首页").click()
    expect(page.locator(".choice", has_text="公租房申请").first).to_contain_text("今日停号")
    page.locator(".choice", has_text="公租房申请").first.click()
    keep(shared, "0:00-0:01", False)
    expect(page.locator(".closing")).to_contain_text("开始办理")
    expect(page.locator(".take")).to_be_visible()
    keep(shared, "0:00-0:01", True)
    expect(page.locator(".take")).to_have_count(0)
    page.get_by_role("button", name="首页").click()
    expect(page.locator(".home .closing")).to_contain_text("今天的服务时间已过，明天 00:00 开始办理")


REST = """
from hallqueue.actions.house import calendar
from hallqueue.models import Hall, Hours
row = Hall.objects.get(pk=hall)
whole = ["0:00-24:00"] * 7 + [""]
calendar.save_hours(hall, boss, new_key(), name="x", hours=Hours.objects.filter(hall=hall).first().pk, week=whole,
    refuses_late=True)
calendar.set_day(hall, boss, new_key(), day=str(row.local_date(timezone.now())), is_working={working}, name="检修")
"""


AGAIN = re.compile("今天休息，.* 00:00 开始办理")  # tomorrow, or after a holiday


def test_a_day_of_rest_is_not_a_day_whose_hours_are_over(pages: Pages, shared: Hallqueue) -> None:
    keep(shared, "0:00-24:00", True)
    page = open_kiosk(pages, shared)
    say(shared, "from django.utils import timezone", REST.format(working=False))
    expect(page.locator(".home .closing")).to_contain_text(AGAIN)
    page.locator(".choice", has_text="公租房申请").first.click()
    expect(page.locator(".closing")).to_contain_text(AGAIN)
    say(shared, "from django.utils import timezone", REST.format(working=True))
    expect(page.locator(".closing")).to_contain_text("今天可以办到")


APPOINTMENT = """
from datetime import timedelta
from django.utils import timezone
from hallqueue.actions import appointments
from hallqueue.actions.house import slots
from hallqueue.models import Hall, Slot
now, row = timezone.now(), Hall.objects.get(pk=hall)
service = row.services.get(code="housing")
slot = Slot.objects.create(
    hall=row, service=service, date=row.local_date(now), start_at=now, end_at=now + timedelta(hours=1), capacity=1
)
code = appointments.book(hall, boss, new_key(), slot=slot.pk, name="", phone="13800001234")["code"]
row.appointments.filter(code=code).update(code="ABCDE7")
slots.set_rules(hall, boss, new_key(), limits={})
"""


def test_somebody_with_an_appointment_touches_the_code_and_gets_the_number(
    pages: Pages, shared: Hallqueue
) -> None:
    say(shared, APPOINTMENT)
    page = open_kiosk(pages, shared)
    page.get_by_role("button", name="我有预约").click()
    for sign in "ABCDE8":
        page.locator(".keypad").get_by_role("button", name=sign, exact=True).click()
    page.locator(".take").click()
    expect(page.get_by_role("alert")).to_contain_text("没有找到这个预约码")
    page.locator(".code-input").fill("")
    page.keyboard.type("abcde7")
    page.keyboard.press("Enter")
    expect(page.locator(".done .ticket-number")).to_have_text("C001")
    expect(page.locator(".done")).to_contain_text("公租房申请")


def test_one_person_in_line_is_no_reason_to_come_again_tomorrow(pages: Pages, shared: Hallqueue) -> None:
    keep(shared, "0:00-24:00", False)
    say(shared, 'tickets.issue(hall, boss, new_key(), service="housing")')
    page = open_kiosk(pages, shared)
    page.locator(".choice", has_text="公租房申请").first.click()
    expect(page.locator(".figures")).to_contain_text("人")
    expect(page.locator(".figures")).not_to_contain_text("0人")
    expect(page.locator(".closing")).to_contain_text("今天可以办到 · 窗口办到 24:00")
    say(shared, *['tickets.issue(hall, boss, new_key(), service="housing")'] * 60)
    expect(page.locator(".closing")).to_contain_text("现在估计不出今天能不能办到")
    expect(page.locator(".take")).to_be_visible()


def test_a_number_on_the_glass_stays_when_the_program_is_newer_than_the_page(
    pages: Pages, shared: Hallqueue
) -> None:
    keep(shared, "0:00-24:00", False)
    page, links = open_kiosk(pages, shared), list[WebSocketRoute]()

    def tie(link: WebSocketRoute) -> None:
        links.append(link)
        link.connect_to_server()

    page.route_web_socket("**/live", tie)
    page.reload()
    page.wait_for_selector(".choice__end")
    page.locator(".choice", has_text="公租房申请").first.click()
    page.locator(".take").click()
    number = page.locator(".done .ticket-number").inner_text()
    page.evaluate("window.isOld = true")
    links[-1].close(code=4426)
    page.wait_for_timeout(1000)
    expect(page.locator(".done .ticket-number")).to_have_text(number)
    page.keyboard.press("Escape")
    page.wait_for_function("!window.isOld")
    expect(page.locator(".home")).to_be_visible()


LONGER = """
from hallqueue.actions.house import calendar
row = calendar.save_hours(hall, boss, new_key(), name="延时", week=["0:00-24:00"] * 8)
calendar.give_hours(hall, boss, new_key(), windows={3: row["hours"]})
"""


def test_after_hours_the_first_page_says_that_some_services_go_on(pages: Pages, shared: Hallqueue) -> None:
    keep(shared, "0:00-0:01", False)
    page = open_kiosk(pages, shared)
    expect(page.locator(".home .closing")).to_contain_text("今天的服务时间已过")
    say(shared, LONGER)
    expect(page.locator(".home .closing")).to_have_text(
        "大厅的日常服务时间已过，部分事项今天还办，请点选事项看时间"
    )


OF_WINDOW = """
from hallqueue.actions.house import calendar
row = calendar.save_hours(hall, boss, new_key(), name={name!r}, week={week}, refuses_late=True)
calendar.give_hours(hall, boss, new_key(), windows={{number: row["hours"] for number in {windows}}})
"""
SHOP = """
from hallqueue.actions.line import journeys
journeys.set_journey(hall, boss, new_key(), code="shop", name="开店", stages=[["housing"], ["invoice"]])
"""


def test_on_a_day_of_rest_the_first_page_says_which_departments_have_windows(
    pages: Pages, shared: Hallqueue
) -> None:
    keep(shared, "0:00-24:00", True)
    say(shared, OF_WINDOW.format(name="周末", week=["0:00-24:00"] * 8, windows=[3]))
    say(shared, "from django.utils import timezone", REST.format(working=False))
    page = open_kiosk(pages, shared)
    expect(page.locator(".home .closing")).to_have_text("大厅今天休息，部分事项今天照常办，请点选事项看时间")
    plates = page.locator(".plates--departments .choice")
    expect(plates.filter(has_text="税务局")).to_contain_text("今日停号")
    expect(plates.filter(has_text="住建局")).to_contain_text("人等候")
    say(shared, "from django.utils import timezone", REST.format(working=True))


def test_a_journey_is_told_step_by_step_before_its_number_is_taken(pages: Pages, shared: Hallqueue) -> None:
    keep(shared, "0:00-24:00", True)
    say(shared, OF_WINDOW.format(name="同大厅", week=["0:00-24:00"] * 8, windows=[3]), SHOP)
    page = open_kiosk(pages, shared)
    page.locator(".home__journeys .choice").click()
    expect(page.locator(".way__step")).to_have_text(
        [re.compile("公租房申请.*人等候", re.S), re.compile("发票申领")]
    )
    expect(page.locator(".take")).to_be_visible()
    say(shared, OF_WINDOW.format(name="早场", week=["0:00-0:01"] * 8, windows=[2]))
    expect(page.locator(".way__step").nth(1)).to_contain_text("今日停号")
    expect(page.locator(".closing")).to_contain_text("开始办理")
    expect(page.locator(".take")).to_have_count(0)
    page.get_by_role("button", name="首页").click()
    expect(page.locator(".home__journeys .choice")).to_contain_text("今日停号")


def test_while_windows_rest_the_kiosk_says_when_they_begin_again(pages: Pages, shared: Hallqueue) -> None:
    say(shared, OF_WINDOW.format(name="午休", week=["0:00-0:01, 23:00-24:00"] * 8, windows=[3]))
    say(shared, "windows.close(hall, boss, new_key(), window=3)")
    page = open_kiosk(pages, shared)
    page.locator(".choice", has_text="公租房申请").first.click()
    expect(page.locator(".shut")).to_contain_text("现在没有窗口办理这个事项。")
    expect(page.locator(".shut")).to_contain_text("今天 23:00 开始办理")
