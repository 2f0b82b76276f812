"""Mongolian in a real Chromium: shaped, in columns, without boxes, never cut off, and where the setting says."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.displays.acting import Hand
from tests.displays.looking import Display
from tests.ground.browser import SIZES, Pages
from tests.ground.servers import Hallqueue

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

NAME = "ᠦᠬᠠᠢ ᠬᠣᠲᠠ ᠶᠢᠨ ᠵᠠᠰᠠᠭ ᠵᠠᠬᠢᠷᠭᠠᠨ ᠦ ᠦᠢᠯᠡᠴᠢᠯᠡᠭᠡᠨ ᠦ ᠲᠠᠩᠬᠢᠮ"
MIXED = "A 12 ᠤᠷᠤᠨ Wi-Fi 大厅"

# Every column that can be seen stands upright and whole, inside the glass and inside whatever clips it.
OVERFLOWING = """
() => [...document.querySelectorAll(".mn")].filter((each) => each.offsetParent).flatMap((each) => {
  const style = getComputedStyle(each), own = each.getBoundingClientRect(), found = [];
  if (style.writingMode !== "vertical-lr" || style.textOrientation !== "mixed") found.push("does not stand");
  const text = document.createRange();
  text.selectNodeContents(each);
  for (let box = each; box; box = box.parentElement) {
    if (box !== document.documentElement && getComputedStyle(box).overflow === "visible") continue;
    const outer = box.getBoundingClientRect(), inner = text.getBoundingClientRect();
    const out = inner.left < outer.left - 1 || inner.right > outer.right + 1 || inner.bottom > outer.bottom + 1;
    if (out) found.push(`leaves ${box.className || box.tagName}`);
  }
  return found.map((what) => `“${each.textContent.slice(0, 20)}” ${what} (${own.width | 0}×${own.height | 0})`);
})
"""


@pytest.fixture(scope="module", autouse=True)
def hall(hand: Hand) -> None:
    hand.do("make", "mixed")
    hand.do("word", "mixed", subject="board.waiting", mn=MIXED)
    hand.do("word", "mixed", subject="zone:A区", mn="A ᠣᠷᠣᠨ")
    hand.do("name", "mixed", name_mn=NAME)


def fonts_of(page: Page, selector: str) -> dict[str, int]:
    """The fonts whose glyphs Chromium really drew in an element, and how many of each."""
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    used = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    return {font["familyName"]: int(font["glyphCount"]) for font in used}


def test_columns_are_whole_on_every_glass_and_digits_and_latin_are_no_boxes(display: Display) -> None:
    board = display.board("mixed").page
    for size in ("full-hd", "upright", "uhd", "laptop", "phone", "strip"):
        width, height = SIZES[size]
        board.set_viewport_size({"width": width, "height": height})
        board.wait_for_function("() => document.fonts.status === 'loaded'")
        assert board.evaluate(OVERFLOWING) == [], size
    board.set_viewport_size({"width": 1920, "height": 1080})
    fonts = fonts_of(board, ".board__areas-head .mn")
    assert any("Mongolian" in name for name in fonts), fonts
    assert any("Noto Sans SC" in name for name in fonts), fonts  # digits, Latin and Chinese
    assert sum(fonts.values()) >= len(MIXED.replace(" ", "")) - 4
    joined, apart = board.evaluate(
        """() => ["ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ", [..."ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ"].join("\\u200c")].map((text) => {
          const span = document.createElement("span");
          span.className = "mn"; span.textContent = text; document.body.append(span);
          const long = span.getBoundingClientRect().height; span.remove(); return long; })"""
    )
    assert joined < 0.9 * apart  # letters that are not joined take half as much room again


def test_the_one_setting_moves_sizes_and_hides_the_column_everywhere(display: Display, hand: Hand) -> None:
    opened = display.board("mixed")
    board, column = opened.page, ".board__areas-head .mn"

    def stands() -> tuple[bool, float]:
        board.reload()
        board.wait_for_selector(column)
        place: dict[str, Any] = board.evaluate(
            """(column) => ({ name: document.querySelector(".display__mn").getBoundingClientRect().left,
              size: parseFloat(getComputedStyle(document.querySelector(column)).fontSize) })""",
            column,
        )
        return place["name"] < 100, place["size"]

    assert stands()[0] is False
    usual = stands()[1]
    hand.do("scripts", "mixed", chinese_first=False, shown=True, side="left", size=120)
    left, large = stands()
    assert left
    assert large / usual == pytest.approx(120 / 90, rel=0.02)
    hand.do("scripts", "mixed", device=opened.device, shown=False)
    board.reload()
    board.wait_for_selector(".board__areas-head")
    assert board.locator(".mn:visible").count() == 0
    hand.do("scripts", "mixed", chinese_first=True, shown=True, side="right", size=90)


def test_a_board_that_hangs_for_weeks_loads_again_when_its_words_change(display: Display, hand: Hand) -> None:
    board = display.board("mixed").page
    hand.do("word", "mixed", subject="board.waiting", zh="正在等候", mn="ᠬᠦᠯᠢᠶᠡᠵᠦ")
    board.locator(".board__areas-head", has_text="正在等候").wait_for()
    assert board.locator(".board__areas-head .mn").inner_text() == "ᠬᠦᠯᠢᠶᠡᠵᠦ"
    made = board.evaluate("performance.timeOrigin")
    hand.do("issue", "mixed")
    board.locator(".board__zone b", has_text="1").wait_for()
    assert board.evaluate("performance.timeOrigin") == made  # once, not with every frame


def test_what_a_translator_types_stands_in_the_preview_at_once(
    pages: Pages, server: Hallqueue, hand: Hand
) -> None:
    context = pages.context("laptop")
    cookie = hand.do("session", "mixed", who="administrator")
    context.add_cookies([{"name": name, "value": value, "url": server.url} for name, value in cookie.items()])
    page = pages.open(f"{server.url}/mixed/setup/texts/?room=service&state=missing", context=context)
    exact = "ᠬᠣᠲᠠ\u202fᠶᠢᠨ  ᠠᠯᠪᠠ\u180eᠠ"
    page.fill("#text-mn", exact)
    assert page.locator("[data-preview=mn]").all_text_contents() == [exact, exact]
    assert page.evaluate(OVERFLOWING) == []
    page.click("button[value=review]")
    page.wait_for_selector(".note--done")
    page.goto(f"{server.url}/mixed/setup/texts/?room=service&state=reviewed")
    assert page.locator("#text-mn").input_value() == exact
    for size in ("phone", "laptop"):
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), size
