"""The rows of the displays: one file per subject, gathered here for Django."""

from displays.models.boards import Board
from displays.models.cards import Card, CardHealth, CardMaster
from displays.models.playlists import Playlist, PlaylistEntry
from displays.models.voice import Speaker, Voicing

__all__ = [
    "Board",
    "Card",
    "CardHealth",
    "CardMaster",
    "Playlist",
    "PlaylistEntry",
    "Speaker",
    "Voicing",
]
