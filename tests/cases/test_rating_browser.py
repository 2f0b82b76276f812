"""Ratings in a real Chromium: the pad asks and is neutral again, a phone, the kiosk's slip, a case by keyboard."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from hallqueue.actions.cases.ratings import slip_code
from hallqueue.actions.people import hashed
from hallqueue.models import Device, Hall, Rating, RatingRules, User, Window
from printers.examples import LONGEST_NAME
from tests.cases.test_ratings import served
from tests.ground.browser import Pages
from tests.ground.servers import Hallqueue
from tests.hall import SmallHall
from tests.window_hall import people_of

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

Picture = Callable[[Page, str], None]
ALIKE = """all => all.map((each) => {
    const box = each.getBoundingClientRect(), style = getComputedStyle(each);
    return [box.width.toFixed(), box.height.toFixed(), style.backgroundColor, style.color, style.fontSize].join(" ");
})"""
AS_LARGE_AS_ASKED = """told => {
    const size = (part) => parseFloat(getComputedStyle(part).fontSize);
    return size(told) >= size(document.querySelector(".rate__why .button"));
}"""
FITS = "document.documentElement.scrollWidth <= innerWidth"


def prepare(slug: str, seconds: int) -> None:
    """In the server's own database: a pad at window 1, a kiosk, and how long the pad asks."""
    hall = Hall.objects.get(slug=slug)
    RatingRules.objects.create(hall=hall, pad_seconds=seconds)
    for kind, window in (("pad", Window.objects.get(hall=hall, number=1)), ("kiosk", None)):
        token = hashed(f"{slug}-{kind}")
        Device.objects.create(hall=hall, kind=kind, name=kind, window=window, token_hash=token)


def serve(slug: str) -> None:
    """Somebody is served at window 1."""
    hall = Hall.objects.get(slug=slug)
    clerk = User.objects.get(username=f"{slug}-clerk1")
    ticket = served(SmallHall(hall, {"clerk1": clerk})).ticket
    print(json.dumps([ticket.token, ticket.label, slip_code(ticket)]))


def levels(slug: str) -> None:
    """What was said, in order."""
    print(
        json.dumps(
            list(Rating.objects.filter(hall__slug=slug).order_by("id").values_list("level", flat=True))
        )
    )


def let_pass(slug: str) -> None:
    """The days in which it may be rated; says which was the last."""
    rating = Rating.objects.get(hall__slug=slug)
    rules = RatingRules.of(rating.hall)
    rating.business_date -= timedelta(days=rules.open_days + 1)
    rating.save()
    print(json.dumps(rating.last_day(rules).isoformat()))


def have_rated(slug: str) -> None:
    """Whoever was served said how it was, by the own link."""
    given = {"level": 5, "channel": "ticket", "rated_at": timezone.now(), "reason_version": 1}
    Rating.objects.filter(hall__slug=slug).update(**given)


def ask_long_ago(slug: str) -> None:
    """Whoever is asked now was asked ten minutes ago."""
    Rating.objects.filter(hall__slug=slug).update(asked_at=timezone.now() - timedelta(minutes=10))


def behind(server: Hallqueue, work: str) -> Any:
    """Run `work` in the server's database; what it printed, if anything."""
    said = server.behind(f"from tests.cases.test_rating_browser import *; {work}")
    return json.loads(said) if said else None


def as_device(server: Hallqueue, pages: Pages, slug: str, kind: str, size: str) -> Page:
    context = pages.context(size)
    context.add_cookies([{"name": f"hq_{kind}", "value": f"{slug}-{kind}", "url": server.url}])
    return pages.open(f"{server.url}/{slug}/{kind}/", context=context)


def signed_in(server: Hallqueue, pages: Pages, session: str, address: str, size: str = "laptop") -> Page:
    context = pages.context(size)
    context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])
    return pages.open(f"{server.url}/{address}", context=context)


def test_one_bad_rating_from_the_pad_to_the_end_and_a_good_one_from_the_kiosk(
    server: Hallqueue, pages: Pages, picture: Picture
) -> None:
    people = people_of(server, "rated", open_windows=(1,), long_name=True)
    behind(server, "prepare('rated', 240)")
    token, label = _rate_at_the_pad(server, pages, picture)
    phone = pages.open(f"{server.url}/t/{token}/", context=pages.context("phone"))
    expect(phone.locator(".rates")).to_contain_text("您反映的情况已转责任单位")
    _follow_the_case(server, pages, people["manager"], picture)
    expect(phone.locator(".rates")).to_contain_text("已加开窗口，向您道歉")  # live, without a reload
    phone.locator("[data-level='4']").click()
    phone.locator("textarea").fill("现在快多了")
    phone.locator(".rate__send").click()
    expect(phone.locator(".rates")).to_contain_text("您的追评")
    assert phone.evaluate(FITS)
    picture(phone, "rating-phone-answered")
    for who, seen in (("clerk1", 1), ("clerk2", 0)):
        appeals = signed_in(server, pages, people[who], "rated/appeals/", "phone")
        expect(appeals.locator(".rating-case")).to_have_count(seen)
        assert label not in appeals.locator("main").inner_text()
    _rate_at_the_kiosk(server, pages, picture)
    assert behind(server, "levels('rated')") == [2, 5]


def _rate_at_the_pad(server: Hallqueue, pages: Pages, picture: Picture) -> tuple[str, str]:
    """Neutral, five equal answers, reasons, thanks, neutral again; the token and label of who was served."""
    pad = as_device(server, pages, "rated", "pad", "laptop")
    expect(pad.locator(".question")).to_have_text("办理结束后，请在这里评价")
    picture(pad, "rating-pad-neutral")
    token, label, _ = behind(server, "serve('rated')")
    expect(pad.locator(".rate__level")).to_have_count(5)
    expect(pad.locator(".pad__number")).to_have_text(label)
    expect(pad.locator("main")).to_contain_text(LONGEST_NAME[:20])
    assert len(set(pad.locator(".rate__level").evaluate_all(ALIKE))) == 1
    assert pad.locator("main [aria-pressed=true], :checked").count() == 0
    picture(pad, "rating-pad-asks")
    pad.locator("[data-level='2']").click()
    pad.get_by_role("button", name="办得慢、等得久").click()
    expect(pad.locator(".rate__send")).to_be_in_viewport(ratio=1)
    picture(pad, "rating-pad-reasons")
    pad.locator(".rate__send").click()
    expect(pad.locator(".question")).to_have_text("感谢您的评价")
    expect(pad.locator(".question")).to_have_text("办理结束后，请在这里评价", timeout=20_000)
    return token, label


def _rate_at_the_kiosk(server: Hallqueue, pages: Pages, picture: Picture) -> None:
    _, label, code = behind(server, "serve('rated')")
    kiosk = as_device(server, pages, "rated", "kiosk", "upright")
    kiosk.locator(".glass__foot button", has_text="评价服务").click()
    kiosk.locator("[data-field=slip]").fill(label)
    kiosk.locator("[data-field=code]").fill(code)
    picture(kiosk, "rating-kiosk-slip")
    kiosk.keyboard.press("Enter")
    kiosk.locator("[data-level='5']").click()
    picture(kiosk, "rating-kiosk-reasons")
    kiosk.locator(".rate__send").click()
    expect(kiosk.locator(".question")).to_have_text("感谢您的评价")


def _follow_the_case(server: Hallqueue, pages: Pages, session: str, picture: Picture) -> None:
    """Called back, classified, answered, by keyboard alone."""
    page = signed_in(server, pages, session, "rated/ratings/")
    assert page.evaluate(FITS)
    picture(page, "ratings-laptop")
    page.locator(".rating-case").click()
    page.wait_for_url("**/ratings/*/")
    for key, words, event in (
        ("h", "已说明", "回访"),
        ("c", "", "核实分类"),
        ("f", "已加开窗口，向您道歉", "答复"),
    ):
        page.keyboard.press(key)
        expect(page.locator("dialog[open]")).to_be_visible()
        page.keyboard.type(words)
        page.locator("dialog[open] .dialog__foot .button:last-child").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".concern-story li").last).to_contain_text(event)
        page.wait_for_load_state()
    picture(page, "rating-case-laptop")
    assert page.evaluate(FITS)


def test_a_pad_left_alone_is_neutral_again_and_says_nothing(
    server: Hallqueue, pages: Pages, picture: Picture
) -> None:
    people_of(server, "silent", open_windows=(1,))
    behind(server, "prepare('silent', 15)")
    pad = as_device(server, pages, "silent", "pad", "phone")
    token, _, _ = behind(server, "serve('silent')")
    expect(pad.locator(".question")).to_have_text("办理结束后，请在这里评价", timeout=40_000)
    assert behind(server, "levels('silent')") == [None]
    phone = pages.open(f"{server.url}/t/{token}/?lang=mn", context=pages.context("phone"))
    expect(phone.locator(".rate__level")).to_have_count(5)
    assert phone.evaluate(FITS)
    picture(phone, "rating-phone-mongolian")
    phone.locator("[data-level='1']").click()
    phone.locator("input[type=tel]").fill("12")
    phone.locator(".rate__send").click()
    expect(phone.get_by_role("alert")).to_be_visible()  # a sentence, and nothing half done
    assert phone.locator("input[type=tel]").input_value() == "12"
    phone.locator("input[type=tel]").fill("13812345678")
    phone.locator(".rate__send").click()
    expect(phone.locator(".rate__send")).to_have_count(0)
    assert behind(server, "levels('silent')") == [1]


def test_who_is_served_at_once_after_another_is_asked_when_that_one_is_done(
    server: Hallqueue, pages: Pages
) -> None:
    people_of(server, "quick", open_windows=(1,))
    behind(server, "prepare('quick', 20)")
    pad = as_device(server, pages, "quick", "pad", "laptop")
    (_, first, _), (_, second, _) = (behind(server, "serve('quick')") for _ in range(2))
    expect(pad.locator(".pad__number")).to_have_text(first)
    pad.reload()
    expect(pad.locator(".pad__number")).to_have_text(first)
    pad.locator("[data-level='1']").click()
    pad.locator(".rate__send").click()
    expect(pad.locator(".question")).to_have_text("感谢您的评价")
    expect(pad.locator(".pad__number")).to_have_text(second)
    expect(pad.locator(".rate__level")).to_have_count(5)
    expect(pad.locator(".question")).to_have_text("办理结束后，请在这里评价", timeout=40_000)
    assert behind(server, "levels('quick')") == [1, None]


def test_whoever_rates_too_late_keeps_what_was_written_and_reads_until_when_it_was_possible(
    server: Hallqueue, pages: Pages
) -> None:
    people_of(server, "late", open_windows=(1,))
    behind(server, "prepare('late', 60)")
    token, _, _ = behind(server, "serve('late')")
    phone = pages.open(f"{server.url}/t/{token}/", context=pages.context("phone"))
    phone.locator("[data-level='2']").click()
    phone.locator("textarea").fill("等了两个小时")
    last = behind(server, "let_pass('late')")
    phone.locator(".rate__send").click()
    expect(phone.get_by_role("alert")).to_contain_text("评价时间已过，不能再评价")
    assert phone.locator("textarea").input_value() == "等了两个小时"
    phone.reload()
    expect(phone.locator(".rates")).to_contain_text(f"评价时间已过（{last} 截止）")
    assert behind(server, "levels('late')") == [None]


def test_a_slip_whose_time_is_over_or_that_was_rated_is_told_why_at_the_kiosk(
    server: Hallqueue, pages: Pages, picture: Picture
) -> None:
    people_of(server, "past", open_windows=(1,))
    behind(server, "prepare('past', 60)")
    _, label, code = behind(server, "serve('past')")
    kiosk = as_device(server, pages, "past", "kiosk", "upright")
    _show_the_slip(kiosk, label, code)
    kiosk.locator("[data-level='4']").click()
    last = behind(server, "let_pass('past')")
    kiosk.locator(".rate__send").click()
    expect(kiosk.get_by_role("alert")).to_contain_text("评价时间已过，不能再评价")
    assert kiosk.get_by_role("alert").evaluate(AS_LARGE_AS_ASKED), "it is read standing before the glass"
    kiosk.reload()
    _show_the_slip(kiosk, label, code)
    expect(kiosk.locator(".question")).to_contain_text(f"评价时间已过（{last} 截止）")
    picture(kiosk, "rating-kiosk-over")
    behind(server, "have_rated('past')")
    kiosk.reload()
    _show_the_slip(kiosk, label, code)
    expect(kiosk.locator(".question")).to_contain_text("已经评价过了")
    kiosk.reload()
    kiosk.get_by_role("button", name="English").click()
    _show_the_slip(kiosk, label, "1")
    expect(kiosk.get_by_role("alert")).to_contain_text("The number or the code is wrong")


def _show_the_slip(kiosk: Page, label: str, code: str) -> None:
    kiosk.locator(".glass__foot button", has_text=re.compile("评价服务|Rate")).click()
    kiosk.locator("[data-field=slip]").fill(label)
    kiosk.locator("[data-field=code]").fill(code)
    kiosk.keyboard.press("Enter")


def test_whoever_rates_at_the_pad_too_late_reads_so_though_the_next_is_asked_already(
    server: Hallqueue, pages: Pages
) -> None:
    people_of(server, "slow", open_windows=(1,))
    behind(server, "prepare('slow', 60)")
    pad = as_device(server, pages, "slow", "pad", "laptop")
    _, first, _ = behind(server, "serve('slow')")
    pad.locator("[data-level='2']").click()
    expect(pad.locator(".pad__number")).to_have_text(first)
    behind(server, "ask_long_ago('slow')")
    pad.locator(".rate__send").click()
    expect(pad.get_by_role("status")).to_contain_text("评价页面已关闭。请扫小票上的二维码评价。")
    _, second, _ = behind(server, "serve('slow')")
    expect(pad.locator(".pad__number")).to_have_text(second)
    assert behind(server, "levels('slow')") == [None, None]
