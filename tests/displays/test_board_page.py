"""The board in a real Chromium before a real server: calls seen and heard, and honest when the link is cut."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.displays.acting import Hand
from tests.displays.looking import LISTEN, Display, Opened
from tests.ground.browser import FLAGS, chromium_path
from tests.ground.servers import Hallqueue

pytestmark = [pytest.mark.browser, pytest.mark.servers]


@pytest.fixture(scope="module", autouse=True)
def halls(hand: Hand) -> None:
    for slug in ("small", "pair", "frozen", "cut", "revoked", "silent", "again", "opened"):
        hand.do("make", slug)


@pytest.mark.slow
def test_two_calls_within_50_ms_are_both_shown_and_both_spoken_in_full_in_order(
    display: Display, hand: Hand
) -> None:
    """Regression 8, with the real voice: the second call waits its turn, and a recall is audible again."""
    hand.do("issue", "pair")
    hand.do("issue", "pair", service="invoice")
    board = display.board("pair")
    assert hand.do("call_together", "pair", windows=[1, 2])["seconds"] < 0.05
    board.wait_for("A001")
    board.wait_for("B001")
    assert board.labels() == ["B001", "A001"]
    board.wait_until_heard(2)
    hand.do("recall", "pair", window=1)
    board.wait_for("A001", said=2)
    assert board.labels() == ["A001", "B001"]
    board.wait_until_heard(3)
    assert_in_full_one_after_the_other(board, ["A001", "B001", "A001"])


def assert_in_full_one_after_the_other(board: Opened, order: list[str]) -> None:
    ends, starts = board.heard("ended"), board.heard("playing")
    sounds = {event["src"] for event in ends}
    assert [ends[0]["src"], ends[1]["src"]] == [starts[0]["src"], starts[1]["src"]]
    assert len(ends) == len(starts) == len(order)
    assert len(sounds) == len(set(order))
    assert all(event["length"] > 3 for event in ends)
    for start, end in zip(starts, ends, strict=True):
        assert end["time"] == pytest.approx(end["length"], abs=0.05)
        assert (end["at"] - start["at"]) / 1000 == pytest.approx(end["length"], abs=1)
    assert all(later["at"] >= end["at"] for end, later in zip(ends, starts[1:], strict=False))


@pytest.mark.slow
def test_a_board_whose_server_hangs_says_since_when_and_keeps_its_picture(
    display: Display, hand: Hand, server: Hallqueue
) -> None:
    """Regression 9, half open: nothing is refused, nothing answers."""
    hand.do("issue", "frozen")
    board = display.board("frozen", short=0.3)
    hand.do("call_next", "frozen")
    board.wait_for("A001")
    server.pause()
    try:
        board.page.wait_for_selector("#freshness[data-freshness=stale]", timeout=21_000)
        assert board.page.locator("#stale").is_visible()
        assert "画面停在" in board.page.locator("#stale").inner_text()
        assert board.labels() == ["A001"]
    finally:
        server.resume()
    board.page.wait_for_selector("#freshness[data-freshness=live]", timeout=30_000)
    assert board.page.locator("#stale").is_hidden()


@pytest.mark.slow
def test_a_board_that_was_cut_off_shows_the_truth_and_speaks_no_old_calls(
    display: Display, hand: Hand, server: Hallqueue
) -> None:
    """Regression 9, the server gone: what was called meanwhile is shown, and stays unspoken."""
    for _ in range(3):
        hand.do("issue", "cut")
    board = display.board("cut", short=0.3)
    hand.do("call_next", "cut", window=1)
    board.wait_until_heard(1)
    server.kill()
    hand.do("call_next", "cut", window=2)
    called_at = time.monotonic()
    board.page.wait_for_selector("#freshness[data-freshness=stale]", timeout=20_000)
    assert board.labels() == ["A001"]
    time.sleep(max(0.0, called_at + 20.5 - time.monotonic()))
    server.start()
    board.wait_for("A002")
    assert board.freshness() == "live"
    hand.do("finish_and_call", "cut", window=1)
    board.wait_for("A003")
    board.wait_until_heard(2)
    board.page.wait_for_timeout(600)
    assert [event["src"] for event in board.heard()] == list(dict.fromkeys(e["src"] for e in board.heard()))
    assert len(board.heard()) == 2


def test_a_revoked_board_lands_on_its_pairing_page(display: Display, hand: Hand) -> None:
    board = display.board("revoked", short=0.3)
    hand.do("revoke", "revoked", device=board.device)
    board.page.wait_for_url("**/revoked/pair/", timeout=6_000)


def test_a_reloaded_board_does_not_repeat_what_it_said(display: Display, hand: Hand) -> None:
    hand.do("issue", "again")
    board = display.board("again", short=0.3)
    hand.do("call_next", "again")
    board.wait_until_heard(1)
    board.page.reload()
    board.wait_for("A001")
    board.page.wait_for_timeout(800)
    assert board.heard("playing") == []


# Playwright's own questions to a page count as a person's touch, so the page must tell by itself.
TELL = """
const telling = setInterval(() => {
  if (!document.querySelector("#sound[data-sound=blocked]")) return;
  clearInterval(telling);
  console.log("blocked");
}, 50);
"""


@pytest.fixture
def strict_page(browser: Browser, server: Hallqueue, hand: Hand) -> Iterator[Page]:
    """A page for a board in a browser that plays nothing before somebody touched it."""
    flags = [flag for flag in FLAGS if "autoplay" not in flag] + ["--autoplay-policy=user-gesture-required"]
    token = hand.do("enrol", "silent", kind="board")["token"]
    strict = browser.browser_type.launch(executable_path=chromium_path(), args=flags)
    context = strict.new_context()
    context.add_cookies([{"name": "hq_board", "value": token, "url": server.url}])
    context.add_init_script(LISTEN + TELL)
    yield context.new_page()
    strict.close()


@pytest.mark.slow
def test_a_board_that_may_not_sound_says_so_and_speaks_after_a_touch(
    hand: Hand, server: Hallqueue, strict_page: Page
) -> None:
    hand.do("issue", "silent")
    hand.do("call_next", "silent")
    with strict_page.expect_console_message(lambda message: message.text == "blocked"):
        strict_page.goto(f"{server.url}/silent/board/")
    board = Opened(strict_page, 0)
    button = strict_page.locator("#sound")
    assert "声音没有打开" in button.inner_text()
    assert board.heard("playing") == []
    button.click()
    board.wait_until_heard(1)
    assert board.labels() == ["A001"]


def test_a_board_that_was_just_opened_does_not_flash_all_that_was_called_before(
    display: Display, hand: Hand
) -> None:
    for service in ("id-card", "invoice", "housing"):
        hand.do("issue", "opened", service=service)
    hand.do("call_together", "opened", windows=[1, 2])
    page = display.board("opened", short=0.1).page
    page.locator(".call .ticket-number").nth(1).wait_for()
    hand.do("call_next", "opened", window=3)
    page.wait_for_function("() => flashed.includes('C001')")
    assert page.evaluate("flashed.includes('A001')") is False


def test_a_window_screen_calls_serves_and_waits(display: Display, hand: Hand) -> None:
    screen = display.screen(3, "small").page
    state = screen.locator(".screen__now")
    assert "等待叫号" in state.inner_text()
    hand.do("issue", service="housing")
    hand.do("call_next", window=3)
    screen.locator(".screen__now[data-state=called] .ticket-number", has_text="C001").wait_for()
    hand.do("start", window=3)
    screen.locator(".screen__now[data-state=serving]").wait_for()
    hand.do("finish", window=3)
    screen.locator(".screen__now[data-state=waiting]").wait_for()
    hand.do("pause", window=3, reason="设备检修")
    screen.locator(".screen__now[data-state=paused]", has_text="设备检修").wait_for()


def test_a_paired_screen_is_led_to_its_own_window(display: Display) -> None:
    screen = display.screen(1, "small").page
    screen.goto(screen.url.replace("/screen/1/", "/screen/2/"))
    assert screen.url.endswith("/small/screen/1/")


def test_mongolian_stands_in_columns_beside_the_chinese(display: Display) -> None:
    page = display.board("small", query="?lang=mn").page
    assert page.get_attribute("html", "lang") == "zh-CN"
    columns = page.locator(".mn")
    columns.first.wait_for()
    modes = columns.evaluate_all("all => all.map(each => getComputedStyle(each).writingMode)")
    assert set(modes) == {"vertical-lr"}


def test_a_hall_without_zones_counts_everybody_once_and_names_no_others(display: Display, hand: Hand) -> None:
    hand.do("make", "plain", open_windows=[1])
    hand.do("no_zones", "plain")
    hand.do("issue", "plain")
    page = display.board("plain", short=0.3).page
    expect(page.locator(".board__areas-head b")).to_have_text("1")
    expect(page.locator(".board__zone")).to_have_count(0)
