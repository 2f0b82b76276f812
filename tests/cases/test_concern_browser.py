"""Concerns in a real Chromium: one key at the window, a whole case by keyboard, a citizen's telephone; how it looks."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from hallqueue.actions.cases import concerns
from hallqueue.actions.command import Actor, new_key
from hallqueue.models import Hall, Ticket, User
from printers.examples import LONGEST_NAME
from tests.ground.browser import Pages
from tests.ground.servers import Hallqueue
from tests.window_hall import people_of

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

Picture = Callable[[Page, str], None]


def build(slug: str, count: int) -> None:
    """In the server's own database: `count` concerns of an old ticket's service, with words as long as may be."""
    hall = Hall.objects.get(slug=slug)
    user = User.objects.get(hall=hall, username=f"{slug}-manager")
    by, today = Actor(f"user:{user.pk}", user.role, user), hall.business_date(timezone.now())
    for number in range(count):
        details: dict[str, Any] = {"kind": ("slow", "refused", "conduct")[number % 3], "channel": "phone"}
        details["failed"] = "跑了很多次" * (200 if number % 7 == 0 else 2)
        details["received_on"] = str(today - timedelta(days=number % 20))
        details |= {"service": "id-card", "name": "欧阳静", "phone": "13804731234"}
        concerns.raise_concern(hall.pk, by, new_key(), **details)
    print(json.dumps(Ticket.objects.filter(hall=hall).values_list("token", flat=True).first()))


def filled(server: Hallqueue, slug: str, count: int) -> str:
    """Raise `count` concerns behind the server; returns the token of a ticket."""
    code = (
        "from django.db import transaction\nfrom tests.cases.test_concern_browser import build\n"
        f"with transaction.atomic(): build({slug!r}, {count})"
    )
    return str(json.loads(server.behind(code)))


def opened(server: Hallqueue, pages: Pages, session: str, address: str, size: str = "laptop") -> Page:
    context = pages.context(size)
    context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])
    return pages.open(f"{server.url}/{address}", context=context)


def test_a_concern_from_the_window_to_the_archive_by_keyboard_alone(
    server: Hallqueue, pages: Pages, picture: Picture
) -> None:
    people = people_of(server, "byhand", waiting=3, open_windows=(1,))
    page = opened(server, pages, people["clerk1"], "byhand/window/1/")
    expect(page.locator("#freshness")).to_have_attribute("data-freshness", "live")
    page.keyboard.press("Space")
    expect(page.locator(".hero")).to_have_attribute("data-state", "called")
    page.keyboard.press("w")
    expect(page.locator("dialog[open] textarea")).to_be_focused()
    page.keyboard.press("5")
    page.keyboard.type("等了两周没有消息")
    picture(page, "concern-at-the-window")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("-0001")
    page.goto(f"{server.url}/byhand/concerns/")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("tbody a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/concerns/*/")
    for key, state, strokes in (
        ("a", "已受理", []),
        ("c", "已分类", []),
        ("t", "办理中", []),
        ("f", "已办结", ["好了", "Tab", "ArrowDown", "Tab"]),
        ("b", "已反馈", ["当面"]),
        ("h", "已回访", ["ArrowUp"]),
    ):
        say(page, key, strokes)
        expect(page.locator(".page-head .state")).to_have_text(state)
        page.wait_for_load_state()  # the page came anew: now it hears the next key
    expect(page.locator(".concern-story li").last).to_contain_text("非常")


def say(page: Page, key: str, strokes: list[str]) -> None:
    """A verb's key, what is typed into its dialog, and Enter on its button."""
    page.keyboard.press(key)
    expect(page.locator("dialog[open]")).to_be_visible()
    for stroke in strokes:
        if stroke.isascii():
            page.keyboard.press(stroke)
        else:
            page.keyboard.type(stroke)
    page.locator("dialog[open] .dialog__foot .button:last-child").focus()
    page.keyboard.press("Enter")


@pytest.mark.parametrize("count", [0, 3, 300])
def test_the_list_looks_finished_with_none_a_few_and_many(
    server: Hallqueue, pages: Pages, picture: Picture, count: int
) -> None:
    slug = f"list{count}"
    people = people_of(server, slug, waiting=1, long_name=True)
    filled(server, slug, count)
    for size in ("laptop", "full-hd") if count == 300 else ("laptop",):
        page = opened(server, pages, people["manager"], f"{slug}/concerns/", size)
        expect(page.locator("tbody tr")).to_have_count(min(count, 50))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        picture(page, f"concerns-{count}-{size}")
    if count == 300:
        first = page.locator("tbody th a").first.get_attribute("href")
        for address, name in ((first, "case"), ("ranking/", "ranking")):
            page.goto(f"{server.url}/{slug}/concerns/{address}")
            expect(page.locator("main")).to_contain_text(LONGEST_NAME)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            picture(page, f"concern-{name}-full-hd")


def test_a_citizen_tells_from_the_ticket_on_a_telephone(
    server: Hallqueue, pages: Pages, picture: Picture
) -> None:
    people_of(server, "phone", waiting=1, long_name=True)
    token = filled(server, "phone", 0)
    page = pages.open(f"{server.url}/t/{token}/", context=pages.context("phone"))
    page.get_by_text("没办成？告诉我们").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, "concern-citizen")
    page.get_by_text("不予受理").click()
    page.locator("[name=failed]").fill("说材料不齐，没有一次告知")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("status")).to_contain_text("-0001")
    picture(page, "concern-citizen-told")
    page.goto(f"{server.url}/t/{token}/concern/?lang=mn")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, "concern-citizen-mongolian")
