"""The ticket's own page in a real Chromium: it follows its number live, in three languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.conftest import HallStarter
from tests.ground.browser import Pages
from tests.kiosk_hall import build, say

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

TWO_WAIT = (
    "first, mine = small.issue(), small.issue(); from hallqueue.models import Ticket; "
    'Ticket.objects.filter(pk=mine["ticket"]).update(token="the-link-of-this-test")'
)

A_JOURNEY = (
    "from hallqueue.actions.line import journeys; from hallqueue.actions.command import new_key; "
    "from hallqueue.models import Ticket; "
    "journeys.set_journey(small.hall.pk, small.actor('manager'), new_key(), code='shop', name='开办餐饮店', "
    "stages=[['id-card'], ['invoice', 'housing']]); mine = small.issue('', journey='shop'); "
    'Ticket.objects.filter(pk=mine["ticket"]).update(token="the-link-of-this-test")'
)

A_FEW_MINUTES = (
    "setup.set_rules(hall, boss, new_key(), rules={'requeue_within_numbers': 0, 'requeue_within_minutes': 5, "
    "'requeue_late': 'refused'})"
)
SOON_TOO_LATE = (
    "from datetime import timedelta; from django.utils import timezone; from hallqueue.models import Call; "
    "Call.objects.update(ended_at=timezone.now() - timedelta(seconds=55)); "
    "setup.set_rules(hall, boss, new_key(), rules={'requeue_within_minutes': 1})"
)
"""Five seconds from now a missed number comes back no more: no event says so, only the clock."""

MANY = """figure => {
  const number = [...figure.childNodes].find((each) => each.nodeType === Node.TEXT_NODE && each.data.trim());
  number.data = "1236";
  const line = 1.3 * parseFloat(getComputedStyle(figure).fontSize);
  return figure.clientHeight < line && figure.scrollWidth <= figure.clientWidth;
}"""
"""Whether 1236 people ahead would stand on one line with their unit."""


def test_the_page_follows_its_number_to_the_window(pages: Pages, start_hall: HallStarter) -> None:
    server = start_hall({"HALLQUEUE_SECRET": "a secret for tests only"})
    build(server, TWO_WAIT)
    page = pages.open(f"{server.url}/t/the-link-of-this-test/", "phone")
    expect(page.locator(".tile__figure").first).to_have_text("1人")
    expect(page.locator(".freshness")).to_have_attribute("data-freshness", "live")
    say(server, "calling.call_next(hall, boss, new_key(), window=1)")
    expect(page.locator("[role=status]")).to_contain_text("下一位就是您")
    say(server, "calling.call_next(hall, boss, new_key(), window=2)")
    expect(page.locator(".summons")).to_contain_text("2")
    expect(page.locator(".summons")).to_contain_text("左侧")
    expect(page).to_have_title("A002 → 2号窗口")
    page.get_by_role("button", name="English").click()
    expect(page.locator(".summons")).to_contain_text("Please go to")
    say(server, "calling.no_show(hall, boss, new_key(), window=2)")
    expect(page.locator("[role=status]")).to_contain_text("The button below, or the desk, brings it back")
    expect(page.get_by_role("button", name="I am back")).to_be_visible()
    say(server, A_FEW_MINUTES)
    expect(page.locator("[role=status]")).to_contain_text("after that a new number is needed")
    say(server, SOON_TOO_LATE)
    expect(page.get_by_role("button", name="I am back")).to_be_hidden()
    expect(page.locator("[role=status]")).to_contain_text("Please take a new number at the kiosk or the desk")
    page.get_by_role("button", name="Large").click()
    expect(page.locator("html")).to_have_attribute("data-view", "elder")
    page.get_by_role("link", name="You said, we did").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You said, we did")
    expect(page.locator("html")).to_have_attribute("data-view", "elder")
    page.go_back()
    page.get_by_role("link", name="How the departments do").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("How the departments do")


def test_four_figures_ahead_stand_on_one_line_with_their_unit(pages: Pages, start_hall: HallStarter) -> None:
    server = start_hall({"HALLQUEUE_SECRET": "a secret for tests only"})
    build(server, TWO_WAIT)
    page = pages.open(f"{server.url}/t/the-link-of-this-test/", "phone")
    figure = page.locator(".tile__figure").first
    expect(figure).to_have_text("1人")
    for width in (390, 360, 320):
        page.set_viewport_size({"width": width, "height": 844})
        assert figure.evaluate(MANY), width


def test_the_page_of_a_journey_says_which_steps_wait_for_whichever_window_is_free(
    pages: Pages, start_hall: HallStarter
) -> None:
    server = start_hall({"HALLQUEUE_SECRET": "a secret for tests only"})
    build(server, A_JOURNEY)
    page = pages.open(f"{server.url}/t/the-link-of-this-test/", "phone")
    loose = page.locator(".way__loose")
    expect(loose).to_have_text(["可以同时办，哪个窗口先空先去哪个"] * 2)
    expect(page.locator(".way__step").first.locator(".way__loose")).to_have_count(0)
    expect(page.locator(".way__step").first).to_contain_text("1、2号窗口")
    page.get_by_role("button", name="English").click()
    expect(page.locator(".way__step").first).to_contain_text("Window 1, 2")


def test_the_page_says_when_the_connection_is_lost(pages: Pages, start_hall: HallStarter) -> None:
    server = start_hall({"HALLQUEUE_SECRET": "a secret for tests only"})
    build(server, TWO_WAIT)
    page = pages.open(f"{server.url}/t/the-link-of-this-test/", "phone")
    expect(page.locator(".freshness")).to_have_attribute("data-freshness", "live")
    server.kill()
    expect(page.locator(".freshness")).to_contain_text("请以大屏为准", timeout=20_000)
    server.start()
    expect(page.locator(".freshness")).to_have_attribute("data-freshness", "live", timeout=20_000)
