"""A browser's own voice, chosen by name: each call once, in order; where it fails the server's sound says the call."""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

import pytest

from displays.voice.packs import look_over, store
from tests.displays.acting import Hand
from tests.displays.looking import Display, Opened
from tests.displays.test_voice_packs import MONGOLIAN
from tests.ground.servers import Hallqueue

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]

CHOSEN = "小艺"
# Stands in the browser's place where a machine has no voice: `plan` is how it speaks, `said` what it was told.
VOICE = """
window.said = [];
window.plan = "well";
localStorage.getItem("browser-voice") ?? localStorage.setItem("browser-voice", "小艺");
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
const standing = {
  getVoices: () => (window.plan === "gone" ? ["别的"] : ["小艺", "别的"]).map((name) => ({ name, lang: "zh-CN" })),
  addEventListener() {},
  cancel() {},
  speak(words) {
    window.said.push(words.text);
    const plan = window.plan;
    if (plan === "silent") return;
    if (plan === "broken") return setTimeout(() => words.onerror?.({ error: "synthesis-failed" }), 50);
    setTimeout(() => words.onstart?.(), 20);
    setTimeout(() => (window.said.push("."), words.onend?.()), 600);
  },
};
Object.defineProperty(window, "speechSynthesis", { value: standing });
"""
BY_THE_SERVER = "heard.filter(({kind, src}) => kind === 'ended' && !src.includes('chime'))"
A_CALL = "请{}号 到{}号窗口 办理"


@pytest.fixture
def speaker(display: Display, hand: Hand, server: Hallqueue, request: pytest.FixtureRequest) -> Opened:
    """The page of a computer that only speaks, in a hall whose first engine is the browser's voice."""
    slug = f"spoken-{crc32(request.node.name.encode())}"
    hand.do("make", slug)
    hand.do("voice", slug, engines=["browser", "espeak"], times=1)
    opened = display.board(slug, short=0.3)
    opened.page.context.add_init_script(VOICE)
    opened.page.goto(f"{server.url}/{slug}/speaker/")
    opened.page.wait_for_selector("#freshness[data-freshness=live]")
    return opened


def call(hand: Hand, speaker: Opened, *windows: int) -> None:
    """The windows call one person each, within an instant: A001 at 1, B001 at 2, C001 at 3."""
    slug = speaker.page.url.split("/")[3]
    for window in windows:
        hand.do("issue", slug, service=("id-card", "invoice", "housing")[window - 1])
    hand.do("call_together", slug, windows=list(windows))


def words(speaker: Opened) -> list[str]:
    said: list[str] = speaker.page.evaluate("said")
    return said


def wait_for_the_server(speaker: Opened, calls: int) -> None:
    """Until the server's sounds of so many calls came to their end."""
    speaker.page.wait_for_function(f"() => {BY_THE_SERVER}.length === {calls}")


def wait_for_sentence(speaker: Opened, part: str) -> None:
    speaker.page.locator("#browser-now", has_text=part).wait_for()


def test_the_chosen_voice_says_each_call_once_in_order_one_after_the_other(
    hand: Hand, speaker: Opened
) -> None:
    call(hand, speaker, 1, 2, 3)
    speaker.page.wait_for_function("() => said.filter((each) => each === '.').length === 3")
    calls = [A_CALL.format(f"{letter}零零一", number) for letter, number in zip("ABC", "一二三", strict=True)]
    assert words(speaker) == [calls[0], ".", calls[1], ".", calls[2], "."]
    assert speaker.page.evaluate(BY_THE_SERVER) == []
    wait_for_sentence(speaker, f"叫号由“{CHOSEN}”念")


@pytest.mark.parametrize("plan", ["broken", "silent"])
def test_a_voice_that_fails_leaves_the_call_to_the_server_and_rests(
    hand: Hand, speaker: Opened, plan: str
) -> None:
    speaker.page.evaluate("plan => { window.plan = plan }", plan)
    call(hand, speaker, 1)
    wait_for_the_server(speaker, 1)
    wait_for_sentence(speaker, "现在由服务器念")
    call(hand, speaker, 2)
    wait_for_the_server(speaker, 2)
    assert words(speaker) == [A_CALL.format("A零零一", "一")], "a resting voice is not asked again"


def test_a_voice_that_is_gone_is_named_and_the_server_speaks(hand: Hand, speaker: Opened) -> None:
    speaker.page.evaluate("() => { window.plan = 'gone' }")
    wait_for_sentence(speaker, f"原来选的“{CHOSEN}”不在这台电脑上了")
    call(hand, speaker, 1)
    wait_for_the_server(speaker, 1)
    assert words(speaker) == []


def test_what_the_voice_cannot_say_in_mongolian_the_halls_clips_say(
    hand: Hand, speaker: Opened, server: Hallqueue
) -> None:
    slug = speaker.page.url.split("/")[3]
    folder = Path(server.settings["HALLQUEUE_DATA"]) / "announcer" / slug
    (folder / store(look_over(MONGOLIAN, "mn"), folder, "播音员")).rename(folder / "mn")
    call(hand, speaker, 3)
    wait_for_the_server(speaker, 1)
    assert words(speaker) == [A_CALL.format("C零零一", "三"), "."]
    chime, clips = speaker.heard()
    assert chime["src"].endswith("/chime.wav")
    assert clips["at"] > chime["at"] + 500, "the voice has its say in between"
