"""The kiosk in a real Chromium: three touches to a number, by finger and by key, and what happens when things fail."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.conftest import HallStarter
from tests.ground.browser import Pages, routed
from tests.ground.servers import Hallqueue
from tests.kiosk_hall import build, open_kiosk, say

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

# Whether all of an element is above the foot of the glass.
IN_SIGHT = """it => {
  const foot = document.querySelector(".glass__foot").getBoundingClientRect();
  return it.getBoundingClientRect().bottom <= foot.top + 1;
}"""


@pytest.fixture(scope="module")
def shared() -> Iterator[Hallqueue]:
    """One server for the tests that only take numbers."""
    server = Hallqueue({"HALLQUEUE_SECRET": "a secret for tests only"})
    with server.start():
        build(server)
        yield server
    server.remove()


@pytest.fixture
def own(start_hall: HallStarter) -> Hallqueue:
    """A server of one's own, to be killed or closed."""
    server = start_hall({"HALLQUEUE_SECRET": "a secret for tests only"})
    build(server)
    return server


def issued(server: Hallqueue) -> int:
    code = "from hallqueue.models import Ticket; print(Ticket.objects.count())"
    return int(server.behind(code))


def number(page: Page) -> str:
    page.wait_for_selector(".done")
    return page.locator(".done .ticket-number").inner_text()


def service(page: Page, name: str) -> Any:
    return page.locator(".choice", has_text=name).first


def test_two_touches_from_the_common_services_to_a_number(pages: Pages, shared: Hallqueue) -> None:
    page = open_kiosk(pages, shared, has_touch=True)
    service(page, "居民身份证换领").tap()
    page.locator(".take").tap()
    assert number(page).startswith("A")
    expect(page.locator(".done .qr")).to_have_js_property("complete", True)
    assert page.locator(".done .qr").evaluate("image => image.naturalWidth") > 100


def test_three_touches_by_department(pages: Pages, shared: Hallqueue) -> None:
    page = open_kiosk(pages, shared, "full-hd", has_touch=True)
    page.locator(".plates--departments .choice", has_text="税务局").tap()
    service(page, "发票申领").tap()
    page.locator(".take").tap()
    assert number(page).startswith("B")


def test_a_double_tap_gives_one_ticket(pages: Pages, shared: Hallqueue) -> None:
    before = issued(shared)
    page = open_kiosk(pages, shared)
    service(page, "居民身份证换领").click()
    page.locator(".take").dblclick()
    number(page)
    page.wait_for_timeout(500)
    assert issued(shared) == before + 1


def test_a_double_tap_on_a_service_does_not_reach_the_page_behind(pages: Pages, shared: Hallqueue) -> None:
    before = issued(shared)
    page = open_kiosk(pages, shared)
    box = service(page, "居民身份证换领").bounding_box()
    for _ in range(3):
        page.mouse.click(box["x"] + 60, box["y"] + 30)
    expect(page.locator(".take")).to_be_visible()
    expect(page.get_by_role("button", name="不需要")).to_have_attribute("aria-pressed", "true")
    assert issued(shared) == before


def test_everything_goes_by_keyboard_alone(pages: Pages, shared: Hallqueue) -> None:
    page = open_kiosk(pages, shared, "full-hd")
    page.keyboard.type("fp")
    expect(page.locator(".seek .choice")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".take")).to_be_focused()
    page.keyboard.press("Enter")
    assert number(page).startswith("B")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="您要办什么事")).to_be_visible()


def test_a_held_enter_key_presses_once(pages: Pages, shared: Hallqueue) -> None:
    before = issued(shared)
    page = open_kiosk(pages, shared)
    service(page, "居民身份证换领").focus()
    for _ in range(6):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    expect(page.locator(".take")).to_be_visible()
    assert issued(shared) == before


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *[(typed, "居民身份证换领") for typed in ("sfz", "shenfenzheng", "身份证", "identity")],
        *[(typed, "公租房申请") for typed in ("廉租房", "lzf", "lianzu")],
    ],
)
def test_a_service_is_found_by_its_names_pinyin_and_initials(
    pages: Pages, shared: Hallqueue, typed: str, name: str
) -> None:
    page = open_kiosk(pages, shared)
    page.get_by_role("button", name="查找事项").click()
    if typed == "sfz":
        for letter in "SFZ":
            page.locator(".keypad").get_by_text(letter, exact=True).click()
    else:
        page.get_by_role("searchbox").fill(typed)
    expect(page.locator(".seek .choice")).to_have_count(1)
    expect(page.locator(".seek .choice__name")).to_have_text(name)


def test_a_priority_is_chosen_before_the_number(pages: Pages, shared: Hallqueue) -> None:
    page = open_kiosk(pages, shared)
    service(page, "公租房申请").click()
    page.get_by_role("button", name="老年人").click()
    page.locator(".take").click()
    number(page)
    code = "from hallqueue.models import Ticket; print(Ticket.objects.order_by('-id')[0].priority_kind)"
    assert shared.behind(code).split()[-1] == "elderly"


def test_the_page_speaks_three_languages_and_large_print(pages: Pages, shared: Hallqueue) -> None:
    page = open_kiosk(pages, shared)
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("What have you come for?")
    expect(service(page, "Identity card")).to_be_visible()
    page.get_by_role("button", name="ᠮᠣᠩᠭᠣᠯ").click()
    expect(page.locator("h1 .mn")).to_be_visible()
    size = "document.documentElement.style, parseFloat(getComputedStyle(document.documentElement).fontSize)"
    before = page.evaluate(size)
    page.get_by_role("button", name="大字版").click()
    assert page.evaluate(size) > before * 1.2


@pytest.mark.parametrize("size", ["upright", "full-hd", "laptop"])
def test_in_mongolian_too_the_slip_and_what_happens_next_are_in_sight(
    pages: Pages, shared: Hallqueue, size: str
) -> None:
    page = open_kiosk(pages, shared, size)
    page.get_by_role("button", name="ᠮᠣᠩᠭᠣᠯ").click()
    service(page, "居民身份证换领").click()
    page.locator(".take").click()
    number(page)
    expect(page.locator(".done__slip")).to_be_in_viewport(ratio=1)
    steps, way_on = (page.locator(each).bounding_box() for each in (".steps", ".done__next > .button"))
    assert steps
    assert way_on
    assert steps["y"] + steps["height"] <= way_on["y"]


@pytest.mark.parametrize("size", ["upright", "full-hd", "laptop"])
def test_in_mongolian_too_all_priorities_can_be_reached_by_a_visible_way(
    pages: Pages, shared: Hallqueue, size: str
) -> None:
    page = open_kiosk(pages, shared, size)
    page.locator("button[lang=mn-Mong]").click()
    service(page, "居民身份证换领").click()
    asked, last = page.locator(".priorities .button").first, page.locator(".priorities .button").last
    if size == "upright":
        expect(asked).to_be_in_viewport(ratio=0.9)
    if not last.evaluate(IN_SIGHT):
        expect(page.locator(".pager")).to_be_visible()
        for _ in range(2):
            page.locator(".pager .button").last.click()
    page.wait_for_function(f"last => ({IN_SIGHT})(last)", arg=last.element_handle())


def test_where_all_is_in_sight_there_is_nothing_to_turn(pages: Pages, shared: Hallqueue) -> None:
    page = open_kiosk(pages, shared, "upright")
    service(page, "居民身份证换领").click()
    expect(page.locator(".priorities .button").last).to_be_in_viewport(ratio=1)
    expect(page.locator(".pager")).to_be_hidden()


def test_every_target_is_sixty_pixels_high(pages: Pages, shared: Hallqueue) -> None:
    page = open_kiosk(pages, shared, "laptop")
    heights = (
        "all => all.filter(each => each.checkVisibility()).map(each => each.getBoundingClientRect().height)"
    )
    service(page, "居民身份证换领").click()
    confirm = page.locator("button").evaluate_all(heights)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="查找事项").click()
    assert min(confirm + page.locator("button, input").evaluate_all(heights)) >= 60


@pytest.mark.parametrize("size", ["upright", "full-hd", "laptop", "uhd", "phone"])
def test_the_glass_never_scrolls_as_a_page(pages: Pages, shared: Hallqueue, size: str) -> None:
    page = open_kiosk(pages, shared, size)
    root = "document.documentElement"
    overflow = f"[{root}.scrollWidth - innerWidth, {root}.scrollHeight - innerHeight]"
    assert page.evaluate(overflow) == [0, 0]
    service(page, "居民身份证换领").click()
    expect(page.locator(".take")).to_be_in_viewport(ratio=1)
    assert page.evaluate(overflow) == [0, 0]


def test_the_kiosk_follows_the_hall_services_closing_windows_gone(pages: Pages, own: Hallqueue) -> None:
    page = open_kiosk(pages, own)
    row = "{'code': 'bride', 'department': '民政局', 'series': 'C', 'name': '<b>结婚登记</b>'}"
    say(own, f"setup.load_services(hall, THE_HALL, new_key(), rows=[{row}])")
    expect(page.locator(".choice__name", has_text="民政局")).to_be_visible()
    expect(service(page, "<b>结婚登记</b>")).to_be_visible()

    say(own, "day.close_hall(hall, THE_HALL, new_key())")
    expect(page.get_by_role("heading", name="大厅现在不取号")).to_be_visible()
    say(own, "day.open_hall(hall, THE_HALL, new_key())")
    expect(page.get_by_role("heading", name="您要办什么事")).to_be_visible()

    say(own, "windows.close(hall, boss, new_key(), window=3)")
    expect(service(page, "公租房申请")).to_contain_text("暂无窗口")
    service(page, "公租房申请").click()
    expect(page.locator(".note")).to_contain_text("现在没有窗口办理")
    page.locator(".choice--special").click()
    assert number(page).startswith("C")

    say(own, "for n in (1, 2, 9): windows.close(hall, boss, new_key(), window=n)")
    page.get_by_role("button", name="好，知道了").click()
    service(page, "公租房申请").click()
    expect(page.locator("main")).to_contain_text("请到导办台")
    expect(page.locator(".take")).to_have_count(0)


def test_an_unreachable_server_is_told_within_five_seconds_and_comes_back(
    pages: Pages, own: Hallqueue
) -> None:
    page = open_kiosk(pages, own)
    for fault in ("killed", "hanging"):
        own.kill() if fault == "killed" else own.signal(signal.SIGSTOP)
        since = time.monotonic()
        page.get_by_role("alert").get_by_text("请到导办台取号").wait_for(timeout=6000)
        assert time.monotonic() - since < 5
        own.start() if fault == "killed" else own.signal(signal.SIGCONT)
        expect(page.get_by_role("alert")).to_have_count(0)
    service(page, "居民身份证换领").click()
    page.locator(".take").click()
    assert number(page) == "A001"

    page.get_by_role("button", name="好，知道了").click()
    what_was_asked_for_meanwhile_is_given_once_and_stays(page, own)


def what_was_asked_for_meanwhile_is_given_once_and_stays(page: Page, own: Hallqueue) -> None:
    service(page, "居民身份证换领").click()
    own.pause()
    page.locator(".take").click()
    expect(page.get_by_role("alert")).to_contain_text("请到导办台取号")
    own.resume()
    assert number(page) == "A002"
    assert issued(own) == 2
    own.pause()
    expect(page.locator(".done__slip")).to_contain_text("号码已取好")
    expect(page.get_by_role("alert")).to_have_count(0)
    assert number(page) == "A002"
    page.get_by_role("button", name="好，知道了").click()
    expect(page.get_by_role("alert")).to_contain_text("请到导办台取号")
    own.resume()


def test_a_reload_while_asking_gives_the_same_number_once(pages: Pages, shared: Hallqueue) -> None:
    before = issued(shared)
    page = open_kiosk(pages, shared)
    service(page, "居民身份证换领").click()

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    routed(page, "**/kiosk/take/**", lose_the_answer)
    page.locator(".take").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.unroute("**/kiosk/take/**")
    page.reload()
    assert number(page).startswith("A")
    assert issued(shared) == before + 1


def let_pass(page: Page, seconds: int) -> None:
    """Let time pass on a clock that stands; what the kiosk then asks the server is answered before more passes."""
    with page.expect_response("**/healthz"):
        page.clock.fast_forward(seconds * 1000)


def test_nobody_there_counts_down_visibly_and_goes_home(pages: Pages, shared: Hallqueue) -> None:
    page = open_kiosk(pages, shared)
    page.clock.install()
    page.reload()
    page.wait_for_selector(".choice__end")
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 60)  # from here time passes as it is told
    page.get_by_role("button", name="English").click()
    service(page, "Identity card").click()
    let_pass(page, 29)
    expect(page.get_by_role("timer")).to_have_count(0)
    let_pass(page, 2)
    expect(page.get_by_role("timer")).to_be_visible()
    page.get_by_role("button", name="I am still here").click()
    expect(page.get_by_role("timer")).to_have_count(0)
    let_pass(page, 41)
    expect(page.get_by_role("heading", name="您要办什么事")).to_be_visible()


def test_several_matters_are_chosen_one_after_the_other_for_one_number(
    pages: Pages, shared: Hallqueue
) -> None:
    page = open_kiosk(pages, shared, has_touch=True)
    service(page, "公租房申请").tap()
    page.get_by_role("button", name="再办一件").tap()
    expect(page.locator(".visit")).to_contain_text("已选 1 件，再选一件：")
    service(page, "居民身份证换领").tap()
    expect(page.get_by_role("heading", name="一个号，一次办 2 件事")).to_be_visible()
    page.get_by_role("button", name="再办一件").tap()
    page.get_by_role("button", name="就办这些").tap()
    page.get_by_role("button", name="再办一件").tap()
    service(page, "发票申领").tap()
    page.get_by_role("button", name="不办这件").nth(1).tap()
    page.locator(".take").tap()
    assert number(page).startswith("C")
    expect(page.locator(".done")).to_contain_text("一个号，一次办 2 件事")
    code = "from hallqueue.models import Ticket; print(*(len(t.matters) for t in Ticket.objects.all()))"
    assert shared.behind(code).split()[-1] == "2"
