"""A film on its way in a real Chromium: how far it is, stopping it, a broken link; and on a board, to its end."""

from __future__ import annotations

import re
from base64 import b64encode
from pathlib import Path

import pytest
from playwright.sync_api import expect

from hallqueue.texts import text
from tests.displays.acting import Hand
from tests.displays.films import film
from tests.displays.looking import Display
from tests.displays.videos import film_head
from tests.ground.browser import Pages
from tests.ground.servers import Hallqueue

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 2_000_000}
# Half as fast, as a film is that waits for its bytes now and then, and once for a second when it is late already;
# whether it came to its end before it was taken away.
PLAYS_LATE = """() => new Promise((done) => {
  const film = document.querySelector("video");
  film.playbackRate = 0.5;
  setTimeout(() => film.pause(), 4500);
  setTimeout(() => film.play(), 5500);
  film.addEventListener("ended", () => done(true));
  setInterval(() => film.isConnected || done(false), 20);
})"""


def test_a_large_film_shows_how_far_it_is_may_be_stopped_and_is_told_when_the_link_breaks(
    pages: Pages, server: Hallqueue, hand: Hand, tmp_path: Path
) -> None:
    hand.do("make", "long-film")
    with (tmp_path / "film.mp4").open("wb") as long_film:
        long_film.write(film_head(40 * 2**20))
        long_film.truncate(40 * 2**20)
    context = pages.context("phone")
    cookies = hand.do("session", "long-film", who="desk")
    context.add_cookies(
        [{"name": name, "value": value, "url": server.url} for name, value in cookies.items()]
    )
    page = pages.open(f"{server.url}/long-film/notices/new/?form=video", context=context)
    page.fill("#zh", "三分钟的宣传片")
    page.set_input_files("#file", tmp_path / "film.mp4")
    slow = context.new_cdp_session(page)
    slow.send("Network.emulateNetworkConditions", SLOW)
    save = page.get_by_role("button", name=text("notices.save"))
    save.click()
    expect(page.locator("#sending-said")).to_have_text(re.compile(r"(?!0\.0)[\d.]+ MB / 40\.0 MB"))
    expect(save).to_be_hidden()
    page.get_by_role("button", name=text("notices.sending_cancel")).click()
    failed = page.locator("#sending-failed p")
    expect(failed).to_have_text(text("notices.sending_cancelled"))
    save.click()
    expect(page.locator("#sending-said")).to_have_text(re.compile(r"(?!0\.0)[\d.]+ MB / 40\.0 MB"))
    slow.send("Network.emulateNetworkConditions", SLOW | {"offline": True})
    expect(failed).to_have_text(text("notices.sending_cut"))
    slow.send("Network.emulateNetworkConditions", SLOW | {"uploadThroughput": -1})
    assert page.input_value("#zh") == "三分钟的宣传片"
    context.clear_cookies(name="sessionid")
    save.click()
    expect(failed).to_have_text(text("errors.sign_in_needed"))
    context.add_cookies(
        [{"name": name, "value": value, "url": server.url} for name, value in cookies.items()]
    )
    save.click()
    page.wait_for_url("**/notices/?done=1")


def test_a_film_that_comes_late_is_played_to_its_end(display: Display, hand: Hand) -> None:
    hand.do("make", "late-film")
    content = b64encode(film(moments=range(0, 3000, 100))).decode()
    entry = hand.do("notice", "late-film", zh="办事指南", form="video", file=content)
    hand.do("play", "late-film", entries=[entry])
    board = hand.do("lay_out", "late-film", name="宣传屏", main="notices", side="calls")["board"]
    page = display.board("late-film", short=0.3, query=f"?board={board}").page
    page.wait_for_function("() => document.querySelector('video')?.currentTime > 0")
    assert page.evaluate(PLAYS_LATE)
