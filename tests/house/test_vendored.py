"""What others made is listed with version, licence and checksum, and is exactly what was listed."""

import hashlib
import re
from pathlib import Path

STATIC = Path(__file__).resolve().parents[2] / "hallqueue/static/hallqueue"
OURS = {"icons/hallqueue.svg"}
LINE = re.compile(r"^([0-9a-f]{64})  (\S+)$", re.MULTILINE)


def listed() -> dict[str, str]:
    return {path: digest for digest, path in LINE.findall((STATIC / "VENDORED.md").read_text())}


def present() -> dict[str, str]:
    files = (
        file
        for folder in ("vendor", "fonts", "icons")
        for file in (STATIC / folder).rglob("*")
        if file.is_file()
    )
    return {
        file.relative_to(STATIC).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files
    }


def test_every_vendored_file_is_listed_and_unchanged() -> None:
    assert listed() == {path: digest for path, digest in present().items() if path not in OURS}


def test_every_vendored_module_imports_only_files_beside_it() -> None:
    imports = [
        (module, target)
        for module in sorted((STATIC / "vendor").rglob("*.js"))
        for target in re.findall(
            r'(?:^|;)(?:im|ex)port\s*[{*][^;"]*?from"([^"]+)"', module.read_text(), re.MULTILINE
        )
    ]
    assert len(imports) >= 10
    for module, target in imports:
        assert target.startswith("."), f"{module.name} imports {target}"
        assert (module.parent / target).is_file(), f"{module.name} imports {target}"


def test_every_font_the_sheet_names_is_vendored() -> None:
    named = set(re.findall(r'url\("\.\./(fonts/[^"]+)"\)', (STATIC / "css/fonts.css").read_text()))
    assert named == {path for path in present() if path.endswith(".woff2")}


def test_vendored_fonts_stay_small_enough_for_a_hall_without_internet() -> None:
    assert sum(file.stat().st_size for file in (STATIC / "fonts").iterdir()) < 12 * 2**20


def test_no_vendored_file_points_outside_for_a_source_map() -> None:
    assert [
        path
        for path in present()
        if path.endswith(".js") and "sourceMappingURL" in (STATIC / path).read_text()
    ] == []
