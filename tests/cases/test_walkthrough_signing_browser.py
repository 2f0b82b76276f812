"""A walkthrough on a telephone whose owner signs out, is signed out, leaves its page or sets its clock."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Request, Route, expect

from tests.cases.test_walkthrough_browser import KEPT_WALKS, WALKING, walking_and_kept
from tests.ground.browser import Pages, routed
from tests.ground.servers import Hallqueue

KEPT_ONLY_WHEN_THE_PAGE_IS_GONE = """() => {
  const put = Cache.prototype.put;
  Cache.prototype.put = async function (address, answer) {
    const page = String(address).replace("?part=line", "");
    while (page !== address && (await this.match(page))) await new Promise((go) => setTimeout(go, 20));
    return put.call(this, address, answer);
  };
  const answering = FetchEvent.prototype.respondWith;
  self.lines = null;
  FetchEvent.prototype.respondWith = function (answer) {
    if (this.request.url.endsWith("?part=line")) self.lines = Promise.allSettled([self.lines, answer]).then(() => null);
    return answering.call(this, answer);
  };
}"""
"""A look at the line is kept at the worst moment: when its page has just gone. `lines`: all looks are over."""

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]


def test_who_signs_out_leaves_no_page_of_a_walkthrough_in_the_phone(server: Hallqueue, pages: Pages) -> None:
    page = walking_and_kept(server, pages, "leaving")
    page.reload()
    assert page.evaluate("caches.has('walkthroughs')")
    page.goto(page.url.split("walkthroughs/")[0] + "walkthroughs/")
    assert page.evaluate("caches.has('walkthroughs')")
    page.locator("form[action='/sign-out/'] button").click()
    page.wait_for_url("**/")
    page.wait_for_function("caches.has('walkthroughs').then((kept) => !kept)")


def test_who_is_no_longer_signed_in_is_led_to_the_sign_in_and_back_to_the_walk(
    server: Hallqueue, pages: Pages
) -> None:
    page = walking_and_kept(server, pages, "door")
    context, address = page.context, page.url
    context.set_offline(True)
    page.locator("[data-step=form]").click()
    expect(page.locator("#sending")).to_contain_text("1 项待发送")
    page.close()
    page = context.new_page()
    page.goto(address)  # as the phone kept it
    [kept] = [each for each in context.cookies() if each["name"] == "sessionid"]
    context.clear_cookies(name="sessionid")
    context.set_offline(False)
    page.wait_for_url(re.compile(r"/sign-in/\?next=%2Fdoor%2Fwalkthroughs%2F\d+%2F$"))
    context.add_cookies([{"name": "sessionid", "value": str(kept["value"]), "url": server.url}])
    page.goto(f"{server.url}/door/walkthroughs/new/")
    page.locator("[name=service]").fill(
        "发票申领"
    )  # without a number nothing is looked at, and no socket tells
    page.get_by_role("button", name="开始").click()
    page.wait_for_url(WALKING)
    context.clear_cookies(name="sessionid")
    page.locator("[data-step=copy]").click()
    expect(page.locator("#refused a")).to_have_attribute("href", re.compile("^/sign-in/.next=.*walkthroughs"))
    expect(page.locator("#sending")).to_contain_text("1 项待发送")
    pages.faults.clear()  # the cut link is what this test is about


def test_who_was_given_another_password_meanwhile_loses_no_step(server: Hallqueue, pages: Pages) -> None:
    page = walking_and_kept(server, pages, "given", ticket="")  # no socket leads to the door first
    given = (
        "from hallqueue.models import User; User.objects.filter(hall__slug='given').update(password_given={})"
    )
    server.behind(given.format(True))
    page.locator("[data-step=copy]").click()
    expect(page.locator("#refused a")).to_have_attribute(
        "href", re.compile("^/password/.next=.*walkthroughs")
    )
    expect(page.locator("#sending")).to_contain_text("1 项待发送")
    server.behind(given.format(False))
    expect(page.locator("#sending")).to_contain_text("已全部送达", timeout=10_000)
    pages.faults.clear()  # the refusal is what this test is about


def test_a_last_look_that_comes_while_a_walk_ends_is_kept_in_no_phone(
    server: Hallqueue, pages: Pages
) -> None:
    page = walking_and_kept(server, pages, "last")
    page.reload()
    [keeper] = page.context.service_workers
    keeper.evaluate(KEPT_ONLY_WHEN_THE_PAGE_IS_GONE)
    page.evaluate("void fetch('?part=line')")
    page.locator("#finish").click()
    page.locator("#end").click()
    expect(page.locator(".page-head .state")).to_have_text("已结束")
    keeper.evaluate("self.lines")
    assert page.evaluate(KEPT_WALKS) == []


def test_a_link_of_five_seconds_brings_each_thing_at_its_first_try(server: Hallqueue, pages: Pages) -> None:
    page = walking_and_kept(server, pages, "thin", ticket="")
    sent: list[str] = []

    def be_slow(route: Route) -> None:
        sent.append(route.request.url)
        page.wait_for_timeout(5_000)
        route.continue_()

    routed(page, "**/step/", be_slow)
    page.locator("[data-step=copy]").click()
    expect(page.locator("#line")).to_contain_text("复印")
    expect(page.locator("#sending")).to_contain_text("已全部送达")
    assert len(sent) == 1


def test_what_is_typed_of_a_finding_is_kept_when_its_page_goes_before_it_is_closed(
    server: Hallqueue, pages: Pages
) -> None:
    page = walking_and_kept(server, pages, "typing")
    page.locator("[data-find=materials]").click()
    page.locator("[data-severity='2']").click()
    page.locator("#note").fill("写到一半")
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    expect(page.locator("#sending")).to_contain_text("已全部送达")
    expect(page.locator("#line")).to_contain_text("写到一半")


def test_a_phone_whose_clock_is_set_while_one_walks_tells_the_hours_of_the_hall(
    server: Hallqueue, pages: Pages
) -> None:
    """Set back without a link, and set ahead with one: what is tapped afterwards is of its own moment."""
    page = walking_and_kept(server, pages, "clock")
    page.evaluate(
        "() => { const real = Date.now; window.ahead = 0; Date.now = () => real() + window.ahead; }"
    )
    sent: list[Any] = []

    def note(request: Request) -> None:
        if request.url.endswith("/step/"):
            sent.append(request.post_data_json)

    page.on("request", note)
    page.context.set_offline(True)
    page.evaluate("window.ahead = -7_200_000")
    tapped = time.time()
    page.locator("[data-step=form]").click()
    expect(page.locator("#sending")).to_contain_text("1 项待发送")
    page.context.set_offline(False)
    expect(page.locator("#sending")).to_contain_text("已全部送达")
    assert abs(sent[-1]["at"] / 1000 - tapped) < 5, "two hours back"
    page.evaluate("window.ahead = 10_800_000")
    with page.expect_response(re.compile("part=line")):  # that the hall answers tells its hour anew
        page.locator("[data-step=copy]").click()
    expect(page.locator("#line")).to_contain_text("复印")
    tapped = time.time()
    page.locator("[data-step=pay]").click()
    expect(page.locator("#line")).to_contain_text("缴费")
    assert abs(sent[-1]["at"] / 1000 - tapped) < 5, "three hours ahead"
    pages.faults.clear()  # the cut link is what this test is about
