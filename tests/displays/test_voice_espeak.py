"""espeak-ng reads Chinese as Chinese, and fails by name; runs the real program and scripts in its place."""

import time
from pathlib import Path

import pytest

from displays.voice.errors import (
    ProgramFailedError,
    ProgramMissingError,
    ProgramTimedOutError,
    ReadThroughEnglishError,
)
from displays.voice.espeak import Espeak
from displays.voice.phrases import CHIME, LETTERS, WORDS, call_phrase
from displays.voice.samples import LOUDNESS, PEAK, loudness, peak
from tests.ground.process import lives, wait_until

READ = {  # seen from espeak-ng 1.51, voice cmn-latn-pinyin; the digit is the tone's contour
    "零": "l'i35N",
    "一": "j'i55",
    "二": "'@r51",
    "三": "s'a55n",
    "四": "s'i[51",
    "五": "w'u214",
    "六": "l'iou51",
    "七": "tS;h'i55",
    "八": "p'A55",
    "九": "tS;'iou214",
    "幺": "j'Au55",
    "十": "s.'i.35",
    "百": "p'ai214",
    "请": "tS;h'i214N",
    "号": "X'Au51",
    "到": "t'Au51",
    "办理": "pa51nl'i214",
}


def script(tmp_path: Path, body: str) -> str:
    program = tmp_path / "espeak-twin"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    return str(program)


@pytest.mark.parametrize(("word", "read"), READ.items())
def test_each_syllable_has_its_own_sound_and_tone(word: str, read: str) -> None:
    assert Espeak(time_limit=20).phonemes(WORDS[word].pinyin).replace("_|", "").strip() == read


def test_no_word_of_the_vocabulary_is_read_through_english() -> None:
    Espeak(time_limit=20).check_syllables(WORDS.values())


def test_call_is_read_as_twelve_chinese_syllables() -> None:
    words = [unit.pinyin for unit in call_phrase("A001", "3").units if unit.pinyin]
    read = Espeak(time_limit=20).phonemes(" ".join(words))
    assert "(en)" not in read
    assert (
        sum(sign.isdigit() and not before.isdigit() for before, sign in zip(" " + read, read, strict=False))
        == 12
    )


def test_characters_in_the_plain_mandarin_voice_are_caught() -> None:
    with pytest.raises(ReadThroughEnglishError):
        Espeak(voice="cmn", time_limit=20).check_syllables([WORDS["请"], WORDS["号"]])


def test_each_group_of_a_call_becomes_one_plausible_sound() -> None:
    engine = Espeak(time_limit=20)
    sounds = engine.say([(CHIME,), *call_phrase("A001", "3").groups])
    seconds = [len(sound) / engine.rate for sound in sounds]
    assert [round(length) for length in seconds[:1]] == [1]
    assert 1.2 < seconds[1] < 3.5
    assert 0.7 < seconds[2] < 2.0
    assert 0.3 < seconds[3] < 1.2


def test_letters_and_words_are_equally_loud() -> None:
    engine = Espeak(time_limit=20)
    for sound in engine.say([[LETTERS["A"]], [LETTERS["W"]], [WORDS["请"]], [WORDS["三"], WORDS["号"]]]):
        assert peak(sound) <= PEAK
        assert 0.5 * LOUDNESS < loudness(sound) < 1.05 * LOUDNESS


def test_missing_program_is_named() -> None:
    engine = Espeak("/nowhere/espeak-ng")
    assert not engine.installed
    with pytest.raises(ProgramMissingError):
        engine.say([[WORDS["请"]]])


def test_hanging_program_is_killed_with_its_children(tmp_path: Path) -> None:
    limit = 1.5  # long enough for a busy machine to have begun the child
    engine = Espeak(script(tmp_path, f"sleep 60 & echo $! > {tmp_path}/child; wait"), time_limit=limit)
    began = time.monotonic()
    with pytest.raises(ProgramTimedOutError):
        engine.say([[WORDS["请"]]])
    assert time.monotonic() - began < limit + 1.7
    child = int((tmp_path / "child").read_text())
    wait_until(lambda: not lives(child), 2, "the child is gone")


def test_time_limit_holds_for_the_whole_phrase_not_for_each_run(tmp_path: Path) -> None:
    engine = Espeak(script(tmp_path, 'sleep 0.25; exec espeak-ng "$@"'), time_limit=0.6)
    began = time.monotonic()
    with pytest.raises(ProgramTimedOutError):
        engine.say([[unit] for unit in WORDS.values()])
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "body",
    [
        "echo 'no such voice' >&2; exit 1",
        "exit 0",
        "case $* in *-x*) ;; *) echo not a sound;; esac",
        "case $* in *-x*) ;; *) printf 'RIFF';; esac",
        "kill -9 $$",
    ],
)
def test_program_that_breaks_is_named(tmp_path: Path, body: str) -> None:
    with pytest.raises(ProgramFailedError):
        Espeak(script(tmp_path, body), time_limit=20).say([[WORDS["请"]]])


def test_voice_that_reads_english_never_speaks(tmp_path: Path) -> None:
    engine = Espeak(script(tmp_path, 'echo "(en)kI55NTr\'i:55_"'), time_limit=20)
    with pytest.raises(ReadThroughEnglishError):
        engine.say([[WORDS["请"]]])


def test_program_killed_twice_leaves_no_process_behind(tmp_path: Path) -> None:
    engine = Espeak(
        script(tmp_path, "echo $$ >> pids; exec sleep 60".replace("pids", f"{tmp_path}/pids")), time_limit=0.2
    )
    for _ in range(2):
        with pytest.raises(ProgramTimedOutError):
            engine.say([[WORDS["请"]]])
    left = [pid for pid in (tmp_path / "pids").read_text().split() if (Path("/proc") / pid).exists()]
    assert left == []
