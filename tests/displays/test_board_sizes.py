"""Boards and window screens fill every glass without a scrollbar, and nothing on them is cut off."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from displays.digits import largest_em
from displays.models import Board
from hallqueue.texts import text
from tests.displays.acting import LONGEST, Hand
from tests.displays.looking import ARRANGED, Display, on_glass
from tests.ground.browser import SIZES

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

Picture = Callable[[Page, str], None]

MN = "ᠦᠬᠠᠢ ᠬᠣᠲᠠ ᠶᠢᠨ ᠵᠠᠰᠠᠭ ᠵᠠᠬᠢᠷᠭᠠᠨ ᠦ ᠦᠢᠯᠡᠴᠢᠯᠡᠭᠡᠨ ᠦ ᠲᠠᠩᠬᠢᠮ"
WAY_MN = "ᠵᠡᠭᠦᠨ ᠭᠠᠷ ᠬᠣᠶᠠᠳᠤᠭᠠᠷ ᠳᠠᠪᠬᠤᠷ A ᠬᠡᠰᠡᠭ"
CROWDS = {"none": (0, 0), "three": (4, 3), "many": (300, 14)}

# Whatever must be read: all of it inside the glass, and inside the box it belongs to.
CUT_OFF = """
() => {
  const page = document.documentElement;
  const found = [];
  if (page.scrollWidth > innerWidth || page.scrollHeight > innerHeight) found.push("the page scrolls");
  const within = (inner, outer) => inner.left >= outer.left - 1 && inner.right <= outer.right + 1
    && inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1;
  const glass = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  const read = "h1, .clock, .freshness, .ticket-number, .window-number, .board__marks, .board__zone b,"
    + " .short, .line b, .line__at, .notice__head h2, .notice__body, .emergency__words,"
    + " .call > .mn, .board__zone .mn, .line > .mn, .zone .mn,"
    + " .board__step > span, .screen__state strong, .screen__name h2, .display__foot p, #sound, .stale-banner span";
  for (const one of document.querySelectorAll(read)) {
    if (!one.offsetParent) continue;
    const box = one.closest(".call, .line, .zone h2, .board__step, .board__zone, .screen__who, .screen__now,"
      + " [class*=display__]");
    const rect = one.getBoundingClientRect();
    const name = `${one.tagName}.${one.className} “${one.textContent.trim().slice(0, 20)}”`;
    if (!within(rect, glass)) found.push(`${name} leaves the glass`);
    if (box && !within(rect, box.getBoundingClientRect())) found.push(`${name} leaves its ${box.className}`);
  }
  for (const each of document.querySelectorAll(".screen__services li")) {
    const [one, all] = [each, each.parentElement].map((box) => box.getBoundingClientRect());
    if (one.left < all.right - 1 && one.bottom > all.bottom + 1) found.push(`half of ${each.textContent}`);
  }
  for (const each of document.querySelectorAll(".board__zones")) {
    if (each.scrollHeight > each.clientHeight + 1) found.push("some zones are cut off");
  }
  for (const call of document.querySelectorAll(".call:has(> .mn)")) {
    const [mark, column] = [".board__marks .state", ":scope > .mn"].map((each) => call.querySelector(each));
    if (!mark?.offsetParent || !column.offsetParent) continue;
    const [one, other] = [mark, column].map((each) => each.getBoundingClientRect());
    const beside = one.right <= other.left + 1 || other.right <= one.left + 1;
    const below = one.bottom <= other.top + 1 || other.bottom <= one.top + 1;
    if (!beside && !below) found.push(`“${mark.textContent}” lies on Mongolian`);
  }
  for (const each of document.querySelectorAll(".board__zone .clip-2")) {
    const range = document.createRange();
    const [box, em] = [each.getBoundingClientRect(), parseFloat(getComputedStyle(each).fontSize)];
    for (const word of each.textContent.matchAll(/[^ ]+/g)) {
      const node = [...each.childNodes].find((one) => one.data?.includes(word[0]));
      if (!node) continue;
      range.setStart(node, node.data.indexOf(word[0]));
      range.setEnd(node, node.data.indexOf(word[0]) + word[0].length);
      const seen = range.getBoundingClientRect();
      if (seen.height > 2 * em) found.push(`“${word[0]}” is broken in two`);
      if (seen.bottom > box.bottom + em / 2) found.push(`“${word[0]}” is cut off`);
    }
  }
  for (const each of document.querySelectorAll(".screen__state strong")) {
    const em = parseFloat(getComputedStyle(each).fontSize);
    if (each.offsetHeight > 1.8 * em) found.push(`“${each.textContent}” is broken into lines`);
  }
  const numbers = [...document.querySelectorAll(".call:not(.call--big)")].map((call) =>
    [...call.querySelectorAll(".ticket-number, .window-number")].map((each) => each.getBoundingClientRect()));
  for (const [ticket, window] of numbers) {
    if (ticket.right > window.left && ticket.bottom > window.top + 1) found.push("ticket and window overlap");
    if (Math.abs(ticket.height - window.height) > 1) found.push("ticket and window differ in size");
  }
  return found;
}
"""


@pytest.fixture(scope="module", autouse=True)
def halls(hand: Hand) -> None:
    for slug, (people, calls) in CROWDS.items():
        hand.do("make", slug)
        way = LONGEST if slug == "many" else "左侧一楼 A区"
        hand.do("name", slug, name="乌海市政务服务大厅", name_mn=MN, direction=way, way_mn=WAY_MN)
        hand.do("crowd", slug, people=people, calls=calls)
    hand.do("start", "many", window=2)
    hand.do("recall", "many", window=3)
    hand.do("pause", "none", window=2, reason="设备检修，请到旁边窗口办理")


def looked_at(page: Page, name: str, picture: Picture) -> list[str]:
    """What is wrong at any size; a picture is kept of each."""
    wrong = []
    for size, glass in SIZES.items():
        on_glass(page, glass)
        wrong += [f"{size}: {fault}" for fault in page.evaluate(CUT_OFF)]
        picture(page, f"{name}-{size}")
    return wrong


@pytest.mark.parametrize("slug", CROWDS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_board_fits_every_glass(display: Display, picture: Picture, slug: str, theme: str) -> None:
    board = display.board(slug, short=0.2, query=f"?theme={theme}")
    assert looked_at(board.page, f"board-{slug}-{theme}", picture) == []


def test_board_with_all_its_banners_fits_every_glass(display: Display, picture: Picture) -> None:
    board = display.board("many", short=0.2)
    board.page.evaluate(
        """([stale, blocked]) => {
          document.getElementById("stale").hidden = false;
          document.querySelector("#stale span").textContent = stale;
          document.querySelector("#sound span").textContent = blocked;
          document.getElementById("sound").classList.add("board__sound--blocked");
        }""",
        [text("board.stale_since", since="10:42:15"), text("board.sound_blocked")],
    )
    assert looked_at(board.page, "board-stale", picture) == []


@pytest.mark.parametrize(
    ("slug", "window"), [("none", 1), ("none", 2), ("many", 2), ("many", 3), ("many", 9)]
)
def test_screen_fits_every_glass(display: Display, picture: Picture, slug: str, window: int) -> None:
    screen = display.screen(window, slug)
    assert looked_at(screen.page, f"screen-{slug}-{window}", picture) == []


def test_newest_call_stands_largest_on_top(display: Display) -> None:
    page = display.board("many", short=0.2).page
    boxes = [call.bounding_box() for call in page.locator(".call").all()]
    heights = [round(box["height"]) for box in boxes if box]
    tops = [box["y"] for box in boxes if box]
    assert tops == sorted(tops)
    assert heights[0] > max(heights[1:])
    assert max(heights[1:]) - min(heights[1:]) <= 1


LAYOUTS = [
    ("big", "areas"),
    ("big", "calls"),
    ("zones", "both"),
    ("waiting", "calls"),
    ("notices", "waiting"),
    ("calls", "notices"),
]
EM = """() => Math.max(...[...document.querySelectorAll(".call .ticket-number, .short .ticket-number, .screen__ticket")]
  .map((each) => parseFloat(getComputedStyle(each).fontSize)))"""


def test_every_layout_fits_every_glass_and_comes_without_a_reload(
    display: Display, hand: Hand, picture: Picture
) -> None:
    entry = hand.do("notice", "many", zh="高效办成一件事，只取一个号，号不变", seconds=60)
    hand.do("play", "many", entries=[entry])
    board = hand.do("lay_out", "many", name="大屏", interlude=0)["board"]
    page = display.board("many", short=0.2, query=f"?board={board}").page
    page.evaluate("window.same = true")
    wrong = []
    for main, side in LAYOUTS:
        hand.do("lay_out", "many", board=board, main=main, side=side)
        page.wait_for_selector(f"#board[data-main={main}][data-side={side}]")
        wrong += looked_at(page, f"layout-{main}-{side}", picture)
    hand.do("emergency", "many", zh="请从最近的出口有序离开，不要乘坐电梯，听从工作人员指挥")
    page.wait_for_selector(".emergency")
    wrong += looked_at(page, "layout-emergency", picture)
    hand.do("emergency", "many")
    assert page.evaluate("window.same")
    assert "\n".join(wrong) == ""


def test_six_zones_in_both_scripts_fit_above_the_notices_too(
    display: Display, hand: Hand, picture: Picture
) -> None:
    hand.do("make", "zoned")
    hand.do("name", "zoned", name="乌海市政务服务大厅", name_mn=MN, direction="左侧", way_mn=WAY_MN)
    hand.do("zones", "zoned", names=["二楼 C区", "二楼 D区", "二楼 E区", "二楼 F区"], mn="ᠬᠣᠶᠠᠳᠤᠭᠠᠷ ᠳᠠᠪᠬᠤᠷ")
    hand.do("crowd", "zoned", people=5, calls=3)
    hand.do("start", "zoned", window=2)
    entry = hand.do("notice", "zoned", zh="高效办成一件事，只取一个号，号不变", seconds=60)
    hand.do("play", "zoned", entries=[entry])
    board = hand.do("lay_out", "zoned", name="大屏", main="calls", side="both", interlude=0)["board"]
    page = display.board("zoned", short=0.2, query=f"?board={board}").page
    page.wait_for_selector(".notice__head")
    assert page.locator(".board__zone .mn").count() == 6
    page.evaluate(
        "document.querySelectorAll('.board__zone b').forEach((each) => (each.textContent = '1238'))"
    )
    assert looked_at(page, "layout-six-zones", picture) == []


def test_the_english_name_of_the_hall_keeps_its_end_on_upright_glass(display: Display, hand: Hand) -> None:
    hand.do("make", "english")
    hand.do("name", "english", name_en="Wuhai Government Service Hall", name_mn=MN)
    page = display.board("english", size="upright", short=0.2, query="?lang=en").page
    name = page.get_by_role("heading", name="Wuhai Government Service Hall")
    assert name.evaluate("it => it.scrollHeight < it.clientHeight * 1.2")


@pytest.mark.parametrize("glass", ["1920x1080", "1080x1920", "1024x256"])
def test_figures_are_as_large_as_the_layout_page_promises(display: Display, hand: Hand, glass: str) -> None:
    width, height = (int(side) for side in glass.split("x"))
    far = {"glass": glass, "glass_mm": 100, "farthest_m": 200.0, "interlude": 0}
    board = hand.do("lay_out", "three", name=glass, **far)["board"]
    page = display.board("three", short=0.2, query=f"?board={board}").page
    page.set_viewport_size({"width": width, "height": height})
    for main, side in (
        ("calls", "areas"),
        ("big", "none"),
        ("big", "calls"),
        ("zones", "none"),
        ("notices", "calls"),
    ):
        hand.do("lay_out", "three", board=board, main=main, side=side)
        page.wait_for_selector(f"#board[data-main={main}][data-side={side}]")
        page.evaluate(ARRANGED)
        promised = largest_em(Board(main=main, side=side, glass=glass), zones=2) * height
        assert page.evaluate(EM) >= promised * 0.97, (main, side)
    own = hand.do("lay_out", "three", name=f"窗口 {glass}", main="window", side="none", **far)["board"]
    screen = display.screen(3, "three", query=f"?board={own}").page
    on_glass(screen, (width, height))
    promised = largest_em(Board(main="window", side="none", glass=glass)) * height
    assert screen.evaluate(EM) >= promised * 0.97
    assert screen.evaluate(CUT_OFF) == []


# Of a title in boxes of many widths, the signs with which its lines begin.
BEGINNINGS = """async (title) => {
  const board = [...document.scripts].find((each) => each.src.includes("displays/board")).src;
  const { clauses, fit } = await import(new URL("./notice_player.js", board));
  const { render } = await import(new URL("../hallqueue/vendor/lit-html.js", board));
  const signs = new Set();
  for (let width = 320; width < 1000; width += 23) {
    const box = Object.assign(document.createElement("article"), { className: "notice notice--text" });
    box.style = `position: fixed; inline-size: ${width}px; block-size: 600px`;
    box.innerHTML = `<header class="notice__head"><h2></h2></header>`;
    render(clauses(title), box.querySelector("h2"));
    document.querySelector(".notices").append(box);
    fit(box);
    const place = document.createRange();
    let line = -Infinity;
    for (const { firstChild, textContent } of box.querySelectorAll(".clause")) {
      const node = [...firstChild.parentNode.childNodes].find((each) => each.nodeType === Node.TEXT_NODE);
      for (let at = 0; at < textContent.length; at += 1) {
        place.setStart(node, at);
        place.setEnd(node, at + 1);
        const { top, height } = place.getBoundingClientRect();
        if (top > line + height / 2) signs.add(textContent[at]);
        line = top;
      }
    }
    box.remove();
  }
  return [...signs].join("");
}"""


def test_no_line_of_a_title_begins_with_a_comma_and_short_clauses_stay_whole(
    display: Display, hand: Hand
) -> None:
    hand.do("make", "commas")
    hand.do("play", "commas", entries=[hand.do("notice", "commas", zh="公告")])
    board = hand.do("lay_out", "commas", name="宣传屏", main="notices")["board"]
    page = display.board("commas", query=f"?board={board}").page
    page.locator(".notices .notice").wait_for()
    begun = page.evaluate(BEGINNINGS, "高效办成一件事：一次告知、一表申请、一窗受理")
    assert not set(begun) & set("：、，。”")
    assert set(begun) >= set("高一")
    whole = page.evaluate(BEGINNINGS, "甲乙，丙丁，戊己，庚辛")
    assert set(whole) <= set("甲丙戊庚")
    beside_a_long_one = page.evaluate(BEGINNINGS, "从事危险化学品经营活动的企业许可证件变更，猫狗、鱼鸟")
    assert not set(beside_a_long_one) & set("狗鸟")
