"""A posted problem in a real Chromium: a manager at the desk, a team on the telephone, the wall for everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.accessible import faults_of
from tests.cases.test_concern_evidence import encoded
from tests.cases.test_walkthrough_browser import fits
from tests.ground.browser import Pages
from tests.ground.servers import Hallqueue
from tests.project_hall import WORDS
from tests.window_hall import people_of

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

Picture = Callable[[Page, str], None]


def opened(server: Hallqueue, pages: Pages, session: str, size: str, address: str) -> Page:
    context = pages.context(size, bypass_csp=True)
    if session:
        context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])
    return pages.open(f"{server.url}/{address}", context=context)


def say(page: Page, verb: str, **fields: str) -> None:
    """Press a verb's button, fill its form, send it; the page comes anew."""
    page.locator(f"button[data-verb={verb}]").click()
    dialog = page.locator(f"#say-{verb}")
    for name, value in fields.items():
        place = dialog.locator(f"[name={name}]")
        if place.evaluate("each => each.tagName") == "SELECT":
            place.select_option(value)
        else:
            place.fill(value)
    with page.expect_navigation():
        dialog.locator(".dialog__foot .button:last-child").click()


def test_a_problem_is_posted_claimed_on_the_telephone_delivered_accepted_and_told(
    server: Hallqueue, pages: Pages, picture: Picture
) -> None:
    people = people_of(server, "team")
    desk = opened(server, pages, people["manager"], "laptop", "team/projects/new/?kind=tackle")
    for name, words in WORDS.items():
        desk.locator(f"[name={name}]").fill(words)
    picture(desk, "project-new")
    with desk.expect_navigation():
        desk.get_by_role("button", name="立项").click()
    expect(desk.locator(".page-head")).to_contain_text("待启动")
    say(desk, "post", terms="一个月内见效", ends_on=str(timezone.localdate() + timedelta(days=20)))
    expect(desk.locator(".page-head")).to_contain_text("已发榜")
    phone = opened(server, pages, people["clerk1"], "phone", "team/projects/?state=posted")
    assert fits(phone)
    picture(phone, "projects-phone")
    with phone.expect_navigation():
        phone.locator(".project-row").click()
    _claim(phone)
    picture(phone, "project-claimed-phone")
    desk.reload()
    say(desk, "choose", reason="两个窗口的人都在")
    expect(desk.locator(".page-head")).to_contain_text("推进中")
    phone.reload()
    say(phone, "note", note="清单核对完了")
    phone.locator("#photo-form [name=name]").fill("新清单")
    phone.locator("#photo-form [type=file]").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": encoded()}
    )
    with phone.expect_navigation():
        phone.locator("#photo-form button").click()
    expect(phone.locator(".concern-photos img")).to_have_count(1)
    assert fits(phone)
    assert faults_of(phone) == []
    picture(phone, "project-running-phone")
    say(phone, "finish", note="三份材料已公示")
    say(phone, "word", heard="材料退了四次", did="减到三份，一次说清")
    say(phone, "deliver", note="三份材料，一次办结")
    expect(phone.locator(".page-head")).to_contain_text("待验收")
    desk.reload()
    desk.keyboard.press("g")
    expect(desk.locator("#say-publish")).to_contain_text("减到三份，一次说清")
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    say(desk, "accept", note="抽查属实")
    expect(desk.locator(".page-head")).to_contain_text("已验收")
    assert faults_of(desk) == []
    picture(desk, "project-accepted")
    _told(server, pages, picture, desk)
    _read_at_the_kiosk(opened(server, pages, people["manager"], "upright", "team/kiosk/"), picture)


def _read_at_the_kiosk(kiosk: Page, picture: Picture) -> None:
    kiosk.get_by_role("button", name="您反映、我们改").click()
    expect(kiosk.locator(".wall__piece")).to_contain_text("减到三份，一次说清")
    assert faults_of(kiosk) == []
    picture(kiosk, "kiosk-wall")


def _claim(phone: Page) -> None:
    """Nobody but oneself is no team: the sentence stands in the form, and what was typed stays."""
    phone.locator("button[data-verb=claim]").click()
    dialog = phone.locator("#say-claim")
    dialog.locator("[name=team]").fill("党员攻坚队")
    dialog.locator("[name=plan]").fill("逐项核对")
    dialog.locator(".dialog__foot .button:last-child").click()
    expect(dialog.locator(".field__error")).to_have_text("队伍至少 2 人，连队长在内。")
    dialog.get_by_role("checkbox", name="clerk2").check()
    with phone.expect_navigation():
        dialog.locator(".dialog__foot .button:last-child").click()
    expect(phone.locator("#claims")).to_contain_text("党员攻坚队")
    assert fits(phone)


def _told(server: Hallqueue, pages: Pages, picture: Picture, desk: Page) -> None:
    """The wall says it to whoever comes, names nobody, and the year's account holds it."""
    for size in ("phone", "full-hd"):
        wall = opened(server, pages, "", size, "team/wall/")
        expect(wall.locator(".wall__piece")).to_contain_text("减到三份，一次说清")
        assert "clerk1" not in wall.content()
        assert fits(wall)
        assert faults_of(wall) == []
        picture(wall, f"wall-{size}")
    desk.goto(f"{server.url}/team/projects/account/")
    expect(desk.locator(".project-told")).to_contain_text("抽查属实")
    desk.emulate_media(media="print")
    assert not desk.locator(".topbar").is_visible()
    picture(desk, "projects-account")
