"""A walkthrough begins with the slip before a camera, in a real Chromium."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import segno
from PIL import Image
from playwright.sync_api import expect

from tests.cases.test_walkthrough_browser import WALKING, on_the_phone
from tests.ground.browser import FLAGS, Pages, chromium_path
from tests.ground.servers import Hallqueue
from tests.window_hall import people_of

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]


def test_a_walk_begins_with_the_slip_before_the_camera(
    server: Hallqueue, pages: Pages, tmp_path: Path
) -> None:
    people = people_of(server, "scan", issued=1, open_windows=(1,))
    token = server.behind(
        'from hallqueue.models import Ticket; print(Ticket.objects.get(hall__slug="scan").token)'
    ).strip()
    seen = filmed(f"https://hall.example/t/{token}/", tmp_path / "slip.mjpeg")
    flags = [*FLAGS, f"--use-file-for-fake-video-capture={seen}"]
    browser = pages.browser.browser_type.launch(executable_path=chromium_path(), args=flags)
    with_a_camera = Pages(browser)
    page = on_the_phone(server, with_a_camera, people["clerk1"], "scan/walkthroughs/new/")
    page.locator("[name=mode][value=self]").check()
    page.locator("#scan").click()
    expect(page.locator("[name=ticket]")).to_have_value("A001")
    expect(page.locator("[name=mode][value=self]")).to_be_checked()
    expect(page.locator("[name=consent]")).to_be_focused()
    expect(page.locator("#camera")).to_be_hidden()
    page.locator("[name=consent]").check()
    page.get_by_role("button", name="开始").click()
    page.wait_for_url(WALKING)
    expect(page.locator("main, .walk-head").first).to_contain_text("A001")
    with_a_camera.assert_clean()
    browser.close()


def filmed(url: str, place: Path) -> Path:
    """What a camera sees of a slip held a little askew: its code on white paper on a dark table."""
    code = io.BytesIO()
    segno.make(url, error="m").save(code, kind="png", scale=5, border=4)
    slip = Image.open(code).convert("RGB").rotate(8, expand=True, fillcolor=(90, 84, 78))
    table = Image.new("RGB", (1280, 720), (90, 84, 78))
    table.paste(slip, (520, 220))
    frame = io.BytesIO()
    table.save(frame, "JPEG")
    place.write_bytes(frame.getvalue() * 5)
    return place
