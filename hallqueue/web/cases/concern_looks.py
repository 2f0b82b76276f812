"""How a concern's state looks."""

LOOKS = {
    "new": "waiting",
    "accepted": "open",
    "classified": "open",
    "assigned": "serving",
    "paused": "parked",
    "resolved": "done",
    "told": "done",
    "called_back": "done",
    "archived": "closed",
}
"""How a concern's state looks: `data-state` of the house."""
