"""A walkthrough on a telephone in a real Chromium: few taps, the network cut and restored, nothing lost or doubled."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from hallqueue.files import memos
from tests.cases.test_concern_evidence import encoded
from tests.ground.browser import Pages, routed
from tests.ground.servers import Hallqueue
from tests.window_hall import people_of

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

WALKING = re.compile(r"/walkthroughs/\d+/$")
A_SECOND_AND_MORE = re.compile(r"停止（[1-9]\d* 秒）")
ON_ONE_LINE = """[...document.querySelectorAll(".walk-tiles .tile__figure")].filter((each) =>
  each.clientHeight > 1.5 * parseFloat(getComputedStyle(each).fontSize) || each.scrollWidth > each.clientWidth
).map((each) => each.textContent)"""
"""The figures of a record that break, or run over their tile."""

KEPT_WALKS = """caches.open("walkthroughs").then((all) => all.keys()).then(
  (all) => all.map((each) => each.url).filter((url) => url.includes("/walkthroughs/")))"""
"""The addresses of the walkthroughs' pages that a phone keeps."""

Picture = Callable[[Page, str], None]


class Thumb:
    """Taps and counts."""

    def __init__(self) -> None:
        self.inputs = 0

    def tap(self, place: Locator) -> None:
        self.inputs += 1
        place.click()

    def type(self, place: Locator, words: str) -> None:
        self.inputs += 1
        place.fill(words)


def on_the_phone(server: Hallqueue, pages: Pages, session: str, address: str) -> Page:
    context = pages.context("phone", has_touch=True)
    context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])
    context.grant_permissions(["microphone", "camera"])
    return pages.open(f"{server.url}/{address}", context=context)


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_six_steps_and_a_finding_take_ten_inputs_and_a_cut_network_loses_nothing(
    server: Hallqueue, pages: Pages, picture: Picture, tmp_path: Path
) -> None:
    people = people_of(server, "walk", issued=2, open_windows=(1,), long_name=True)
    desk = pages.open(f"{server.url}/walk/window/1/", context=signed_in(pages, server, people["clerk1"]))
    page = on_the_phone(server, pages, people["manager"], "walk/walkthroughs/new/")
    thumb = Thumb()
    picture(page, "walkthrough-new")
    thumb.type(page.locator("[name=ticket]"), "A001")
    thumb.tap(page.locator("[name=consent]"))
    thumb.tap(page.get_by_role("button", name="开始"))
    page.wait_for_url(WALKING)
    thumb.tap(page.locator("[data-step=ask]"))
    expect(page.locator("#line")).to_contain_text("咨询")
    page.context.set_offline(True)
    thumb.tap(page.locator("[data-step=form]"))
    thumb.tap(page.locator("[data-step=copy]"))
    thumb.tap(page.locator("[data-find=materials]"))
    thumb.tap(page.locator("[data-severity='2']"))
    expect(page.locator("#sending")).to_contain_text("3 项待发送")
    taken = tmp_path / "taken.png"
    taken.write_bytes(encoded())
    page.locator("#photo").set_input_files(taken)
    expect(page.locator("#kept")).to_contain_text("照片")
    taken.unlink()  # the phone cleared its camera's file away: what was kept is kept
    page.locator("#note").fill("多要一份复印件")
    picture(page, "walkthrough-finding-offline")
    page.locator("#close").click()
    expect(page.locator("#sending")).to_contain_text("5 项待发送")
    picture(page, "walkthrough-offline")
    desk.keyboard.press("Space")
    expect(desk.locator(".hero")).to_have_attribute("data-state", "called")
    desk.keyboard.press("Enter")
    page.context.set_offline(False)
    expect(page.locator("#sending")).to_contain_text("已全部送达")
    expect(page.locator("#line")).to_contain_text("叫号")
    picture(page, "walkthrough-walking")
    assert fits(page)
    thumb.tap(page.locator("#finish"))
    thumb.tap(page.locator("#end"))
    expect(page.locator(".page-head .state")).to_have_text("已结束")
    assert thumb.inputs <= 10
    expect(page.locator("[data-source=own]")).to_have_count(3)
    expect(page.locator(".walk-found")).to_contain_text("多要一份复印件")
    for one in (".walk-files img", ".walk-found li"):
        expect(page.locator(one)).to_have_count(1)
    assert fits(page)
    picture(page, "walkthrough-record-phone")
    page.set_viewport_size({"width": 1366, "height": 768})
    picture(page, "walkthrough-record-laptop")


def signed_in(pages: Pages, server: Hallqueue, session: str, size: str = "laptop") -> BrowserContext:
    context = pages.context(size)
    context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])
    return context


def test_a_lost_answer_a_closed_page_and_a_memo(server: Hallqueue, pages: Pages, picture: Picture) -> None:
    people = people_of(server, "again")
    page = on_the_phone(server, pages, people["clerk1"], "again/walkthroughs/new/")
    page.locator("[name=service]").fill("发票申领")
    page.get_by_role("button", name="开始").click()
    page.wait_for_url(WALKING)
    lost: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        answer = route.fetch()
        if lost:
            return route.fulfill(response=answer)
        lost.append(str(route.request.post_data))
        return route.abort()

    routed(page, "**/step/", lose_the_first_answer)
    page.locator("[data-step=pay]").click()
    expect(page.locator("#sending")).to_contain_text("已全部送达")
    expect(page.locator("[data-source=own]")).to_have_count(1)
    assert len(lost) == 1
    page.locator("[data-find=system]").click()
    page.locator("[data-severity='3']").click()
    page.locator("#memo").click()
    expect(page.locator("#memo")).to_contain_text(A_SECOND_AND_MORE)
    page.locator("#memo").click()
    expect(page.locator("#kept")).to_contain_text("语音")
    expect(page.locator("#sending")).to_contain_text("已全部送达")
    refused_memo_is_saved(page)
    page.context.set_offline(True)
    page.locator("[data-step=collect]").click()
    expect(page.locator("#sending")).to_contain_text("1 项待发送")
    address = page.url
    page.close()
    pages.faults.clear()  # the cut link is what this test is about
    context = page.context
    context.set_offline(False)
    page = context.new_page()
    page.goto(address)
    expect(page.locator("[data-source=own]")).to_have_count(2)
    expect(page.locator("#line")).to_contain_text("语音")
    page.set_viewport_size({"width": 1366, "height": 768})
    picture(page, "walkthrough-walking-laptop")
    assert fits(page)
    finished_twice(page, context.new_page())


def refused_memo_is_saved(page: Page) -> None:
    """What the hall does not take is not lost."""
    no = {"code": "memo_unreadable", "title": "这个文件不是手机录的语音。"}
    page.route("**/files/", lambda route: route.fulfill(status=400, json=no))
    page.locator("#memo").click()
    expect(page.locator("#memo")).to_contain_text(A_SECOND_AND_MORE)
    page.locator("#memo").click()
    expect(page.locator("#kept")).to_contain_text("语音")
    page.locator("#close").click()
    expect(page.locator("#refused")).to_contain_text("不是手机录的语音")
    with page.expect_download() as download:
        page.get_by_role("link", name="保存到手机").click()
    assert memos.checked_memo(download.value.path().read_bytes())[0] == "webm"


def walking_and_kept(server: Hallqueue, pages: Pages, slug: str, ticket: str = "A001") -> Page:
    """A walk just begun in a hall of its own, on a phone whose keeper is at work; without a ticket no socket looks."""
    people = people_of(server, slug, issued=1, open_windows=(1,))
    page = on_the_phone(server, pages, people["manager"], f"{slug}/walkthroughs/new/")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    if ticket:
        page.locator("[name=ticket]").fill(ticket)
        page.locator("[name=consent]").check()
    else:
        page.locator("[name=service]").fill("发票申领")
    page.get_by_role("button", name="开始").click()
    page.wait_for_url(WALKING)
    return page


def test_a_page_that_the_phone_threw_away_opens_again_without_a_link(server: Hallqueue, pages: Pages) -> None:
    page = walking_and_kept(server, pages, "kept")
    page.locator("[data-step=ask]").click()
    expect(page.locator("#line")).to_contain_text("咨询")
    context, address = page.context, page.url
    context.set_offline(True)
    page.locator("[data-step=form]").click()
    expect(page.locator("#sending")).to_contain_text("1 项待发送")  # told once the phone has kept it
    page.close()
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#sending")).to_contain_text("1 项待发送")
    expect(page.locator("#line")).to_contain_text("咨询")  # what had been sent is not taken for lost
    page.locator("[data-find=materials]").click()
    page.locator("[data-severity='3']").click()
    page.locator("#note").fill("多要一份")
    page.locator("#close").click()
    expect(page.locator("#sending")).to_contain_text("3 项待发送")
    page.close()
    pages.faults.clear()  # the cut link is what this test is about
    context.set_offline(False)
    page = context.new_page()
    page.goto(address.split("walkthroughs/")[0] + "walkthroughs/")
    expect(page.locator("#left")).to_contain_text("已全部送达")
    page.goto(address)
    expect(page.locator("[data-source=own]")).to_have_count(2)
    expect(page.locator("#line")).to_contain_text("多要一份")
    assert page.locator("html[data-kept]").count() == 0
    page.locator("#finish").click()
    page.locator("#end").click()
    expect(page.locator(".page-head .state")).to_have_text("已结束")
    # What is over is kept in no phone; a last look at it may still be under way when its record is shown.
    page.wait_for_function(f"{KEPT_WALKS}.then((all) => all.length === 0)")


def test_a_walk_that_was_ended_without_a_link_is_over_in_the_list_as_soon_as_that_is_told(
    server: Hallqueue, pages: Pages
) -> None:
    page = walking_and_kept(server, pages, "ended")
    context, address = page.context, page.url.split("walkthroughs/")[0] + "walkthroughs/"
    context.set_offline(True)
    page.locator("#finish").click()
    page.locator("#end").click()
    expect(page.locator("#pending")).to_contain_text("结束走流程")
    page.close()
    pages.faults.clear()  # the cut link is what this test is about
    context.set_offline(False)
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#left")).to_contain_text("已全部送达")
    expect(page.locator(".walk-row .state")).to_have_text("已结束")


def test_hours_and_minutes_in_a_record_stand_on_one_line(server: Hallqueue, pages: Pages) -> None:
    page = walking_and_kept(server, pages, "hours")
    page.locator("#finish").click()
    page.locator("#end").click()
    expect(page.locator(".page-head .state")).to_have_text("已结束")
    whole = page.locator(".walk-tiles .tile__figure").first
    for width in (390, 1024, 1366, 1920):
        page.set_viewport_size({"width": width, "height": 768})
        for words in ("1 小时 36 分", "12 小时 36 分"):
            whole.evaluate("(figure, words) => (figure.textContent = words)", words)
            assert page.evaluate(ON_ONE_LINE) == [], width


def finished_twice(page: Page, other: Page) -> None:
    """On two pages of one walkthrough: the second says that it is over, and then shows the record."""
    other.goto(page.url)
    for each in (page, other):
        each.locator("#finish").click()
        each.locator("#end").click()
        if each is page:
            expect(each.locator(".page-head .state")).to_have_text("已结束")
    expect(other.locator("#refused")).to_contain_text("已经结束")
    other.get_by_role("button", name="知道了").click()
    expect(other.locator(".page-head .state")).to_have_text("已结束")


def test_a_finding_goes_round_its_loop_on_a_desk_and_a_telephone(
    server: Hallqueue, pages: Pages, picture: Picture
) -> None:
    people = people_of(server, "loop", long_name=True)
    phone = on_the_phone(server, pages, people["desk"], "loop/walkthroughs/new/")
    first = walked(phone, "papers")
    desk = pages.open(f"{server.url}/loop/findings/", context=signed_in(pages, server, people["manager"]))
    desk.locator(".walk-row").click()
    owner = on_the_phone(server, pages, people["clerk1"], "loop/findings/")
    answered(
        desk,
        "t",
        {"[name=owner]": "loop-clerk1", "[name=measure]": "清单去掉复印件", "[name=days]": "3"},
        "整改中",
    )
    picture(desk, "finding-laptop")
    owner.reload()
    owner.locator(".walk-row").click()
    answered(owner, "f", {"[name=note]": "清单已改"}, "待复走")
    assert fits(owner)
    picture(owner, "finding-phone")
    desk.reload()
    again = desk.get_by_role("link", name="再走一遍").get_attribute("href")
    phone.goto(desk.url + str(again))
    second = walked(phone, "")
    answered(desk, "v", {}, "复走通过")
    answered(desk, "z", {}, "已销号")
    desk.goto(f"{server.url}/loop/walkthroughs/{first}/beside/{second}/")
    for size in ((1366, 768), (390, 844)):
        desk.set_viewport_size({"width": size[0], "height": size[1]})
        assert fits(desk)
        picture(desk, f"walkthroughs-beside-{size[0]}")
    desk.goto(f"{server.url}/loop/findings/month/")
    expect(desk.locator("main")).to_contain_text("清单去掉复印件")
    assert fits(desk)


def walked(page: Page, note: str) -> str:
    """From the form to the end, with a finding if there is a `note`; returns the walkthrough's number."""
    if note:
        page.locator("[name=service]").fill("发票申领")
    page.get_by_role("button", name="开始").click()
    page.wait_for_url(WALKING)
    if note:
        page.locator("[data-find=materials]").click()
        page.locator("[data-severity='3']").click()
        page.locator("#close").click()
    page.locator("#finish").click()
    page.locator("#end").click()
    expect(page.locator(".page-head .state")).to_have_text("已结束")
    return page.url.rstrip("/").rpartition("/")[2]


def answered(page: Page, key: str, fields: dict[str, str], state: str) -> None:
    """A verb's key, its dialog filled, and the state that comes of it."""
    page.reload()
    page.keyboard.press(key)
    for place, words in fields.items():
        field = page.locator(f"dialog[open] {place}")
        if place == "[name=owner]":
            field.select_option(words)
        else:
            field.fill(words)
    page.locator("dialog[open] .dialog__foot .button:last-child").click()
    expect(page.locator(".page-head .state")).to_have_text(state)
    expect(page.locator("dialog[open]")).to_have_count(0)
