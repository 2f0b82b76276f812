"""Each call is announced once, in order and in full: the announcer alone, with real audio in Chromium."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests.displays.looking import tone
from tests.ground.browser import Pages
from tests.ground.servers import Hallqueue

pytestmark = [pytest.mark.browser, pytest.mark.servers]

SECONDS = 0.4
SAY = """
async ({ build, steps }) => {
  const { Announcer } = await import(`/static/${build}/displays/announcer.js`);
  const { playerOn } = await import(`/static/${build}/displays/player.js`);
  const element = new Audio();
  const log = [];
  for (const kind of ["playing", "ended", "pause"]) {
    element.addEventListener(kind, () => log.push({
      kind, sound: element.src.split("/").pop(), at: performance.now(), time: element.currentTime,
    }));
  }
  const play = playerOn(element);
  const announcer = new Announcer({
    play: (call) => play(`/small/sound/${call.sound}.wav`),
    now: () => Date.now(),
    spoken: steps.spoken ?? [],
    onFault: (call) => log.push({ kind: "fault", sound: call.sound }),
    onDropped: (call) => log.push({ kind: "dropped", sound: call.sound }),
  });
  if (steps.rules) announcer.follow(steps.rules);
  const dated = (call) => ({ said: 1, ...call, said_at: new Date(Date.now() - (call.age ?? 0)).toISOString() });
  let last;
  for (const frame of steps.frames) {
    if (frame.after) await new Promise((go) => setTimeout(go, frame.after));
    if (frame.rules) announcer.follow(frame.rules);
    last = announcer.hear(frame.epoch ?? "e", frame.calls.map(dated));
  }
  while (announcer.speaking) await new Promise((go) => setTimeout(go, 20));
  await last;
  return log;
}
"""


@pytest.fixture
def stage(pages: Pages, server: Hallqueue) -> Page:
    """A page of the server with short sounds; `missing.wav` does not exist, `broken.wav` is no sound."""
    context = pages.context()
    beep = tone(SECONDS)

    def answer(route: Route) -> None:
        if "missing" in route.request.url:
            route.fulfill(status=404)
        elif "broken" in route.request.url:
            route.fulfill(body=b"RIFF" + b"\0" * 100, content_type="audio/wav")
        else:
            route.fulfill(body=beep, content_type="audio/wav")

    context.route("**/sound/*.wav", answer)
    return pages.open(f"{server.url}/sign-in/", context=context)


def said(stage: Page, *frames: dict[str, Any], **steps: Any) -> list[dict[str, Any]]:
    """What happened on the audio element while these frames came in."""
    sheet = stage.get_attribute("link[rel=stylesheet]", "href") or ""
    build = sheet.split("/")[2]
    found: list[dict[str, Any]] = stage.evaluate(SAY, {"build": build, "steps": {"frames": frames, **steps}})
    return found


def ended(log: list[dict[str, Any]]) -> list[str]:
    return [event["sound"].removesuffix(".wav") for event in log if event["kind"] == "ended"]


def call(number: int, sound: str = "", **more: Any) -> dict[str, Any]:
    return {"id": number, "said_seq": number, "sound": sound or f"s{number}", **more}


def test_two_calls_within_50_ms_are_both_spoken_in_full_in_order(stage: Page) -> None:
    log = said(stage, {"calls": [call(1)]}, {"calls": [call(2), call(1)], "after": 40})
    assert [(event["kind"], event["sound"]) for event in log if event["kind"] != "pause"] == [
        ("playing", "s1.wav"),
        ("ended", "s1.wav"),
        ("playing", "s2.wav"),
        ("ended", "s2.wav"),
    ]
    ends = [event for event in log if event["kind"] == "ended"]
    assert [end["time"] for end in ends] == pytest.approx([SECONDS, SECONDS], abs=0.02)
    second_start = next(
        event["at"] for event in log if (event["kind"], event["sound"]) == ("playing", "s2.wav")
    )
    assert second_start >= ends[0]["at"]


def test_calls_of_one_frame_are_spoken_oldest_first(stage: Page) -> None:
    assert ended(said(stage, {"calls": [call(3), call(2), call(1)]})) == ["s1", "s2", "s3"]


def test_the_same_call_in_later_frames_is_not_spoken_again(stage: Page) -> None:
    frames: list[dict[str, Any]] = [{"calls": [call(1)], "after": 30} for _ in range(4)]
    assert ended(said(stage, *frames)) == ["s1"]


def test_a_recall_is_audible_again(stage: Page) -> None:
    recall = call(1, said=2) | {"said_seq": 5}
    log = said(stage, {"calls": [call(1)]}, {"calls": [recall], "after": 900})
    assert ended(log) == ["s1", "s1"]


def test_a_recall_during_its_first_call_waits_its_turn(stage: Page) -> None:
    recall = call(1, said=2) | {"said_seq": 5}
    log = said(stage, {"calls": [call(1)]}, {"calls": [recall], "after": 50})
    assert ended(log) == ["s1", "s1"]


def test_no_call_older_than_20_s_is_spoken(stage: Page) -> None:
    log = said(stage, {"calls": [call(3), call(2, age=20_500), call(1, age=120_000)]})
    assert ended(log) == ["s3"]


def test_an_old_call_stays_unspoken_for_ever(stage: Page) -> None:
    old = call(1, age=30_000)
    assert ended(said(stage, {"calls": [old]}, {"calls": [call(2), old], "after": 30})) == ["s2"]


def test_what_was_spoken_before_a_reload_is_not_spoken_again(stage: Page) -> None:
    log = said(stage, {"calls": [call(2), call(1)]}, spoken=["e:1:1"])
    assert ended(log) == ["s2"]


def test_a_restored_backup_is_another_history(stage: Page) -> None:
    log = said(stage, {"calls": [call(1)]}, {"calls": [call(1, sound="again")], "epoch": "f", "after": 600})
    assert ended(log) == ["s1", "again"]


@pytest.mark.parametrize("sound", ["missing", "broken"])
def test_a_sound_that_cannot_be_played_is_skipped_and_reported(stage: Page, sound: str) -> None:
    log = said(stage, {"calls": [call(2), call(1, sound=sound)]})
    assert {"kind": "fault", "sound": sound} in log
    assert ended(log) == ["s2"]


def test_a_call_without_a_sound_is_silent(stage: Page) -> None:
    assert ended(said(stage, {"calls": [call(2), call(1) | {"sound": ""}]})) == ["s2"]


def test_a_waiting_call_that_was_taken_back_is_not_spoken(stage: Page) -> None:
    frames: list[dict[str, Any]] = [
        {"calls": [call(1)]},
        {"calls": [call(2), call(1)], "after": 30},
        {"calls": [call(1)], "after": 30},
    ]
    assert ended(said(stage, *frames)) == ["s1"]


def test_a_waiting_call_that_newer_ones_pushed_off_the_board_is_still_spoken(stage: Page) -> None:
    frames: list[dict[str, Any]] = [{"calls": [call(2), call(1)]}, {"calls": [call(4), call(3)], "after": 30}]
    assert ended(said(stage, *frames)) == ["s1", "s2", "s3", "s4"]


@pytest.mark.parametrize(("drop", "dropped", "spoken"), [("oldest", "s2", "134"), ("newest", "s4", "123")])
def test_beyond_the_limit_one_call_goes_unspoken_and_is_named(
    stage: Page, drop: str, dropped: str, spoken: str
) -> None:
    frames: list[dict[str, Any]] = [
        {"calls": [call(1)]},
        {"calls": [call(number) for number in (4, 3, 2, 1)], "after": 50},
    ]
    log = said(stage, *frames, rules={"limit": 2, "drop": drop, "quiet": False})
    assert [event["sound"] for event in log if event["kind"] == "dropped"] == [dropped]
    assert ended(log) == [f"s{number}" for number in spoken]


def test_who_is_said_at_once_is_not_counted_among_those_who_wait(stage: Page) -> None:
    frames: list[dict[str, Any]] = [{"calls": [call(number) for number in (3, 2, 1)]}]
    log = said(stage, *frames, rules={"limit": 2, "drop": "oldest", "quiet": False})
    assert [event["sound"] for event in log if event["kind"] == "dropped"] == []
    assert ended(log) == ["s1", "s2", "s3"]


def test_in_quiet_hours_nothing_is_spoken(stage: Page) -> None:
    assert said(stage, {"calls": [call(1)]}, rules={"limit": 8, "drop": "oldest", "quiet": True}) == []


def test_when_quiet_begins_the_call_that_is_being_said_ends_and_what_waits_stays_unspoken(
    stage: Page,
) -> None:
    quiet = {"limit": 8, "drop": "oldest", "quiet": True}
    frames: list[dict[str, Any]] = [
        {"calls": [call(2), call(1)]},
        {"calls": [call(3), call(2), call(1)], "after": 100, "rules": quiet},
    ]
    log = said(stage, *frames)
    assert [(event["kind"], event["sound"]) for event in log if event["kind"] != "pause"] == [
        ("playing", "s1.wav"),
        ("ended", "s1.wav"),
    ]
