"""Voice memos are drawn anew: of whatever a browser recorded comes one known form, its sound and nothing beside it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from hallqueue.errors import Refused
from hallqueue.files import memo_apart, memos
from hallqueue.files.memos import redrawn_memo
from hallqueue.texts import has_text
from tests.displays.films import film
from tests.memos import PLACE, heard, memo


@pytest.mark.parametrize("layout", ["mono", "stereo"])
@pytest.mark.parametrize("by", ["chromium", "firefox", "safari", "safari in parts", "iphone"])
def test_whatever_recorded_it_it_sounds_the_same_and_says_nothing_else(by: str, layout: str) -> None:
    raw = memo(by, 2, layout)
    assert PLACE.encode() in raw
    made, seconds = redrawn_memo(raw)
    found = heard(made)
    assert (found.form, found.codec, found.channels, found.notes) == ("mp3", "mp3float", 1, {})
    assert found.seconds == pytest.approx(2, abs=0.15)
    assert seconds == 2
    assert found.pitch == pytest.approx(440, rel=0.02)
    assert PLACE.encode() not in made
    assert b"Zhang" not in made


def test_the_same_memo_becomes_the_same_bytes() -> None:
    raw = memo()
    assert redrawn_memo(raw)[0] == redrawn_memo(raw)[0]


def test_two_minutes_are_whole_and_no_larger_than_before() -> None:
    made, seconds = redrawn_memo(memo(seconds=119.5))
    assert heard(made).seconds == pytest.approx(119.5, abs=0.2)
    assert seconds == 120
    assert len(made) < memos.LARGEST_MEMO


def refusal_of(raw: bytes, *program: str) -> Refused:
    with pytest.raises(Refused) as refused:
        redrawn_memo(raw, program or memos.PROGRAM)
    assert has_text(f"errors.{refused.value.code}")
    return refused.value


@pytest.mark.parametrize(
    "raw",
    [
        memo()[:400],
        memo("another"),
        film(codec="libvpx", form="webm", moments=range(0, 300, 100)),
    ],
)
def test_what_no_sound_can_be_made_of_gets_a_sentence(raw: bytes) -> None:
    assert refusal_of(raw).code == "memo_unreadable"


def test_a_memo_that_sounds_longer_than_it_says_is_too_long() -> None:
    raw = memo("safari", 125)
    at = raw.index(b"mdhd") + 16
    scale = int.from_bytes(raw[at : at + 4])
    short = raw[: at + 4] + (scale * 2).to_bytes(4) + raw[at + 8 :]
    assert memos.checked_memo(short) == ("mp4", 2)
    assert refusal_of(short).code == "memo_too_long"


@pytest.mark.parametrize(
    ("end", "code", "status"),
    [
        ("os.kill(os.getpid(), 9)", "memo_unmade", 503),
        ("os.kill(os.getpid(), 11)", "memo_unreadable", 400),
        ("raise MemoryError", "memo_unreadable", 400),
    ],
)
def test_a_process_that_was_ended_is_asked_again_one_that_broke_is_not(
    end: str, code: str, status: int
) -> None:
    """The phone keeps what is answered by 503 and sends it again; what broke its process would do so for ever."""
    refused = refusal_of(memo(), sys.executable, "-c", f"import os; {end}")
    assert (refused.code, refused.status) == (code, status)


def test_a_process_that_takes_too_long_is_ended_and_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memos, "LONGEST_DRAWING", 0.3)
    assert refusal_of(memo(), sys.executable, "-c", "import time; time.sleep(60)").code == "memo_unmade"


def test_the_process_bounds_itself_before_a_decoder_is_loaded() -> None:
    code = (
        "import json, os, resource, sys; from hallqueue.files.memo_apart import *;"
        "confine(MOST_MEMORY, LONGEST_CPU, largest=0, nice=10);"
        "told = [resource.getrlimit(getattr(resource, f'RLIMIT_{each}'))[1] for each in ('DATA', 'CPU', 'FSIZE')];"
        "told += [os.getpriority(os.PRIO_PROCESS, 0), 'av' in sys.modules, 'django' in sys.modules];"
        "sys.stdout.write(json.dumps(told)); sys.exit()"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    assert json.loads(said) == [
        memo_apart.MOST_MEMORY,
        memo_apart.LONGEST_CPU,
        0,
        10,
        False,
        False,
    ]
