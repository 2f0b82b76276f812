"""The addresses of displays."""

from displays.bars import web as bars
from displays.pages import boards, glass, notices, playlists, speakers, voice

urlpatterns = [
    *glass.urls,
    *boards.urls,
    *notices.urls,
    *playlists.urls,
    *bars.urls,
    *voice.urls,
    *speakers.urls,
]
