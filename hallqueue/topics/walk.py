"""What a walkthrough's page looks at: only that something happened to the ticket, never the ticket's own page."""

from hallqueue.models import WALKERS, Event
from hallqueue.topics import Frame, Kind, register
from hallqueue.topics.reading import Reading

LONGEST_ID = 18


def walk_frame(reading: Reading, name: str) -> Frame | None:
    """`moved`: the seq of the last line of the ticket of that id, 0 for none.

    Whoever walks may know a ticket's number, but neither its secret address nor its ratings: a clerk could rate.
    """
    if not name.isdecimal() or len(name) > LONGEST_ID:
        return None
    # By the ticket alone: asked for the hall's last line too, SQLite looks through all the hall's lines.
    lines = Event.objects.filter(ticket=int(name)).order_by().values_list("hall", "seq")
    return {"moved": max((seq for hall, seq in lines if hall == reading.hall.pk), default=0)}


register(Kind("walk", WALKERS, walk_frame))
