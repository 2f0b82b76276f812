"""The page of the LED bars: set-up by a form, the test with its picture, the demo's bars, and all in a browser."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from playwright.sync_api import Page, expect

from displays.cards.bar import LAMP
from displays.models import Card
from displays.twins.twin import Fault
from hallqueue.actions.command import new_key
from hallqueue.demo.hall_data import demo_hall
from hallqueue.models import Event
from tests.conftest import HallStarter
from tests.displays.cards import Bars, bars_of
from tests.ground.browser import Pages
from tests.hall import SmallHall

BARS_OF_THE_DEMO = 24 + 6 + 1  # above windows, for zones, one for notices
FORM = {
    "name": "1号窗口条屏",
    "family": "onbon_font",
    "address": "tcp://10.0.0.8",
    "station": "0",
    "width": "128",
    "height": "16",
    "letters": "16",
    "colours": "two",
    "units": "bytes",
    "shows": "window",
    "window": "1",
    "zone": "",
    "brightness": "100",
    "night_brightness": "40",
    "night_from": "18:00",
    "night_until": "07:00",
    "is_active": "on",
}


def signed_in(small: SmallHall, who: str) -> Client:
    client = Client()
    client.force_login(small.people[who])
    return client


def said(client: Client, url: str, **fields: Any) -> Any:
    body = {"key": new_key(), **fields}
    return client.post(url, body, content_type="application/json", headers={"Accept": "application/json"})


@pytest.fixture
def bars(small_hall: SmallHall, settings: Any) -> Iterator[Bars]:
    settings.DEMO = True
    with bars_of(small_hall) as made:
        yield made


def test_a_bar_is_added_changed_and_switched_off_by_the_form(small_hall: SmallHall) -> None:
    client = signed_in(small_hall, "manager")
    assert "添加条屏" in client.get("/small/cards/new/").content.decode()
    wrong = client.post("/small/cards/new/", FORM | {"key": new_key(), "width": "100"})
    assert wrong.status_code == 400
    page = wrong.content.decode()
    assert "8 的倍数：100 不是" in page
    assert 'value="100"' in page
    assert 'value="tcp://10.0.0.8"' in page
    assert client.post("/small/cards/new/", FORM | {"key": new_key(), "station": "-1"}).status_code == 400
    made = client.post("/small/cards/new/", FORM | {"key": new_key()})
    assert "已保存" in made.content.decode()
    card = Card.objects.get()
    assert (card.width, card.window, f"{card.night_from:%H:%M}") == (
        128,
        card.hall.windows.get(number=1),
        "18:00",
    )
    url = f"/small/cards/{card.pk}/"
    changed = {name: value for name, value in FORM.items() if name != "is_active"} | {"height": "32"}
    assert client.post(url, changed | {"key": new_key()}).status_code == 200
    card.refresh_from_db()
    assert (card.height, card.is_active) == (32, False)
    assert "tester" not in client.get(url).content.decode()
    refused = said(client, f"{url}test/", words="A")
    assert (refused.status_code, refused.json()["code"]) == (409, "card_not_in_use")
    assert (
        client.get("/small/cards/99/", headers={"Accept": "application/json"}).json()["code"]
        == "unknown_card"
    )


def test_the_picture_is_what_one_should_see_and_the_test_is_on_the_record(bars: Bars) -> None:
    card, client = bars.add("huidu", width=192), signed_in(bars.small, "desk")

    def picture() -> Image.Image:
        return Image.open(io.BytesIO(client.get(f"/small/cards/{card.pk}/should.png").content))

    before = picture()
    assert before.size == (192 * LAMP, 16 * LAMP)
    told = said(client, f"/small/cards/{card.pk}/test/", words="测试A001")
    assert told.json()["text"] == "测试A001"
    assert picture().tobytes() != before.tobytes()
    assert Event.objects.get(kind="card.tested").data["text"] == "测试A001"
    for words in ("", "\x07 "):
        assert said(client, f"/small/cards/{card.pk}/test/", words=words).status_code == 400
    assert said(client, f"/small/cards/{card.pk}/test/", words="长" * 61).status_code == 400


def test_the_devices_page_shows_of_a_silent_card_what_hangs_there_and_not_what_should(bars: Bars) -> None:
    card, manager = bars.add(colours="red"), signed_in(bars.small, "manager")

    def shown() -> tuple[str, bytes]:
        pieces = manager.get("/small/devices/list/").json()["pieces"]
        (piece,) = (each for each in pieces if each["kind"] == "card")
        return piece["picture"], manager.get(piece["picture"]).content if piece["picture"] else b""

    assert shown() == ("", b"")  # nothing was acknowledged yet
    bars.work(lambda: bars.health(card).shown)
    free = shown()
    assert free[1] == manager.get(f"/small/cards/{card.pk}/should.png").content
    bars.twins[card.pk].fault = Fault.SILENT
    bars.small.issue()
    bars.small.call_next(1)
    bars.work(lambda: bars.health(card).is_down)
    assert shown() == free
    assert free[1] != manager.get(f"/small/cards/{card.pk}/should.png").content
    bars.twins[card.pk].fault = Fault.NONE
    bars.work(lambda: bars.health(card).shown == bars.health(card).wanted)
    address, called = shown()
    assert address != free[0]  # so a page that stands open shows the new one
    assert called == manager.get(f"/small/cards/{card.pk}/should.png").content


def test_a_twin_shows_its_bar_and_takes_faults_in_the_demo_alone(bars: Bars, settings: Any) -> None:
    card = bars.add("eq", address="twin://udp/x")
    client, url = signed_in(bars.small, "manager"), f"/small/cards/{card.pk}"
    assert client.get(f"{url}/bar.png").status_code == 404  # nobody has spoken to it yet
    bars.work(lambda: bars.health(card).shown)
    known = client.get("/small/cards/shows/").json()[str(card.pk)]
    assert (known["shown"], known["fault"]) == ("1号窗口", "none")
    before = client.get(f"{url}/bar.png").content
    assert Image.open(io.BytesIO(before)).size == (256 * LAMP, 16 * LAMP)
    assert said(client, f"{url}/fault/", fault="restart").status_code == 200
    assert client.get("/small/cards/shows/").json()[str(card.pk)]["version"] > known["version"]
    assert said(client, f"{url}/fault/", fault="silent").json() == {"fault": "silent"}
    assert said(client, f"{url}/fault/", fault="on fire").status_code == 400
    assert said(signed_in(bars.small, "auditor"), f"{url}/fault/", fault="none").status_code == 403
    settings.DEMO = False
    assert client.get(f"{url}/bar.png").status_code == 404
    assert said(client, f"{url}/fault/", fault="none").status_code == 404


DRAWN_AGAIN = """async () => {
  const path = [...document.scripts].find((each) => each.src.includes("cards.js")).src;
  const { showStrip } = await import(new URL("./led.js", path));
  const glass = document.querySelector(".bar[data-runs]");
  const [running] = glass.querySelector("img").getAnimations();
  showStrip(glass, glass.size, true);
  return glass.querySelector("img").getAnimations()[0] === running; }"""


@pytest.mark.browser
@pytest.mark.slow
def test_bars_move_with_the_calls_and_a_broken_one_is_seen(
    start_hall: HallStarter, pages: Pages, picture: Callable[[Page, str], None]
) -> None:
    hall = start_hall({"HALLQUEUE_DEMO": "1"})
    page = pages.open(hall.url)
    page.get_by_role("button", name="LED 条屏").click()
    expect(page.locator(".bars > article")).to_have_count(BARS_OF_THE_DEMO)
    first = page.locator(".bars > article").first
    state = first.locator(".state")
    expect(state).to_have_text("正常", timeout=30_000)
    post = """async ([url, fields]) => {
        const path = [...document.scripts].find((each) => each.src.includes("cards.js")).src;
        const { post } = await import(new URL("../hallqueue/page.js", path));
        return post(url, fields); }"""
    page.evaluate(post, ["/wuhai/window/1/open/", {}])
    expect(first.get_by_text("控制卡已确认：1号窗口")).to_be_visible(timeout=30_000)
    own = next(iter(demo_hall().windows[0].takes))
    label = page.evaluate(post, ["/wuhai/kiosk/take/", {"service": own}])["label"]
    page.evaluate(post, ["/wuhai/window/1/next/", {}])
    expect(first.locator(".bar img")).to_have_attribute(
        "alt", f"模拟条屏现在显示: 请{label}到1号窗口", timeout=30_000
    )
    first.get_by_text("让它出故障试试").click()
    first.get_by_role("button", name="半开").click()
    first.get_by_role("button", name="测试").click()
    expect(state).to_have_text("没有应答", timeout=30_000)
    picture(page, "day-cards")
    expect(page.locator(".bar[data-runs] img")).to_have_count(1, timeout=30_000)
    assert page.evaluate(DRAWN_AGAIN), "what runs does not begin anew whenever the page is drawn"
    first.get_by_role("button", name="正常").click()
    expect(state).to_have_text("正常", timeout=60_000)
    first.get_by_role("link", name="修改").click()
    expect(page.locator("#should")).to_be_visible()
    for words, runs in (("测试", 0), ("请国家税务总局乌海市税务局到1号窗口办理", 1)):
        page.locator("#words").fill(words)
        page.get_by_role("button", name="发送测试").click()
        expect(page.locator("#test .bar[data-runs]")).to_have_count(runs)
    shape = page.evaluate(
        "(({ clientWidth, clientHeight }) => clientWidth / clientHeight)(document.querySelector('#test .bar'))"
    )
    assert shape == pytest.approx(128 / 16, rel=0.02), "as long as the bar, however long the words"
