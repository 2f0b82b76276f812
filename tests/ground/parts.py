"""What the tests need from the system, and how to get it: run as `python -m tests.ground.parts`."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.ground.browser import LEAN, WHOLE
from tests.ground.process import StartFailed
from tests.ground.servers import postgres_program

FONTS = Path("/usr/share/fonts")
BRIEF = ["-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20", "-o", "Acquire::https::Timeout=20"]


def has_program(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def has_font(pattern: str) -> Callable[[], bool]:
    return lambda: next(FONTS.rglob(pattern), None) is not None


def has_postgres() -> bool:
    try:
        postgres_program("initdb")
    except StartFailed:
        return False
    return True


def has_zbar() -> bool:
    return ctypes.util.find_library("zbar") is not None


class Part(NamedTuple):
    """`replaced` says whether the tests can do without it, with something else that is there."""

    name: str
    package: str
    present: Callable[[], bool]
    replaced: Callable[[], bool] = lambda: False


PARTS = [
    Part("PostgreSQL", "postgresql", has_postgres),
    Part("Redis", "redis-server", has_program("redis-server")),
    Part("Chromium", LEAN, has_program(LEAN), replaced=has_program(*WHOLE)),
    Part("Noto fonts (Mongolian)", "fonts-noto-core", has_font("NotoSansMongolian*")),
    Part("Noto fonts (Chinese)", "fonts-noto-cjk", has_font("NotoSansCJK*")),
    Part("espeak-ng", "espeak-ng", has_program("espeak-ng")),
    Part("nginx", "nginx-light", has_program("nginx")),
    Part("zbar", "libzbar0", has_zbar),
]


def missing_parts() -> list[Part]:
    return [part for part in PARTS if not part.present()]


def root_prefix() -> list[str] | None:
    """How to become root without a question: nothing to add, sudo, or None when it cannot be."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n"]
    return None


def install(parts: list[Part], prefix: list[str]) -> None:
    """Ask apt for all of them, then one by one, so that one bad package does not stop the others."""
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y", *BRIEF]
    packages = [part.package for part in parts]
    subprocess.run([*apt, "update"], check=False)
    if subprocess.run([*apt, "install", "--no-install-recommends", *packages], check=False).returncode == 0:
        return
    for package in packages:
        subprocess.run([*apt, "install", "--no-install-recommends", package], check=False)


def main() -> int:
    missing = missing_parts()
    prefix = root_prefix()
    if missing and shutil.which("apt-get") and prefix is not None:
        print("Installing", ", ".join(part.package for part in missing), "…", flush=True)
        install(missing, prefix)
        missing = missing_parts()
    missing = [part for part in missing if not part.replaced()]
    for part in missing:
        print(f"Missing for the tests: {part.name}. Install it: apt install {part.package}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
