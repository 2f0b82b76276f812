"""The addresses of displays."""

from displays import web
from displays.bars import web as bars

urlpatterns = [*web.urls, *bars.urls]
