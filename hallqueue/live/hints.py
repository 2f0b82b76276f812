"""Hints between processes: "hall H moved", over the channel layer; losing one costs a second, never the truth."""

import asyncio
import logging
import secrets
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer

from hallqueue import events
from hallqueue.live.pump import Pump

log = logging.getLogger(__name__)

GROUP = "halls"
THIS_PROCESS = secrets.token_hex(4)
PATIENCE = 1.0
PAUSE = 1.0

_pump: Pump | None = None
_pending: set[int] = set()
_sender: asyncio.Task[None] | None = None


def start(pump: Pump) -> None:
    """This process serves sockets: commits made here wake its pump, and are told to the other processes."""
    global _pump
    _pump = pump
    if not alone():
        pump.tell_others = _send_soon
    events.on_hint(moved)


def alone() -> bool:
    """Whether the layer reaches no further than this process."""
    return isinstance(get_channel_layer(), InMemoryChannelLayer)


def _away() -> tuple[type[Exception], ...]:
    """What is raised while the layer is away; the library of Redis is loaded only where it is used."""
    from redis.exceptions import RedisError

    return OSError, RedisError, TimeoutError


def moved(hall_id: int) -> None:
    """After a commit, from any thread: never slow, never failing."""
    if _pump is not None:
        _pump.committed(hall_id)


def moved_in_worker(hall_id: int) -> None:
    """After a commit in a process without sockets (a command, a worker): tell the others, best effort."""
    try:
        async_to_sync(_send)(hall_id)
    except _away():
        log.info("hint for hall %s not sent: the layer is away", hall_id)


async def listen(pump: Pump) -> None:
    """Wake the pump whenever another process says a hall moved; come back by itself when the layer was away."""
    while not alone():
        try:
            await _listen_once(pump)
        except _away() as error:
            log.warning(
                "the layer is away (%s); screens look for themselves each second", type(error).__name__
            )
        await asyncio.sleep(PAUSE)


async def _listen_once(pump: Pump) -> None:
    layer: Any = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(GROUP, channel)
    while True:
        message = await layer.receive(channel)
        if message["by"] != THIS_PROCESS:
            pump.wake()


def _send_soon(halls: set[int]) -> None:
    """On the loop: many commits become one message; a hanging layer holds up nothing but this task."""
    global _sender
    _pending.update(halls)
    if _sender is None or _sender.done():
        _sender = asyncio.get_running_loop().create_task(_send_all())


async def _send_all() -> None:
    while _pending:
        try:
            await _send(_pending.pop())
        except _away():
            _pending.clear()


async def _send(hall_id: int) -> None:
    layer: Any = get_channel_layer()
    await asyncio.wait_for(
        layer.group_send(GROUP, {"type": "hall.moved", "hall": hall_id, "by": THIS_PROCESS}), PATIENCE
    )
