"""Real processes race for real rows: numbers are distinct and gapless, everybody is called exactly once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.machines import Racers, arrive

TICKETS, KIOSKS, WINDOWS = 2000, 4, (1, 2, 3, 9)


@pytest.mark.slow
@pytest.mark.servers
def test_eight_processes_share_two_thousand_tickets(hall_environment: dict[str, str], tmp_path: Path) -> None:
    racers, over = Racers(hall_environment), tmp_path / "kiosks-are-done"
    racers.run("prepare")
    kiosks = [racers.begin("kiosk", number, TICKETS // KIOSKS) for number in range(KIOSKS)]
    windows = [racers.begin("window", number, over) for number in WINDOWS]
    try:
        arrive(kiosks)
    finally:
        over.touch()
    arrive(windows)
    racers.run("judge", TICKETS)
