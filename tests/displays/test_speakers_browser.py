"""Two zones speak apart, each call once; a test reaches one board; what they tell stands on the staff's page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from hallqueue.texts import text
from tests.displays.acting import Hand
from tests.displays.looking import Display, Opened
from tests.ground.browser import Pages
from tests.ground.servers import Hallqueue

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]


def heard(board: Opened) -> list[str]:
    return [event["src"].rsplit("/", 1)[1] for event in board.heard()]


def test_zones_are_independent_and_staff_see_and_try_each_speaker(
    display: Display, hand: Hand, pages: Pages, server: Hallqueue
) -> None:
    hand.do("make", "zones")
    left, right = (display.board("zones", short=0.6, query=f"?zone={zone}") for zone in ("A区", "B区"))
    for service in ("id-card", "housing", "id-card"):
        hand.do("issue", "zones", service=service)
    hand.do("call_together", "zones", windows=[1, 3])
    for board in (left, right):
        board.wait_until_heard(1)
    hand.do("recall", "zones", window=3)
    right.wait_until_heard(2)
    assert (len(heard(left)), len(heard(right)), set(heard(left)) & set(heard(right))) == (1, 2, set())

    context = pages.context("laptop")
    cookies = hand.do("session", "zones", who="desk")
    context.add_cookies(
        [{"name": name, "value": value, "url": server.url} for name, value in cookies.items()]
    )
    staff = pages.open(f"{server.url}/zones/speakers/", context=context)
    staff.locator("tr", has_text="C001").wait_for()
    expect(staff.locator(".state[data-state=done]")).to_have_count(2)
    staff.click(f"[data-test='{left.device}']")
    left.page.wait_for_function(
        "() => heard.some((event) => event.kind === 'ended' && event.src.endsWith('trial.wav'))"
    )
    assert len(heard(right)) == 2

    button = staff.locator(f"[data-test='{right.device}']")
    button.focus()
    button.evaluate("it => (window.stood = it)")
    left.page.close()
    staff.locator(".state[data-state=missed]").wait_for()
    assert button.evaluate("it => it === window.stood && it === document.activeElement"), "it was drawn anew"
    expect(staff.locator(f"[data-test='{left.device}']")).to_be_disabled()


def test_what_is_being_said_when_quiet_begins_is_heard_to_its_end(display: Display, hand: Hand) -> None:
    hand.do("make", "hush")
    board = display.board("hush", short=3)
    hand.do("issue", "hush")
    hand.do("call_next", "hush")
    board.page.wait_for_function("() => heard.some((event) => event.kind === 'playing')")
    hand.do("voice", "hush", zones={"": {"on": False, "volume": 100}})
    expect(board.page.locator("#sound")).to_contain_text(text("board.sound_quiet"))
    assert board.page.evaluate("document.getElementById('voice').volume") == 1
    board.wait_until_heard(1)
    assert board.heard()[0]["time"] == pytest.approx(3, abs=0.05)
