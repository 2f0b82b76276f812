"""The manager's hands in a real Chromium: borrow, move, tell, put a notice, undo; who leaves is soon missed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.accessible import faults_of
from tests.ground.browser import Pages
from tests.ground.servers import Hallqueue
from tests.window_hall import people_of

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]
Picture = Callable[[Page, str], None]
Open = Callable[..., Page]
GOLD, DARK, RED = "rgb(227, 179, 65)", "rgb(46, 33, 0)", "rgb(184, 32, 29)"

# A name and Enter in one stroke: no time for a list to come between.
WHOLE_NAME_AND_ENTER = """name => {
  const field = document.getElementById("borrow-what");
  field.value = name;
  field.dispatchEvent(new InputEvent("input", {bubbles: true}));
  field.form.requestSubmit();
}"""

# Somebody comes for what window 2 alone takes; then it and window 1 are closed, within a second.
CLOSE_TWO = """async () => {
  const hall = location.pathname.split("/")[1], token = document.cookie.match(/csrftoken=([^;]+)/)[1];
  const post = async (address, fields) => (await fetch(`/${hall}/${address}/`, {
    method: "POST", headers: {"Content-Type": "application/json", "X-CSRFToken": token},
    body: JSON.stringify({key: crypto.randomUUID(), ...fields}),
  })).status;
  const come = [await post("kiosk/take", {service: "invoice", language: "zh"})];
  for (const window of [1, 2]) come.push(await post("manager/window", {window, verb: "close", reason: "停电"}));
  return come;
}"""


@pytest.fixture
def open_as(server: Hallqueue, pages: Pages, request: pytest.FixtureRequest) -> Open:
    """`open_as("manager", "manager/")`: a browser of one's own in a hall of the test's own."""
    slug = re.sub(r"\W+", "-", request.node.name)[-24:].strip("-")
    people = people_of(server, slug, waiting=6, open_windows=(1, 2, 3, 9))

    def signed_in(name: str, address: str, size: str = "full-hd", theme: str = "light") -> Page:
        context = pages.context(size, bypass_csp=True)
        cookies = {"sessionid": people[name], "hq_theme": theme}
        context.add_cookies(
            [{"name": key, "value": value, "url": server.url} for key, value in cookies.items()]
        )
        return pages.open(f"{server.url}/{slug}/{address}", context=context)

    return signed_in


def window(page: Page, number: int) -> None:
    page.locator(".pane", has=page.locator(".window-number", has_text=re.compile(f"^{number}$"))).click()


def test_people_are_chosen_and_moved_and_it_is_undone_from_the_list(open_as: Open, picture: Picture) -> None:
    page = open_as("manager", "manager/")
    window(page, 1)
    for label in ("A002", "A003"):
        page.get_by_role("checkbox", name=label).check()
    page.select_option("#move-where", "3")
    page.get_by_role("button", name="转移").click()
    expect(page.locator(".toast")).to_have_text("请先填写原因。")
    page.fill("#move-reason", "一号窗口太忙")
    picture(page, "manager-move")
    page.get_by_role("button", name="转移").click()
    expect(page.locator("#behind tbody tr")).to_have_count(4)
    assert faults_of(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("link", name="今日操作").click()
    expect(page.locator("tbody tr")).to_contain_text("把 2 个号转到 3 号窗口：A002、A003")
    picture(page, "manager-acts")
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("tbody tr .state")).to_have_text("已撤销")
    with page.expect_navigation():
        page.get_by_role("link", name="大厅现场").first.click()
    page.fill('[name="q"]', "2")
    page.keyboard.press("Enter")
    expect(page.locator(".story__step")).to_have_count(2)
    assert faults_of(page) == []
    picture(page, "ticket-story")


def test_an_idle_window_is_borrowed_and_given_back(open_as: Open, picture: Picture) -> None:
    page = open_as("manager", "manager/", "laptop")
    window(page, 3)
    page.locator("summary", has_text="借用窗口").click()
    page.fill("#borrow-what", "居民")
    option = page.locator("#borrow-what-list option")
    expect(option).to_have_attribute("value", "居民身份证换领")
    page.fill("#borrow-what", "居民身份证换领")
    page.fill("#borrow-reason", "一号窗口太忙")
    picture(page, "manager-borrow")
    page.locator("form:has(#borrow-what) button").click()
    expect(page.locator("#behind .note--special")).to_contain_text("已借给“居民身份证换领”")
    expect(page.locator("#behind tbody tr")).to_have_count(6)
    hour, minute = re.findall(r"到 (\d+):(\d+)", page.locator("#behind .note--special").inner_text())[0]
    page.get_by_role("button", name="延长一小时").click()
    later = re.compile(rf"到 {(int(hour) + 1) % 24:02d}:{minute}")
    expect(page.locator("#behind .note--special")).to_contain_text(later)
    page.get_by_role("button", name="收回").click()
    expect(page.locator("#behind .empty")).to_be_visible()


def test_a_name_typed_whole_is_found_though_its_list_has_not_come(open_as: Open) -> None:
    page = open_as("manager", "manager/", "laptop")
    window(page, 3)
    page.locator("summary", has_text="借用窗口").click()
    page.fill("#borrow-reason", "一号窗口太忙")
    page.evaluate(WHOLE_NAME_AND_ENTER, "居民身份证换领")
    expect(page.locator("#behind .note--special")).to_contain_text("已借给“居民身份证换领”")


def test_a_message_is_signed_with_one_key_and_a_notice_is_read(open_as: Open, picture: Picture) -> None:
    clerk = open_as("clerk1", "window/1/")
    board = open_as("manager", "board/")
    page = open_as("manager", "manager/")
    page.get_by_role("button", name="消息").click()
    page.fill("#to-all", "十点钟请大家到前台开会")
    page.keyboard.press("Enter")
    expect(page.locator("#tell li")).to_contain_text("未读：1、2、3、9")
    expect(clerk.locator(".message")).to_contain_text("十点钟请大家到前台开会")
    picture(clerk, "window-message")
    picture(page, "manager-messages")
    clerk.keyboard.press("m")
    expect(clerk.locator(".message")).to_have_count(0)
    expect(page.locator("#tell li")).to_contain_text("未读：2、3、9")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="通知", exact=True).click()
    page.fill("#notice-zh", "今天下午三点系统升级，请提前取号")
    picture(page, "manager-notice")
    page.get_by_role("button", name="发布").click()
    expect(board.locator("#notice")).to_have_text("今天下午三点系统升级，请提前取号")
    picture(board, "board-notice")


def test_an_emergency_is_gold_framed_in_red_on_boards_and_on_every_page_of_the_kiosk(
    open_as: Open, picture: Picture
) -> None:
    board, page, kiosk = (open_as("manager", f"{place}/") for place in ("board", "manager", "kiosk"))
    kiosk.locator(".choice", has_text="居民身份证换领").first.click()
    page.get_by_role("button", name="紧急通知").click()
    page.get_by_role("button", name="立即显示").click()
    for screen, what in ((board, ".emergency"), (kiosk, ".emergency-now")):
        alarm = screen.locator(what)
        expect(alarm).to_contain_text("从最近的出口有序离开")
        expect(alarm).to_contain_text("by the nearest exit")
        expect(alarm).to_have_css("background-color", GOLD)
        expect(alarm).to_have_css("border-top-color", RED)
        expect(alarm).to_have_css("color", DARK)
        expect(alarm.locator(".mn").last).to_be_visible()
    kiosk.locator(".take").click()
    expect(kiosk.locator(".done")).to_be_visible()
    expect(kiosk.locator(".emergency-now")).to_be_visible()
    assert faults_of(kiosk) == []
    picture(kiosk, "kiosk-emergency")
    page.get_by_role("button", name="结束紧急通知").click()
    expect(board.locator("#over")).to_be_hidden()
    expect(kiosk.locator(".emergency-now")).to_have_count(0)


def test_11_a_clerk_whose_browser_dies_with_somebody_at_the_window_is_missed_and_replaced(
    open_as: Open, picture: Picture
) -> None:
    page = open_as("manager", "manager/")
    clerk = open_as("clerk1", "window/1/")
    expect(clerk.locator("#freshness")).to_have_attribute("data-freshness", "live")
    clerk.keyboard.press("Space")
    expect(clerk.locator('.hero[data-state="called"]')).to_be_visible()
    clerk.wait_for_timeout(1500)
    clerk.context.close()
    began = time.monotonic()
    expect(page.locator(".alarm")).to_contain_text("1 号窗口的电脑已断开")
    assert time.monotonic() - began < 8
    picture(page, "manager-clerk-gone")
    other = open_as("clerk2", "window/2/")
    other.get_by_role("button", name=re.compile("离岗|下岗|离开")).click()
    expect(other.locator("#sit")).to_be_visible()  # the hall has heard of it
    other.goto(other.url.replace("/window/2/", "/window/1/"))
    other.locator("#sit").click()
    other.locator("dialog .button--primary").click()
    expect(other.locator('.hero[data-state="called"]')).to_be_visible()
    expect(page.locator(".alarm", has_text="电脑已断开")).to_have_count(0)


def test_services_that_lose_their_windows_together_are_one_alarm_with_one_list(
    open_as: Open, picture: Picture
) -> None:
    page = open_as("manager", "manager/")
    expect(page.locator("#freshness")).to_have_attribute("data-freshness", "live")
    say = page.evaluate(CLOSE_TWO)
    assert say == [200] * 3
    alarm = page.locator(".alarm", has_text="没有能接待的开放窗口")
    expect(alarm).to_have_count(1)
    expect(alarm).to_contain_text("“居民身份证换领”、“发票申领”有人等候")
    picture(page, "manager-no-window")
    who_takes_them = page.locator(".services tbody td:last-child")
    expect(who_takes_them).to_have_text([re.compile(r"9\s+兜底")] * 2)
    alarm.get_by_role("button", name="查看").click()
    expect(page.locator("#behind")).to_contain_text("2 个事项的人")
    expect(page.locator("#behind tbody tr")).to_have_count(7)
    page.keyboard.press("Escape")
    window(page, 9)
    page.fill("#reason", "停电")
    page.get_by_role("button", name="关闭窗口").click()
    expect(who_takes_them).to_have_text(["无", "无"])


def wait_for_an_hour(server: Hallqueue, slug: str, services: str) -> None:
    """Behind the server: somebody waits for each of these services, and all who wait came an hour ago."""
    taken = f"[small.issue(service) for service in {services.split()}]"
    lines = [
        "from datetime import timedelta; from django.utils import timezone",
        "from hallqueue.models import Hall, Ticket; from tests.hall import SmallHall",
        f"small = SmallHall(Hall.objects.get(slug={slug!r})); {taken}",
        "hour = timezone.now() - timedelta(hours=1)",
        "Ticket.objects.filter(hall=small.hall, state='waiting').update(issued_at=hour)",
    ]
    server.behind("\n".join(lines))


def test_waits_over_the_limit_are_one_alarm_that_asks_again_when_a_service_joins(
    open_as: Open, server: Hallqueue, picture: Picture
) -> None:
    page = open_as("manager", "manager/")
    slug = page.url.split("/")[3]
    wait_for_an_hour(server, slug, "invoice")
    alarm = page.locator(".alarm", has_text="等候太久")
    expect(alarm).to_contain_text("“居民身份证换领”、“发票申领”等候太久")
    expect(alarm).to_have_count(1)
    alarm.get_by_role("button", name="知道了").click()
    expect(page.locator(".note", has_text="等候太久")).to_have_count(1)
    wait_for_an_hour(server, slug, "housing")
    expect(alarm).to_contain_text("“公租房申请”")
    expect(page.locator(".note", has_text="等候太久")).to_have_count(0)
    picture(page, "manager-long-wait")
    alarm.get_by_role("button", name="查看").click()
    expect(page.locator("#behind")).to_contain_text("3 个事项的人")
    expect(page.locator("#behind tbody tr")).to_have_count(8)


@pytest.mark.parametrize("theme", ["dark", "contrast"])
def test_the_hands_are_readable_for_everyone(open_as: Open, theme: str) -> None:
    page = open_as("manager", "manager/", "laptop", theme)
    window(page, 1)
    page.locator("summary", has_text="借用窗口").click()
    page.get_by_role("checkbox", name="全选").check()
    assert faults_of(page) == [], "window"
    page.keyboard.press("Escape")
    for name in ("消息", "通知", "紧急通知"):
        page.get_by_role("button", name=name, exact=True).click()
        assert faults_of(page) == [], name
        page.keyboard.press("Escape")
    with page.expect_navigation():
        page.get_by_role("link", name="今日操作").click()
    assert faults_of(page) == [], "acts"
