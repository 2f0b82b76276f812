"""What the operator's monitoring reads: figures in Prometheus' format, and the log as JSON lines."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from hallqueue import json_log
from hallqueue.actions import windows
from hallqueue.actions.command import new_key
from hallqueue.environment import BadEnvironment, read_environment
from hallqueue.models import Alarm
from tests.hall import SmallHall, make_small_hall

TOKEN = "a token of 22 signs .."


@pytest.fixture
def monitor(monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, metrics_token=TOKEN))
    return Client(headers={"Authorization": f"Bearer {TOKEN}"})


def figures(client: Client) -> dict[tuple[str, ...], float]:
    """Each sample as the monitoring's own parser reads it: (name, label values …) to value."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(answer.content.decode())
    return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}


def test_figures_of_a_hall_are_those_of_its_day(small_hall: SmallHall, monitor: Client) -> None:
    make_small_hall(slug="other")
    for _ in range(3):
        small_hall.issue()
    small_hall.call_next()
    Alarm.objects.create(hall=small_hall.hall, kind="long_wait", subject="hall", raised_at=timezone.now())
    read = figures(monitor)
    assert read["hallqueue_hall_open", "small"] == 1
    assert read["hallqueue_tickets", "small", "waiting"] == 2
    assert read["hallqueue_tickets", "small", "called"] == 1
    assert ("hallqueue_tickets", "other", "waiting") not in read
    assert read["hallqueue_windows", "small", "open"] == len(small_hall.hall.windows.filter(state="open"))
    assert read["hallqueue_alarms", "small", "long_wait"] == 1
    assert read["hallqueue_log_lines_total", "small"] == small_hall.fresh().seq
    assert read["hallqueue_stranded_tickets", "small"] == 0
    assert read["process_resident_memory_bytes",] > 0


def test_the_stranded_and_the_longest_wait_are_told(small_hall: SmallHall, monitor: Client) -> None:
    small_hall.issue()
    for number in small_hall.hall.windows.filter(state="open").values_list("number", flat=True):
        windows.close(small_hall.hall.pk, small_hall.actor("manager"), new_key(), window=number)
    read = figures(monitor)
    assert read["hallqueue_stranded_tickets", "small"] == 1
    assert 0 < read["hallqueue_longest_wait_seconds", "small"] < 60


def test_no_figures_without_the_token(small_hall: SmallHall, monitor: Client) -> None:
    for wrong in ({}, {"Authorization": "Bearer another"}, {"Authorization": f"Bearer {TOKEN}é"}):
        answer = Client(headers={"Accept": "application/json", **wrong}).get("/metrics")
        assert (answer.status_code, answer.json()["code"]) == (401, "token_needed")


def test_no_figures_where_no_token_was_chosen(small_hall: SmallHall) -> None:
    assert Client(headers={"Authorization": "Bearer "}).get("/metrics").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"HALLQUEUE_METRICS_TOKEN": "short"}, {"HALLQUEUE_METRICS_TOKEN": "é" * 20}, {"HALLQUEUE_LOG": "xml"}],
)
def test_a_setting_that_cannot_be_meant_is_refused_by_name(wrong: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(BadEnvironment, match=next(iter(wrong))):
        read_environment({"HALLQUEUE_DATA": str(tmp_path), **wrong})


def test_a_fault_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(json_log.formatter())
    log = logging.getLogger("printers.worker.seen")
    log.addHandler(handler)
    try:
        raise OSError("没有纸")
    except OSError:
        log.exception("worker %s failed", "printers")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    said = json.loads(lines[0])
    assert (said["event"], said["level"], said["logger"]) == (
        "worker printers failed",
        "error",
        "printers.worker.seen",
    )
    assert "没有纸" in said["exception"]
    assert said["timestamp"].endswith("Z")
