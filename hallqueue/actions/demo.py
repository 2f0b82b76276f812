"""Notes in the log when a simulated day begins and ends, so that nobody takes it for a real one."""

from hallqueue.actions.command import Answer, Command, command
from hallqueue.errors import Refused


@command
def begin_demo(c: Command, *, speed: float) -> Answer:
    """A simulated day begins in this demo hall; raises Refused("not_allowed") anywhere else."""
    if not c.hall.is_demo:
        raise Refused("not_allowed", 403)
    c.log.record("demo.started", speed=speed)
    return {"running": True}


@command
def end_demo(c: Command) -> Answer:
    """The simulated day is over."""
    c.log.record("demo.stopped")
    return {"running": False}
