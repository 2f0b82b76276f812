"""What was read: files that left the house, and personal data that somebody looked at, each a line of the log."""

from hallqueue.actions.command import Answer, Command, command


@command
def note_export(c: Command, *, what: str, file: str) -> Answer:
    """Somebody took a file away."""
    c.log.record("export.made", what=what, name=file)
    return {"what": what}


@command
def note_sight(c: Command, *, of: str, row: int) -> Answer:
    """Somebody looked at the photos or memos of a concern, a finding or a walkthrough."""
    c.log.record("evidence.seen", of=of, row=row)
    return {"of": of}
