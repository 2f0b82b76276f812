"""Schemathesis at the real server: no server error, no answer that the OpenAPI document does not name."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from hallqueue.actions.command import new_key
from hallqueue.api.rights import RIGHTS
from tests.conftest import HallStarter
from tests.ground.servers import Hallqueue

pytestmark = [pytest.mark.slow, pytest.mark.servers]

ANY_WINDOW = """[parameters]
"path.hall" = "wuhai"

[[operations]]
include-operation-id = "readConcern"
checks.negative_data_rejection.enabled = false  # the hall is always ours, whatever it says it sends

[[operations]]
include-operation-id = "readTicket"
checks.negative_data_rejection.enabled = false  # the same: the demo hall has a ticket 1
"""
FIRST_WINDOW = f"""{ANY_WINDOW}
[[operations]]
include-path-regex = "/windows/"
parameters = {{ "path.window" = 1 }}

[[operations]]
include-operation-id = "issue"
parameters = {{ "body.service" = "police-01" }}
"""


def post(hall: Hallqueue, token: str, path: str, body: object = None) -> None:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": new_key()}
    headers["Content-Type"] = "application/json"
    data = json.dumps(body).encode()
    request = urllib.request.Request(f"{hall.url}/api/v1/halls/wuhai{path}", data, headers, method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200


def open_with_people(hall: Hallqueue, token: str) -> None:
    """Window 1 is open and twenty people wait, so that requests come past the first rule."""
    post(hall, token, "/windows/1/open")
    for _ in range(20):
        post(hall, token, "/tickets", {"service": "police-01"})


@pytest.mark.parametrize(
    ("phase", "config", "examples"),
    [("coverage", ANY_WINDOW, 1), ("fuzzing", FIRST_WINDOW, 20)],
    ids=["coverage", "fuzzing"],
)
def test_no_server_error_and_no_undocumented_answer(
    start_hall: HallStarter, tmp_path: Path, phase: str, config: str, examples: int
) -> None:
    hall = start_hall({"HALLQUEUE_DEMO": "1"})
    token = hall.manage(
        "api_client", "add", "--hall", "wuhai", "--name", "probe", "--role", "manager"
    ).strip()
    if phase == "fuzzing":
        open_with_people(hall, token)
    (tmp_path / "schemathesis.toml").write_text(config, "utf-8")
    program = [str(Path(sys.executable).with_name("st")), "--config-file", "schemathesis.toml", "run"]
    options = ["--phases", phase, "--max-examples", str(examples), "--generation-deterministic", "--no-color"]
    where = [f"{hall.url}/api/v1/openapi.json", "--header", f"Authorization: Bearer {token}"]
    done = subprocess.run(
        [*program, *where, *options], cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(RIGHTS)} passed" in done.stdout
