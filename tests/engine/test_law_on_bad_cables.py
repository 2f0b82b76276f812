"""The law of live screens on real sockets: whatever happens to their cables, in the end they show the truth."""

from __future__ import annotations

import json
from contextlib import ExitStack
from time import sleep

import pytest

from hallqueue.actions.command import new_key
from tests.conftest import HallStarter, ProxyMaker
from tests.ground.fault_proxy import Fault
from tests.machines import Crowd, behind, small_hall_on
from tests.screens import Screen, looking

pytestmark = [pytest.mark.slow, pytest.mark.servers]

CABLE = [Fault.REFUSE, Fault.PASS, Fault.RESET, Fault.PASS, Fault.DELAY, Fault.SWALLOW, Fault.PASS]
TRUTH_WITHIN = 15.0
ENOUGH_SILENCE = 30


def test_screens_on_bad_cables_all_show_the_truth_in_the_end(
    start_hall: HallStarter, proxy_before: ProxyMaker, hall_environment: dict[str, str]
) -> None:
    server = start_hall(hall_environment)
    client = small_hall_on(server)
    clerk = f"sessionid={behind(server, 'session', 'clerk1')}"
    board = f"hq_board={behind(server, 'device', 'board')}"
    token = client.insist("/tickets", {"service": "housing"})[1]["token"]
    cookies = {"windows:small:": clerk, "window:small:1": clerk, "board:small:main": board}
    cookies |= {f"ticket:small:{token}": ""}
    cable = proxy_before(server.port)
    with ExitStack() as open_screens:
        screens = [
            open_screens.enter_context(Screen(server, topic, whose, cable.port))
            for topic, whose in cookies.items()
        ]
        assert all(screen.wait_for(0, 10) for screen in screens)
        with Crowd(client, rest=0.05) as crowd:
            for fault in CABLE:
                cable.become(fault, 0.2)
                sleep(0.8)
        assert client.once("/windows/3/call-next", {}, new_key())[0] == 200
        head = client.seq()
        assert all(screen.wait_for(head, TRUTH_WITHIN) for screen in screens)
        fresh = json.loads(behind(server, "frames", *cookies))
        assert {screen.topic: screen.shown for screen in screens} == fresh
    assert not crowd.odd
    assert min(screen.links for screen in screens) > 2, "their cables were never cut"


def test_a_pulled_cable_at_a_clerks_pc_is_noticed_by_its_silence(
    start_hall: HallStarter, proxy_before: ProxyMaker, hall_environment: dict[str, str]
) -> None:
    """Long before the keep-alive of the server, which takes up to 50 s; a client that never answers is let be."""
    server = start_hall(hall_environment)
    small_hall_on(server)
    cable = proxy_before(server.port)
    clerk = f"sessionid={behind(server, 'session', 'clerk1')}"
    with (
        looking(server, "window:small:1", cookies=clerk, port=cable.port) as pulled,
        looking(server, "windows:small:", cookies=clerk) as quiet,
    ):
        assert pulled.frame(10)
        assert pulled.hear("beat", 10)
        pulled.say(type="here")
        assert pulled.hear("beat", 10), "by then the answer has arrived"
        cable.become(Fault.SWALLOW)
        behind(server, "gone", "clerk1", ENOUGH_SILENCE)
        assert quiet.hear("beat", 10)
