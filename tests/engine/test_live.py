"""The live protocol on real servers, with the in-process layer and with Redis: frames, beats, closes, rights."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from hallqueue.actions.command import new_key
from tests.ground.servers import Hallqueue, Redis
from tests.machines import Client, behind, small_hall_on
from tests.screens import looking

pytestmark = [pytest.mark.slow, pytest.mark.servers]
WINDOWS = "windows:small:"


@dataclass
class LiveHall:
    """A running small hall, a machine that acts in it, and cookies of a clerk and of a board."""

    server: Hallqueue
    client: Client
    clerk: str
    board: str

    def issue(self) -> str:
        status, answer = self.client.once("/tickets", {"service": "id-card"}, new_key())
        assert status == 200
        return str(answer["token"])


@pytest.fixture(scope="module", params=["in process", "redis"])
def live(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveHall]:
    folder: Path = tmp_path_factory.mktemp("live")
    settings = {"HALLQUEUE_DATA": str(folder), "HALLQUEUE_SECRET": "a secret for tests only"}
    if request.param == "redis":
        redis: Redis = request.getfixturevalue("shared_redis")
        settings["HALLQUEUE_REDIS_URL"] = redis.url()
    with Hallqueue(settings) as server:
        client = small_hall_on(server)
        clerk = f"sessionid={behind(server, 'session', 'clerk1')}"
        board = f"hq_board={behind(server, 'device', 'board')}"
        yield LiveHall(server, client, clerk, board)
    server.remove()


def test_screen_gets_a_whole_frame_and_the_next_one_when_something_happens(live: LiveHall) -> None:
    token = live.issue()
    with looking(live.server, f"ticket:small:{token}") as link:
        first = link.frame()
        assert first is not None
        assert first["data"]["state"] == "waiting"
        began = time.monotonic()
        live.issue()
        second = link.frame()
        assert second is not None
        assert (second["epoch"], second["seq"]) == (first["epoch"], first["seq"] + 1)
        assert time.monotonic() - began < 3


def test_client_that_does_not_acknowledge_gets_no_second_frame_and_then_only_the_newest(
    live: LiveHall,
) -> None:
    topic = f"ticket:small:{live.issue()}"
    with looking(live.server, topic) as link:
        first = link.frame(acknowledge=False)
        assert first is not None
        for _ in range(4):
            live.issue()
            time.sleep(0.15)
        assert link.frame(1.5, acknowledge=False) is None
        link.say(type="ack", topic=topic, seq=first["seq"] - 1)
        assert link.frame(0.5, acknowledge=False) is None, "an old acknowledgement let a frame go"
        link.say(type="ack", topic=topic, seq=first["seq"])
        newest = link.frame()
        assert newest is not None
        assert newest["seq"] == first["seq"] + 4
        assert link.frame(0.5) is None


def test_who_asks_gets_the_same_frame_again(live: LiveHall) -> None:
    topic = f"ticket:small:{live.issue()}"
    with looking(live.server, topic) as link, looking(live.server, topic) as other:
        first = link.frame(acknowledge=False)
        link.say(type="ask", topic=topic)
        assert link.frame() == first == other.frame(), "two frames of one seq differ"


def test_heart_beats_with_the_head_of_the_hall_and_the_time(live: LiveHall) -> None:
    with looking(live.server, f"ticket:small:{live.issue()}") as link:
        frame = link.frame()
        beat = link.hear("beat", 6.5)
    assert frame is not None
    assert beat is not None
    assert beat["heads"]["small"] == [frame["epoch"], frame["seq"]]
    assert abs(beat["now"] - time.time()) < 5


def test_stranger_is_sent_to_the_door(live: LiveHall) -> None:
    with looking(live.server, WINDOWS) as link:
        assert link.close_code() == 4401


def test_board_may_not_look_at_the_clerks_windows(live: LiveHall) -> None:
    with looking(live.server, WINDOWS, cookies=live.board) as link:
        assert link.close_code() == 4403


def test_page_of_another_version_is_told_to_reload(live: LiveHall) -> None:
    with looking(live.server) as link:
        link.watch(f"ticket:small:{live.issue()}", build="0ld")
        assert link.close_code() == 4426


@pytest.mark.parametrize("text", ["x" * 65_600, "号" * 22_000, "x" * 200_000])
def test_message_over_64_kb_closes_the_socket(live: LiveHall, text: str) -> None:
    with looking(live.server) as link:
        link.connection.send(text)
        assert link.close_code() == 1009


def test_binary_message_closes_the_socket(live: LiveHall) -> None:
    with looking(live.server) as link:
        link.connection.send(b"\x00\x01")
        assert link.close_code() == 1003


MALFORMED = ["", "{", "[]", "null", "[" * 30_000, '{"type":"watch"}', '{"type":"watch","topics":"a"}']
MALFORMED += [
    '{"type":"ack","topic":1}',
    '{"type":"ack","topic":"a"}',
    '{"type":"fly"}',
    '{"n":' + "9" * 6000 + "}",
]


@pytest.mark.parametrize("text", MALFORMED, ids=range(len(MALFORMED)))
def test_malformed_message_is_refused_in_words_and_the_socket_lives_on(live: LiveHall, text: str) -> None:
    with looking(live.server) as link:
        link.connection.send(text)
        refusal = link.hear("refused")
        assert refusal is not None
        assert refusal["code"] == "bad_message"
        assert refusal["message"]
        link.watch(f"ticket:small:{live.issue()}")
        assert link.frame() is not None


@pytest.mark.parametrize("topic", ["nonsense", "ticket:nowhere:x", "ticket:small:unknown", "", "x" * 300])
def test_topic_that_is_none_is_refused_by_name(live: LiveHall, topic: str) -> None:
    with looking(live.server, topic) as link:
        refusal = link.hear("refused")
        assert refusal is not None
        assert (refusal["code"], refusal["topic"]) == ("unknown_topic", topic[:200])


def test_more_than_forty_topics_are_refused(live: LiveHall) -> None:
    token = live.issue()
    with looking(live.server) as link:
        link.watch(*[f"ticket:small:{token}"] * 41)
        refusal = link.hear("refused")
        assert refusal is not None
        assert refusal["code"] == "bad_message"
    tokens = [f"ticket:small:{live.issue()}" for _ in range(41)]
    with looking(live.server, *tokens[:40]) as link:
        link.watch(tokens[40])
        refusal = link.hear("refused")
        assert refusal is not None
        assert (refusal["code"], refusal["topic"]) == ("too_many_topics", tokens[40])


def test_page_of_another_site_gets_no_socket(live: LiveHall) -> None:
    with pytest.raises(InvalidStatus, match="403"), looking(live.server, origin="http://evil.example"):
        pass


def test_clerk_who_signs_out_loses_the_socket_within_five_seconds(live: LiveHall) -> None:
    cookies = f"sessionid={behind(live.server, 'session', 'clerk2')}"
    with looking(live.server, WINDOWS, cookies=cookies) as link:
        assert link.frame() is not None
        behind(live.server, "leave", "clerk2")
        began = time.monotonic()
        assert link.close_code() == 4401
        assert time.monotonic() - began < 5


def test_revoked_kiosk_loses_the_socket_within_five_seconds_and_the_clerk_keeps_it(live: LiveHall) -> None:
    cookies = f"hq_kiosk={behind(live.server, 'device', 'kiosk')}"
    with (
        looking(live.server, "kiosk:small:main", cookies=cookies) as link,
        looking(live.server, WINDOWS, cookies=live.clerk) as other,
    ):
        assert link.frame() is not None
        assert other.frame() is not None
        behind(live.server, "revoke", "kiosk")
        began = time.monotonic()
        assert link.close_code() == 4401
        assert time.monotonic() - began < 5
        live.issue()
        assert other.frame() is not None
    with looking(live.server, "kiosk:small:main", cookies=cookies) as link:
        assert link.close_code() == 4401
