"""Rankings, the ledger and the log in a real Chromium: a manager at a desk, a clerk and a citizen on a telephone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from hallqueue.actions import ledgers
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.actions.round import figures
from hallqueue.figures.days import days_between
from hallqueue.models import User
from tests.accessible import faults_of
from tests.cases.test_rankings import lay_down, some_rows
from tests.ground.browser import Pages
from tests.ground.servers import Hallqueue
from tests.hall import make_small_hall
from tests.window_hall import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

Picture = Callable[[Page, str], None]


def build() -> None:
    """In the server's own database: a day of calls, a seat a month ago, two clerks' ledger; everybody signed in."""
    small = make_small_hall((1,), "merit")
    lay_down(small, some_rows(1, quick=0.8))
    today = small.hall.business_date(timezone.now())
    day = today.replace(day=1) - timedelta(days=5)
    seat = {"clerk": {str(small.people["clerk1"].pk): {"seat.days": 1, "seat.s": 7200}}}
    empty: dict[str, dict[str, int]] = {"": {}}
    days = [[str(each), {"hall": empty}] for each in days_between(day, today - timedelta(days=1))]
    days[0][1] = seat | {"hall": empty}
    figures.store_days(small.hall.pk, THE_HALL, new_key(), days=days)
    User.objects.filter(pk=small.people["clerk2"].pk).update(name="欧阳静")
    manager, kept = small.actor("manager"), ["merit-clerk1", "merit-clerk2"]
    ledgers.keep_ledger_for(small.hall.pk, manager, new_key(), everybody=False, members=kept)
    people = {name: signed_in(user) for name, user in small.people.items()}
    numbers = {f"{name} id": user.pk for name, user in small.people.items()}
    print(json.dumps(people | numbers | {"month": f"{day:%Y-%m}"}))


@pytest.fixture(scope="module")
def people(server: Hallqueue) -> dict[str, str]:
    code = "from tests.cases.test_ranking_browser import build; build()"
    return dict(json.loads(server.behind(code)))


def looking(server: Hallqueue, pages: Pages, session: str, address: str, size: str = "laptop") -> Page:
    context: BrowserContext = pages.context(size, bypass_csp=True)
    if session:
        context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])
    return pages.open(f"{server.url}/merit/{address}", context=context)


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_leaders_see_all_a_clerk_their_own_and_citizens_departments(
    server: Hallqueue, pages: Pages, picture: Picture, people: dict[str, str]
) -> None:
    desk = looking(server, pages, people["manager"], "rankings/")
    for name in ("人员", "办理"):
        with desk.expect_navigation():
            desk.get_by_role("link", name=name, exact=True).click()
    rows = desk.locator(".ranking tbody tr")
    assert desk.evaluate(
        "(table) => table.scrollWidth <= table.clientWidth", desk.locator(".table-wrap").element_handle()
    ), "every measure stands on the glass"
    expect(rows.first).to_contain_text("欧阳静")
    expect(rows.first).to_contain_text("第 1")
    expect(rows.first.locator(".ranking-bar").first).to_be_visible()
    desk.get_by_text("这些数字怎么算、怎么比").click()
    expect(desk.locator(".ranking-how")).to_contain_text("威尔逊")
    assert fits(desk)
    picture(desk, "rankings-laptop")
    desk.emulate_media(media="print")
    desk.set_viewport_size({"width": 1047, "height": 718})  # A4 on its side, within the margins
    assert fits(desk)  # and nothing can be pushed sideways on paper
    clerk = looking(server, pages, people["clerk1"], "rankings/", "phone")
    expect(clerk.locator("main")).to_contain_text("我的成绩")
    expect(clerk.locator("main")).to_contain_text("第 2")
    expect(clerk.locator("main")).not_to_contain_text("欧阳静")
    assert fits(clerk)
    picture(clerk, "rankings-mine-phone")
    assert faults_of(clerk) == []
    citizen = looking(server, pages, "", "rankings/departments/", "phone")
    expect(citizen.locator("main")).to_contain_text("税务局")
    assert not any(word in citizen.content() for word in ("欧阳静", "clerk", "号窗口"))
    assert fits(citizen)
    picture(citizen, "rankings-departments-phone")
    assert faults_of(citizen) == []


def test_a_month_is_put_right_closed_and_opened_and_a_clerk_sees_it_as_it_is(
    server: Hallqueue, pages: Pages, picture: Picture, people: dict[str, str]
) -> None:
    month, clerk1 = people["month"], people["clerk1 id"]
    desk = looking(server, pages, people["manager"], f"ledger/?month={month}")
    desk.get_by_role("link", name="clerk1", exact=True).click()
    desk.locator("[name=figure]").select_option("seat_hours")
    desk.locator("[name=value]").fill("2.5")
    desk.locator("[name=reason]").fill("下班忘了登记，补半小时")
    with desk.expect_navigation():
        desk.get_by_role("button", name="更正").click()
    expect(desk.locator("main")).to_contain_text("原记录 2.0")
    picture(desk, "ledger-corrected-laptop")
    assert faults_of(desk) == []
    desk.goto(f"{server.url}/merit/ledger/?month={month}")
    with desk.expect_navigation():
        desk.get_by_role("button", name="封账").click()
    expect(desk.locator("main")).to_contain_text("已封账")
    assert fits(desk)
    picture(desk, "ledger-laptop")
    own = looking(server, pages, people["clerk1"], f"ledger/?month={month}", "phone")
    expect(own).to_have_url(f"{server.url}/merit/ledger/{clerk1}/?month={month}")
    expect(own.locator("main")).to_contain_text("下班忘了登记")
    expect(own.get_by_role("button", name="更正")).to_have_count(0)
    assert fits(own)
    picture(own, "ledger-mine-phone")
    other = own.request.get(f"{server.url}/merit/ledger/{people['clerk2 id']}/?month={month}")
    assert other.status == 404
    desk.locator("[name=reason]").fill("少算一天")
    desk.get_by_role("button", name="重新打开").click()
    expect(desk.locator("main")).to_contain_text("待封账")


def test_a_device_of_a_long_name_pushes_nothing_of_the_auditors_list_off_the_glass(
    server: Hallqueue, pages: Pages, people: dict[str, str]
) -> None:
    server.behind(
        "from hallqueue.actions.command import THE_HALL, Actor, new_key\n"
        "from hallqueue.actions.line.tickets import issue\n"
        "from hallqueue.actions.people import enrol\n"
        "from hallqueue.models import Device, Hall\n"
        "hall, name = Hall.objects.get(slug='merit').pk, '一楼大厅东侧无障碍通道旁二号取号机（轮椅高度）'\n"
        "enrol(hall, THE_HALL, new_key(), kind='kiosk', name=name, token_hash='x' * 64, window=None)\n"
        "kiosk = Device.objects.latest('pk').pk\n"
        "by = Actor(f'device:{kiosk}', 'kiosk', screen=f'kiosk:{kiosk}')\n"
        "issue(hall, by, new_key(), service='id-card')"
    )
    page = looking(server, pages, people["auditor"], "audit/")
    expect(page.locator(".audit-table")).to_contain_text("轮椅高度")
    assert page.evaluate(
        "[...document.querySelectorAll('.table-wrap')].every((e) => e.scrollWidth <= e.clientWidth)"
    )
