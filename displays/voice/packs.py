"""A hall's own clips as they come in: unpacked, looked over file by file, written whole or not at all."""

import hashlib
import io
import json
import tempfile
import wave
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from displays.voice import mongolian
from displays.voice.clips import MANIFEST
from displays.voice.errors import BrokenWavError
from displays.voice.phrases import CHIME, VOCABULARY, file_name
from displays.voice.samples import read_wav, trimmed

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 80 * 1024 * 1024
MOST_FILES = 400
LONGEST, LONGEST_CHIME = 4.0, 6.0
RATES = (16000, 48000)
LANGUAGES = ("zh", "mn")
BESIDE = {".txt", ".md"}
BY_WINDOWS = {"thumbs.db", "desktop.ini"}  # hidden in folders, and packed with them
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    ValueError,
)


class PackFileError(Exception):
    """The upload as a whole cannot be read; `code` names the sentence `voice.pack.<code>`."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True)
class Fault:
    """What is wrong with one file; `code` names the sentence `voice.pack.<code>`."""

    file: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Report:
    """What a pack holds: clips by name with their bytes, the rate of all of them, and what is wrong."""

    clips: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    rate: int = 0
    order: tuple[str, ...] = ()
    faults: list[Fault] = field(default_factory=list)


def unpacked(content: bytes) -> dict[str, bytes]:
    """The files of a ZIP by their last name; folders do not matter, but no name is in two. Raises PackFileError."""
    if len(content) > MOST_BYTES:
        raise PackFileError("too_large", limit=MOST_BYTES // (1024 * 1024))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [part for part in archive.infolist() if not part.is_dir()]
            if len(parts) > MOST_FILES or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise PackFileError("too_many", limit=MOST_FILES)
            found = Counter(PurePosixPath(part.filename).name for part in parts)
            twice = [name for name, times in found.items() if times > 1 and _is_heard(name)]
            if twice:
                raise PackFileError("twice", files=", ".join(sorted(twice)[:10]))
            return {PurePosixPath(part.filename).name: archive.read(part) for part in parts}
    except BROKEN_ZIP as error:
        raise PackFileError("not_a_zip") from error


def look_over(files: Mapping[str, bytes], language: str) -> Report:
    """Every file of a pack, its faults and its clips; never raises for their content."""
    report = Report()
    manifest = _manifest(files, report)
    named = _named(files, manifest, language, report)
    rates = Counter(
        rate for name, file in named.items() if (rate := _checked(name, file, files[file], report))
    )
    report.rate = rates.most_common(1)[0][0] if rates else 0
    report.order = mongolian.order_in(report.clips, manifest.get("order")) if language == "mn" else ()
    for name, file in named.items():
        if name in report.clips and (rate := read_wav(files[file])[1]) != report.rate:
            report.faults.append(Fault(file, "other_rate", {"rate": rate, "usual": report.rate}))
    if not report.clips and not report.faults:
        report.faults.append(Fault("", "nothing"))
    return report


def store(report: Report, folder: Path, made_by: str) -> str:
    """Write a faultless pack below `folder`, whole or not at all; returns its name, the same for the same clips."""
    digest = hashlib.sha256(repr((report.order, sorted(report.clips.items()))).encode())
    name, files = (
        digest.hexdigest()[:16],
        {clip: f"{at:03d}.wav" for at, clip in enumerate(sorted(report.clips))},
    )
    manifest = {"rate": report.rate, "made_by": made_by, "clips": files, "order": list(report.order)}
    if (folder / name).is_dir():
        return name
    folder.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".", dir=folder))
    for clip, file in files.items():
        (draft / file).write_bytes(report.clips[clip])
    (draft / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8")
    draft.chmod(0o755)
    draft.rename(folder / name)
    return name


def missing_in(clips: Mapping[str, Any]) -> list[str]:
    """The units of a Chinese call that a pack lacks; the next engine says a call with one of them."""
    return [name for name in VOCABULARY if name not in clips and name != CHIME.name]


def _manifest(files: Mapping[str, bytes], report: Report) -> dict[str, Any]:
    if MANIFEST not in files:
        return {}
    try:
        found = json.loads(files[MANIFEST].decode("utf-8-sig"))
        return {
            "clips": {str(name): str(file) for name, file in found["clips"].items()},
            "order": found.get("order"),
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        report.faults.append(Fault(MANIFEST, "bad_manifest"))
        return {}


def _named(
    files: Mapping[str, bytes], manifest: dict[str, Any], language: str, report: Report
) -> dict[str, str]:
    """Which file is which clip: as the manifest says, else by the files' own names."""
    by_file = {file_name(unit): name for name, unit in VOCABULARY.items()} if language == "zh" else {}
    named: dict[str, str] = {}
    listed = {file: name for name, file in manifest.get("clips", {}).items()}
    for file in files:
        stem = PurePosixPath(file).stem.lower()
        name = listed.get(file) or by_file.get(file.lower()) or (stem if language == "mn" else "")
        known = name in VOCABULARY if language == "zh" else mongolian.is_clip(name)
        if known and name in named:
            report.faults.append(Fault(file, "same_clip", {"other": named[name]}))
        elif known:
            named[name] = file
        elif not _is_beside(file):
            report.faults.append(Fault(file, "unknown_file"))
    lost = [Fault(file, "no_file") for file in listed if file not in files]
    report.faults.extend(lost)
    return named


def _is_beside(file: str) -> bool:
    """Whether it is no clip and wants to be none."""
    left_over = file.startswith(".") or file.lower() in BY_WINDOWS
    return left_over or file == MANIFEST or PurePosixPath(file).suffix.lower() in BESIDE


def _is_heard(file: str) -> bool:
    """Whether it changes what the pack says, so that there may be one of it alone."""
    return file == MANIFEST or not _is_beside(file)


def _checked(name: str, file: str, content: bytes, report: Report) -> int:
    """The rate of a fitting clip, which is then in the report; 0 for one with a fault."""
    fault = _fault_of(name, content)
    if fault:
        report.faults.append(Fault(file, *fault))
        return 0
    report.clips[name], report.files[name] = content, file
    return read_wav(content)[1]


def _fault_of(name: str, content: bytes) -> tuple[str, dict[str, Any]] | None:
    try:
        sound, rate = read_wav(content)
    except BrokenWavError:
        return _shape_fault(content), {}
    longest = LONGEST_CHIME if name == CHIME.name else LONGEST
    if not RATES[0] <= rate <= RATES[1]:
        return "bad_rate", {"rate": rate, "low": RATES[0], "high": RATES[1]}
    if len(sound) > longest * rate:
        return "too_long", {"seconds": round(len(sound) / rate, 1), "limit": int(longest)}
    return None if trimmed(sound, rate) else ("silent", {})


def _shape_fault(content: bytes) -> str:
    """Why a file is no mono, 16-bit WAV, as far as its head tells."""
    try:
        with wave.open(io.BytesIO(content), "rb") as file:
            if file.getnchannels() != 1:
                return "not_mono"
            return "not_16_bit" if file.getsampwidth() != 2 else "broken_wav"
    except (wave.Error, EOFError):
        return "not_wav"
