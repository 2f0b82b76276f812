"""Loaded before Django's settings: gives the tests a data folder of their own, and counts what happened."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

from tests.ground import slow
from tests.ground.migrated import SHARED
from tests.ground.run import OUTCOMES

DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}
# Files that take long, with their minutes (2 cores): begun last they would leave one core without work.
LONGEST = {
    "test_model.py": 4,
    "test_kill.py": 4,
    "test_every_page.py": 4,
    "test_faults.py": 3,
    "test_law_on_bad_cables.py": 3,
    "test_window_browser.py": 3,
    "test_board_page.py": 3,
    "test_race.py": 2,
    "test_desk_browser.py": 2,
    "test_kiosk_browser.py": 2,
    "test_the_pages_people_live_in.py": 2,
    "test_every_page_there_is.py": 2,
}
# Files whose tests share nothing and take long: each test may go to another process.
SHARED_OUT = (
    "test_model.py",
    "test_kill.py",
    "test_race.py",
    "test_api_openapi.py",
    "test_make_run.py",
    "test_every_page.py",
    "test_accessible.py",
)
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ  # one of several processes that share the tests of a run
FAILED = pytest.StashKey[bool]()
SLOW_STORAGE = [HealthCheck.too_slow, HealthCheck.data_too_large]


def _own_environment() -> None:
    """The database comes from the run (HALLQUEUE_DATABASE_URL or SQLite); nothing else from outside."""
    kept = {"HALLQUEUE_DATABASE_URL", "HALLQUEUE_PICTURES", "HALLQUEUE_COUNTS", slow.MEASURING}
    for name in [name for name in os.environ if name.startswith("HALLQUEUE_") and name not in kept]:
        del os.environ[name]
    os.environ["HALLQUEUE_DATA"] = tempfile.mkdtemp(prefix="hallqueue-tests-")
    os.environ["HALLQUEUE_SECRET"] = "a secret for tests only"
    if not IS_WORKER:
        os.environ[SHARED] = tempfile.mkdtemp(prefix="hallqueue-shared-")


def _profile(name: str, examples: int, steps: int) -> None:
    settings.register_profile(
        name,
        deadline=None,
        print_blob=True,
        suppress_health_check=SLOW_STORAGE,
        max_examples=examples,
        stateful_step_count=steps,
    )


def _hypothesis_profiles() -> None:
    """HYPOTHESIS_PROFILE chooses how hard random tests try; `everyday` is what `make test` does."""
    _profile("quick", examples=30, steps=30)
    _profile("everyday", examples=300, steps=40)
    _profile("deep", examples=5000, steps=80)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "everyday"))


_own_environment()
_hypothesis_profiles()


def _uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(DATABASE_FIXTURES & fixtures)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What touches the database is proved on both, unless it looks into one of them; what took long is no everyday
    test; long files go first."""
    long = slow.known()
    for item in items:
        if _uses_database(item) and item.get_closest_marker("sqlite") is None:
            item.add_marker("both_databases")
        if slow.function_of(item.nodeid) in long:
            item.add_marker("slow")
    items.sort(key=lambda item: LONGEST.get(item.path.name, 0), reverse=True)


class WholeFiles(LoadFileScheduling):  # type: ignore[misc]
    """Whole files to one process, but the tests of SHARED_OUT one by one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return nodeid if file.endswith(SHARED_OUT) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> WholeFiles | None:
    """With `--dist loadfile`, files stay together: a browser and a hall of their own serve all tests of a file."""
    return WholeFiles(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_unconfigure() -> None:
    shutil.rmtree(os.environ["HALLQUEUE_DATA"], ignore_errors=True)
    if not IS_WORKER:
        shutil.rmtree(os.environ[SHARED], ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Leave the figures and the names of what went wrong for `tests.ground.run`, which adds up the runs."""
    stats = terminalreporter.stats
    counts = {outcome: len(stats.get(outcome, [])) for outcome in OUTCOMES}
    bad = [report.nodeid for outcome in ("failed", "error") for report in stats.get(outcome, [])]
    if where := os.environ.get("HALLQUEUE_COUNTS"):
        Path(where).write_text(json.dumps({"counts": counts, "bad": bad}), "utf-8")
    if os.environ.get(slow.MEASURING):
        reports = [
            report for found in stats.values() for report in found if isinstance(report, pytest.TestReport)
        ]
        slow.write(reports)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember a failure of any phase, so that a fixture can show its log only then."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report
