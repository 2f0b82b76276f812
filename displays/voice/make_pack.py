"""Rebuilds the shipped clip pack with espeak-ng: `python -m displays.voice.make_pack [folder]`."""

import json
import sys
from pathlib import Path

from displays.voice.chime import chime
from displays.voice.clips import MANIFEST, SHIPPED_PACK, Clips
from displays.voice.espeak import CHINESE_VOICE, LETTER_VOICE, Espeak
from displays.voice.phrases import CHIME, LETTERS, VOCABULARY, WORDS, file_name
from displays.voice.samples import RATE, wav_bytes

TIME_LIMIT = 30.0
LICENCE = (
    "The clips are sound that the program espeak-ng (GPL-3.0-or-later) put out; they hold none of its code "
    "or data. The chime is arithmetic of this project. All of it is under the licence of this project."
)


def make_pack(folder: Path) -> None:
    """Write every clip and the manifest; raises ProgramError, PackError."""
    folder.mkdir(parents=True, exist_ok=True)
    engine = Espeak(time_limit=TIME_LIMIT)
    units = [*WORDS.values(), *LETTERS.values()]
    sounds = engine.say([[unit] for unit in units])
    for unit, sound in zip([*units, CHIME], [*sounds, chime(RATE)], strict=True):
        (folder / file_name(unit)).write_bytes(wav_bytes(sound, RATE))
    (folder / MANIFEST).write_text(json.dumps(_manifest(), ensure_ascii=False, indent=1) + "\n", "utf-8")
    Clips(folder).check()


def _manifest() -> dict[str, object]:
    return {
        "rate": RATE,
        "made_by": f"espeak-ng, voices {CHINESE_VOICE} and {LETTER_VOICE}",
        "licence": LICENCE,
        "clips": {unit.name: file_name(unit) for unit in VOCABULARY.values()},
    }


if __name__ == "__main__":
    make_pack(Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED_PACK)
