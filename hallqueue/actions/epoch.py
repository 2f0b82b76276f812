"""A new history of the log begins: a backup was restored, and everybody who followed the old one must notice."""

from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.line.tickets import masked_text
from hallqueue.errors import Refused
from hallqueue.models.hall import new_epoch


@command
def renew_epoch(c: Command, *, reason: str, lost_epoch: str = "", lost_seq: int = 0) -> Answer:
    """Give the log a new epoch after a backup was put back; the log says why and what is known to be lost.

    `lost_epoch` and `lost_seq` are the last anchor's. Raises Refused: not_allowed, reason_required.
    """
    if c.by.role != "hall":
        raise Refused("not_allowed", 403)
    why = masked_text(reason, 200)
    if not why:
        raise Refused("reason_required", 400)
    before, c.hall.epoch = c.hall.epoch, new_epoch()
    c.hall.save(update_fields=["epoch"])
    told: Answer = {"lost_epoch": lost_epoch or before, "lost_seq": lost_seq}
    c.log.record("epoch.renewed", before=before, after=c.hall.epoch, reason=why, **told)
    return {"epoch": c.hall.epoch}
