"""Which notices a board plays at a moment, and in which turn: the modules of its page alone, in Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.displays.acting import Hand
from tests.displays.looking import Display

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

# The schedule's own clock: what plays when, in the hall's time zone, whatever the machine's.
PLAYS = """async ([module, lists, moments]) => {
  const { playingNow, isNight } = await import(module);
  return moments.map((moment) => [
    playingNow(lists, Date.parse(moment), "Asia/Shanghai").map((entry) => entry.id),
    isNight([[1080, 1440], [0, 420]], Date.parse(moment), "Asia/Shanghai"),
  ]);
}"""


def module_of(page: Page, name: str) -> str:
    """The address of a module of the board's page."""
    address: str = page.evaluate("document.querySelector('script[src*=board]').src")
    return address.replace("board.js", name)


def test_a_playlist_keeps_its_days_hours_and_validity(display: Display, hand: Hand) -> None:
    hand.do("make", "times")
    page = display.board("times", short=0.3).page
    module = module_of(page, "programme.js")
    always: dict[str, object] = {"weekdays": [], "spans": [], "since": None, "until": None}
    entry: dict[str, object] = {"since": None, "until": None}
    mornings = always | {"weekdays": [0], "spans": [[540, 720]], "entries": [entry | {"id": 1}]}
    december = always | {"since": "2026-11-30T16:00:00Z", "until": "2026-12-31T16:00:00Z"}
    december |= {"entries": [entry | {"id": 2}, entry | {"id": 3, "until": "2026-12-02T16:00:00Z"}]}
    moments = {
        "2026-11-30T01:00:00Z": [[1], False],  # Monday 9:00 in the hall
        "2026-11-30T04:00:00Z": [[], False],  # 12:00: over
        "2026-11-30T16:00:00Z": [[2, 3], True],  # December has begun in the hall
        "2026-12-02T16:00:00Z": [[2], True],
        "2026-12-31T15:59:59Z": [[2], True],
        "2026-12-31T16:00:00Z": [[], True],
    }
    found = page.evaluate(PLAYS, [module, [mornings, december], list(moments)])
    assert found == list(moments.values())


# What a player shows that is told its list again and again, as a board tells it every second.
TURNS = """async ([module, ids]) => {
  const { NoticePlayer } = await import(module);
  const stage = document.body.appendChild(document.createElement("div"));
  const player = new NoticePlayer();
  const list = ids.map((id) => ({ id, form: "text", kind: "public", zh: `${id}`, body_zh: "", seconds: 0.3 }));
  const seen = [];
  const note = () => seen.push(stage.querySelector("h2").textContent);
  new MutationObserver(note).observe(stage, { childList: true, subtree: true });
  for (let round = 0; round < 60 && seen.length < 5; round += 1) {
    player.show(stage, list, { paused: false });
    await new Promise((go) => setTimeout(go, 100));
  }
  return seen.map(Number);
}"""


def test_a_notice_of_two_playlists_takes_no_turn_from_the_others(display: Display, hand: Hand) -> None:
    hand.do("make", "turns")
    page = display.board("turns", short=0.3).page
    module = module_of(page, "notice_player.js")
    assert page.evaluate(TURNS, [module, [1, 2, 1, 3]]) == [1, 2, 1, 3, 1]
