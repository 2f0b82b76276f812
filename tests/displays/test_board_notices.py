"""Notices on a board in a real Chromium: a call comes first, the emergency over all, and a day without a server."""

from __future__ import annotations

import io
import re
import socket
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from displays.media import LARGEST_VIDEO
from hallqueue.texts import text
from tests.displays.acting import Hand
from tests.displays.films import film
from tests.displays.looking import Display, Opened, on_glass
from tests.displays.videos import mp4
from tests.ground.browser import SIZES, Pages
from tests.ground.servers import Hallqueue

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

# A canvas that changes, recorded by the browser itself: the file a phone's browser would make.
RECORD = """async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 180 });
  const pen = canvas.getContext("2d");
  let turn = 0;
  const draw = () => ((pen.fillStyle = ["navy", "gold"][turn++ % 2]), pen.fillRect(0, 0, 320, 180));
  const drawing = setInterval(draw, 100);
  const recorder = new MediaRecorder(canvas.captureStream(10), { mimeType: "video/webm;codecs=vp8" });
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  const ended = new Promise((done) => (recorder.onstop = done));
  recorder.start();
  await new Promise((go) => setTimeout(go, 4000));
  recorder.stop();
  await ended;
  clearInterval(drawing);
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}"""
KEPT = """async (part) => {
  const kept = await (await caches.open("hallqueue-board")).keys();
  return kept.some((each) => each.url.includes(part));
}"""

FITTED = "it => it.style.getPropertyValue('--fit')"
# Letters that came in another part of the font and are wider; the browser says that some came.
WIDER_LETTERS = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(".notice__body { letter-spacing: 0.6em }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  document.fonts.dispatchEvent(new Event("loadingdone"));
}"""

# The last word of the server came well after the last frame; and when that was, as the banner writes it.
HEARD_LATER = """() => {
  const heard = Object.keys(localStorage).find((name) => name.endsWith(":heard"));
  return heard && localStorage[heard] > JSON.parse(localStorage[heard.replace(":heard", "")]).at + 3000;
}"""
HEARD_AT = """() => {
  const [name, at] = Object.entries(localStorage).find(([name]) => name.endsWith(":heard"));
  const { offset } = JSON.parse(localStorage[name.replace(":heard", "")]);
  const { time_zone: timeZone } = JSON.parse(document.getElementById("page-data").textContent);
  const exact = new Intl.DateTimeFormat("zh-CN", { timeZone, timeStyle: "medium", hourCycle: "h23" });
  return exact.format(Number(at) + offset);
}"""
# A wish to the worker with these files; resolves when it has answered one that it can grant, this one before it.
WISH = """async (files) => {
  const kept = await caches.open("hallqueue-board");
  const told = async () => {
    const answers = await Promise.all((await kept.keys()).map((each) => kept.match(each)));
    const made = async (each) => (each.url === location.href ? await each.text() : "");
    return Promise.all(answers.map(async (each) => [each.url, await made(each)]));
  };
  const before = await told();
  const { controller } = navigator.serviceWorker;
  const name = JSON.stringify(files);
  const granted = await new Promise((done) => {
    navigator.serviceWorker.addEventListener("message", ({ data }) => data.kept === name && done(true));
    controller.postMessage({ name, page: location.href, files, media: [] });
    setTimeout(done, 3000, false);
  });
  return { granted, before, after: await told() };
}"""


def picture() -> str:
    out = io.BytesIO()
    Image.new("RGB", (320, 180), "navy").save(out, "PNG")
    return b64encode(out.getvalue()).decode()


def time_of(page: Page) -> float:
    found: float = page.evaluate("document.querySelector('video').currentTime")
    return found


def test_a_call_interrupts_a_video_at_once_and_it_goes_on_after(
    display: Display, hand: Hand, pages: Pages, server: Hallqueue
) -> None:
    hand.do("make", "video")
    recorded = pages.open(server.url + "/").evaluate(RECORD)
    entry = hand.do("notice", "video", zh="办事指南", form="video", file=recorded)
    hand.do("play", "video", entries=[entry])
    board = hand.do("lay_out", "video", name="宣传屏", main="notices", side="calls")["board"]
    page = display.board("video", short=0.3, query=f"?board={board}").page
    page.wait_for_function("() => document.querySelector('video')?.currentTime > 0.5")
    assert page.evaluate("document.querySelector('video').muted")  # sound belongs to calls
    hand.do("issue", "video")
    hand.do("call_next", "video")
    page.locator("#over .call--newest .ticket-number", has_text="A001").wait_for()
    stood = time_of(page)
    assert page.evaluate("document.querySelector('video').paused")
    page.wait_for_timeout(1500)
    assert time_of(page) == stood
    hand.do("start", "video")  # the person came: the call has been heard
    expect(page.locator("#over")).to_be_hidden()
    page.wait_for_function("before => document.querySelector('video').currentTime > before", arg=stood)
    assert page.locator(".board__side .call .ticket-number", has_text="A001").is_visible()


def test_a_board_whose_server_is_gone_shows_itself_again_after_a_reload(
    display: Display, hand: Hand, server: Hallqueue
) -> None:
    hand.do("make", "kept")
    hand.do("issue", "kept")
    hand.do("call_next", "kept")
    hand.do("start", "kept")
    entries = [
        hand.do("notice", "kept", zh="办事图", form="picture", file=picture()),
        hand.do("notice", "kept", zh="一次告知"),
    ]
    hand.do("play", "kept", entries=entries)
    hand.do("lay_out", "kept", name="通用", side="notices", interlude=0, is_default=True)
    opened = display.board("kept", short=0)
    page = opened.page
    page.locator("html[data-kept=whole]").wait_for(state="attached")
    for part in ("/kept/board/", "/notices/media/", "board_parts.js"):
        page.wait_for_function(KEPT, arg=part)
    page.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")
    page.wait_for_function(HEARD_LATER)
    server.kill()
    heard_at = page.evaluate(HEARD_AT)
    try:
        page.reload(wait_until="commit")
        shows_itself(opened)
        page.wait_for_load_state()
        page.locator("#stale", has_text=f"画面停在 {heard_at}").wait_for()
        page.wait_for_timeout(16_000)  # as long as a live page may be silent before it is stale
        assert f"画面停在 {heard_at}" in page.locator("#stale").inner_text()
        page.clock.install(time=datetime.now(UTC) + timedelta(days=1))
        page.reload()
        shows_itself(opened)
        page.locator("#stale", has_text=re.compile(rf"画面停在 \d+月\d+日 {heard_at}")).wait_for()
    finally:
        server.start()
    page.wait_for_selector("#freshness[data-freshness=live]", timeout=40_000)
    shows_itself(opened)


def test_what_a_board_keeps_stays_until_the_new_page_is_whole(display: Display, hand: Hand) -> None:
    """A server that goes in the middle of an update leaves the board with the older page and all it needs."""
    hand.do("make", "halfway")
    page = display.board("halfway", short=0.3, late="**/noto-sans-mongolian*").page
    page.locator("html[data-kept=whole]").wait_for(state="attached")
    assert page.evaluate(KEPT, "noto-sans-mongolian"), "a font that comes late belongs to the whole, too"
    page.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")
    page.wait_for_timeout(1100)  # so that a page kept anew tells another second
    said = page.evaluate(WISH, ["/static/displays/gone.js"])
    assert not said["granted"]
    assert len(said["before"]) > 20
    assert sorted(said["after"]) == sorted(said["before"])


def shows_itself(board: Opened) -> None:
    """Calls and both notices, the picture decoded."""
    board.page.locator(".call .ticket-number").first.wait_for()
    assert board.labels() == ["A001"]
    board.page.wait_for_function("() => document.querySelector('img.notice__media')?.naturalWidth === 320")
    board.page.locator(".notice__body", has_text="一次告知").wait_for()


def test_an_emergency_stands_over_everything_with_the_call_beside_it(display: Display, hand: Hand) -> None:
    hand.do("make", "alarm")
    pages = [display.board("alarm", short=0.3, query=query).page for query in ("", "?zone=A区")]
    pages.append(display.screen(1, "alarm").page)
    quiet = display.screen(3, "alarm").page
    hand.do("emergency", "alarm", zh="请从最近的出口有序离开")
    for page in (*pages, quiet):
        page.locator(".emergency__words", has_text="请从最近的出口有序离开").wait_for()
    hand.do("issue", "alarm")
    hand.do("call_next", "alarm")
    for page in pages:
        page.locator("#over .ticket-number", has_text="A001").wait_for()
        assert page.locator(".emergency__words").is_visible()
    assert quiet.locator("#over .ticket-number").count() == 0
    hand.do("emergency", "alarm")
    for page in (*pages, quiet):
        expect(page.locator("#over")).to_be_hidden()


def test_words_are_as_large_where_motion_is_not_wanted(display: Display, hand: Hand) -> None:
    hand.do("make", "calm")
    boards = [display.board("calm", short=0.3).page for _ in range(2)]
    boards[1].emulate_media(reduced_motion="reduce")
    hand.do("emergency", "calm", zh="请从最近的出口有序离开，不要乘电梯，听从工作人员安排。" * 4)
    words = [page.locator(".emergency__words") for page in boards]
    for page, each in zip(boards, words, strict=True):
        each.wait_for()
        for size in ("laptop", "full-hd"):  # fitted anew, now that its letters have come
            on_glass(page, SIZES[size])
    sizes = [each.evaluate("it => it.style.getPropertyValue('--fit')") for each in words]
    assert sizes[0] == sizes[1]
    assert 0.42 < float(sizes[0]) < 1.9


def test_words_of_a_notice_are_fitted_again_when_its_letters_come_late(display: Display, hand: Hand) -> None:
    hand.do("make", "letters")
    entry = hand.do("notice", "letters", zh="请带身份证，先取号，再到窗口办理。", seconds=600)
    hand.do("play", "letters", entries=[entry])
    page = display.board("letters", short=0.3).page
    words = page.locator(".notice--text")
    words.wait_for()
    on_glass(page, SIZES["laptop"])
    before = float(words.evaluate(FITTED))
    page.evaluate(WIDER_LETTERS)
    page.wait_for_function(
        f"before => ({FITTED})(document.querySelector('.notice--text')) < before", arg=before
    )
    assert page.locator(".notice__body").evaluate("it => it.scrollHeight <= it.clientHeight + 1")


def test_a_window_screen_follows_its_layout_and_shows_notices_until_a_call(
    display: Display, hand: Hand, server: Hallqueue
) -> None:
    """Night and column change without a reload; notices make room at once; all of it stands without a server."""
    hand.do("make", "above")
    hand.do("play", "above", entries=[hand.do("notice", "above", zh="一次告知", seconds=60)])
    page = display.screen(1, "above").page
    assert page.locator("html[data-theme=light]").count()
    page.evaluate("window.same = true")
    alone = {"main": "window", "side": "none", "interlude": 1}
    hand.do("lay_out", "above", name="窗口屏", is_default=True, dress="night", mongolian=False, **alone)
    page.locator("html[data-theme=dark]").wait_for(state="attached")
    page.locator(".screen .notice__body", has_text="一次告知").wait_for()
    assert page.locator(".display[data-mongolian=no]").count()
    assert not [each for each in page.locator(".mn").all() if each.is_visible()]
    hand.do("issue", "above")
    hand.do("call_next", "above")
    page.locator(".screen__now[data-state=called] .ticket-number", has_text="A001").wait_for()
    assert page.locator(".notice").count() == 0
    assert page.evaluate("window.same")
    page.wait_for_function(KEPT.replace("-board", "-screen"), arg="/above/screen/1/")
    server.kill()
    try:
        page.reload()
        page.locator(".screen__now .ticket-number", has_text="A001").wait_for()
        page.locator("#stale", has_text="画面停在").wait_for()
    finally:
        server.start()
    page.wait_for_selector("#freshness[data-freshness=live]", timeout=40_000)


def test_the_page_tells_by_itself_when_a_video_is_ready_or_refused(
    pages: Pages, hand: Hand, server: Hallqueue
) -> None:
    hand.do("make", "told")
    context = pages.context("laptop")
    cookie = hand.do("session", "told", who="desk")["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": server.url}])
    page = pages.open(f"{server.url}/told/notices/new/?form=video", context=context)
    for words, content in (("短片", film(size=(640, 360))), ("坏片", mp4())):
        page.goto(f"{server.url}/told/notices/new/?form=video")
        page.fill("#zh", words)
        page.set_input_files("#file", {"name": "a.mp4", "mimeType": "video/mp4", "buffer": content})
        page.get_by_role("button", name="保存").click()
        page.wait_for_url("**/told/notices/?done=1")
    page.locator(".told", has_text="短片").locator("video").wait_for()
    expect(page.locator(".told", has_text="坏片").locator(".told__fault")).to_contain_text("读不出来")
    assert page.locator(".told [role=status]").count() == 0


def test_a_picture_cut_off_on_its_way_to_the_server_leaves_nothing(hand: Hand, server: Hallqueue) -> None:
    hand.do("make", "cut")
    cookie = hand.do("session", "cut", who="desk")["sessionid"]
    token, before = "a" * 32, kept_files(server)
    file = SimpleUploadedFile("a.png", b64decode(picture()), "image/png")
    words = {"key": "k" * 32, "form": "picture", "kind": "public", "zh": "断线的图", "file": file}
    body = encode_multipart(BOUNDARY, {"csrfmiddlewaretoken": token, **words})
    head = (
        f"POST /cut/notices/new/ HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n"
        f"Cookie: sessionid={cookie}; csrftoken={token}\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: {MULTIPART_CONTENT}\r\n\r\n"
    ).encode()
    for sent in (len(head), len(head) + len(body) // 2, len(head) + len(body) - 1):
        with socket.create_connection(("127.0.0.1", server.port)) as line:
            line.sendall((head + body)[:sent])
    assert kept_files(server) == before
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        line.sendall(head + body)
        assert line.makefile("rb").readline().split()[1] == b"303"
    assert len(kept_files(server)) == len(before) + 1


def kept_files(server: Hallqueue) -> list[Path]:
    return [
        each for each in (Path(server.settings["HALLQUEUE_DATA"]) / "notices").rglob("*") if each.is_file()
    ]


def filmed(content: bytes) -> FilePayload:
    """A telephone's file, as it is chosen."""
    return {"name": "film.mov", "mimeType": "video/quicktime", "buffer": content}


def test_a_file_that_is_too_large_is_told_before_it_goes_up(
    pages: Pages, server: Hallqueue, hand: Hand, tmp_path: Path
) -> None:
    hand.do("make", "large")
    with (tmp_path / "film.mov").open("wb") as film_too_large:
        film_too_large.truncate(LARGEST_VIDEO + 1)
    context = pages.context("phone")
    cookies = hand.do("session", "large", who="desk")
    context.add_cookies(
        [{"name": name, "value": value, "url": server.url} for name, value in cookies.items()]
    )
    page = pages.open(f"{server.url}/large/notices/new/?form=video", context=context)
    page.fill("#zh", "手机拍的视频")
    page.set_input_files("#file", tmp_path / "film.mov")
    expect(page.locator("#file-error")).to_have_text(text("errors.video_too_large", limit="300 MB"))
    page.get_by_role("button", name=text("notices.save")).click()
    assert page.url.endswith("/new/?form=video")
    assert page.evaluate("document.activeElement.id") == "file"
    page.set_input_files("#file", filmed(film()))
    expect(page.locator("#file-error")).to_be_hidden()
    page.get_by_role("button", name=text("notices.save")).click()
    page.wait_for_url("**/notices/?done=1")
