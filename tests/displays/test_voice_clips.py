"""The shipped clip pack is whole and small; a foreign pack is checked."""

import json
import shutil
from math import sqrt
from operator import mul
from pathlib import Path

import pytest

from displays.voice.clips import MANIFEST, SHIPPED_PACK, Clips
from displays.voice.errors import PackError
from displays.voice.make_pack import make_pack
from displays.voice.phrases import CHIME, VOCABULARY, WORDS, call_phrase, file_name
from displays.voice.samples import Samples, loudness, read_wav, silence, wav_bytes


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED_PACK, tmp_path / "pack"))


def rewrite(pack: Path, **changes: object) -> None:
    manifest = json.loads((pack / MANIFEST).read_text("utf-8"))
    (pack / MANIFEST).write_text(json.dumps(manifest | changes, ensure_ascii=False), "utf-8")


def pitch(sound: Samples, rate: int) -> float:
    """Hertz, by the lag at which the sound is most like itself; the voice is between 65 and 130."""
    width = len(sound) - rate // 65

    def likeness(lag: int) -> float:
        later = sound[lag : lag + width]
        alike: int = sum(map(mul, sound[:width], later))
        return alike / (1 + sqrt(sum(map(mul, later, later))))

    best: int = max(range(rate // 130, rate // 65), key=likeness)
    return rate / best


def test_shipped_pack_says_every_unit_and_is_small() -> None:
    assert Clips().missing == []
    Clips().check()
    assert sum(file.stat().st_size for file in SHIPPED_PACK.iterdir()) <= 1_500_000


def test_shipped_pack_holds_its_clips_and_nothing_else() -> None:
    files = {file_name(unit) for unit in VOCABULARY.values()} | {MANIFEST}
    assert {file.name for file in SHIPPED_PACK.iterdir()} == files


def test_shipped_manifest_says_who_made_it_under_which_licence() -> None:
    manifest = json.loads((SHIPPED_PACK / MANIFEST).read_text("utf-8"))
    assert "espeak-ng" in manifest["made_by"]
    assert "GPL" in manifest["licence"]


def test_shipped_clips_last_as_long_as_a_spoken_unit() -> None:
    for name, unit in VOCABULARY.items():
        sound, rate = read_wav((SHIPPED_PACK / file_name(unit)).read_bytes())
        assert 0.12 < len(sound) / rate < 1.5, name
        assert loudness(sound) > 1500, name


@pytest.mark.parametrize(
    ("file", "rises"),
    [("ling2", True), ("shi2", True), ("hao4", False), ("dao4", False), ("er4", False), ("si4", False)],
)
def test_shipped_clips_carry_their_tone(file: str, rises: bool) -> None:
    sound, rate = read_wav((SHIPPED_PACK / f"{file}.wav").read_bytes())
    vowel = sound[len(sound) * 9 // 20 : len(sound) * 19 // 20]
    begins, ends = pitch(vowel[: rate // 20], rate), pitch(vowel[-rate // 20 :], rate)
    assert (ends > 1.03 * begins) if rises else (ends < 0.97 * begins)


def test_shipped_clips_of_different_units_differ() -> None:
    contents = {(SHIPPED_PACK / file_name(unit)).read_bytes() for unit in VOCABULARY.values()}
    assert len(contents) == len(VOCABULARY)


@pytest.mark.slow
def test_pack_can_be_rebuilt(tmp_path: Path) -> None:
    make_pack(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {file.name for file in SHIPPED_PACK.iterdir()}
    assert (tmp_path / MANIFEST).read_bytes() == (SHIPPED_PACK / MANIFEST).read_bytes()


def test_call_holds_every_clip_once_in_order() -> None:
    clips = Clips()
    (call,) = clips.say([[WORDS["请"], WORDS["三"], WORDS["号"]]])
    place = 0
    for name in ("请", "三", "号"):
        (clip,) = clips.say([[WORDS[name]]])
        at = call.tobytes().find(clip.tobytes(), place)
        assert at >= place, name
        place = at + 2 * len(clip)
    assert place == 2 * len(call)


def test_new_recording_of_one_clip_is_another_voice(pack: Path) -> None:
    before = Clips(pack).identity
    (pack / "qing3.wav").write_bytes((pack / "hao4.wav").read_bytes())
    assert Clips(pack).identity != before == Clips().identity


def test_pack_without_a_chime_gets_ours(pack: Path) -> None:
    clips = json.loads((pack / MANIFEST).read_text("utf-8"))["clips"]
    rewrite(pack, clips={name: file for name, file in clips.items() if name != "chime"})
    (chime,) = Clips(pack).say([[CHIME]])
    assert len(chime) > Clips(pack).rate


def test_pack_may_lack_what_is_never_said(pack: Path) -> None:
    clips = json.loads((pack / MANIFEST).read_text("utf-8"))["clips"]
    rewrite(pack, clips={name: file for name, file in clips.items() if name != "Z"})
    Clips(pack).check()
    Clips(pack).say(call_phrase("A001", "3").groups)
    with pytest.raises(PackError, match="Z"):
        Clips(pack).say(call_phrase("Z001", "3").groups)


def test_packs_that_cannot_work_are_refused(pack: Path, tmp_path: Path) -> None:
    with pytest.raises(PackError):
        Clips(tmp_path / "nowhere").check()
    rewrite(pack, rate=16000)
    with pytest.raises(PackError, match="22050"):
        Clips(pack).check()
    rewrite(pack, rate=22050, clips={"请": "../pack/gone.wav"})
    with pytest.raises(PackError, match=r"gone\.wav"):
        Clips(pack).check()
    rewrite(pack, clips={"厕所": "qing3.wav"})
    with pytest.raises(PackError, match="厕所"):
        Clips(pack).check()
    (pack / MANIFEST).write_text("[]")
    with pytest.raises(PackError):
        Clips(pack).check()


@pytest.mark.parametrize("content", [b"", b"RIFF", b"x" * 100])
def test_clip_that_is_no_wav_is_refused(pack: Path, content: bytes) -> None:
    (pack / "qing3.wav").write_bytes(content)
    with pytest.raises(PackError, match="qing3"):
        Clips(pack).check()


def test_silent_clip_is_refused(pack: Path) -> None:
    (pack / "qing3.wav").write_bytes(wav_bytes(silence(0.4, 22050), 22050))
    with pytest.raises(PackError, match="请"):
        Clips(pack).check()
