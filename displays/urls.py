"""The addresses of displays."""

from displays import web

urlpatterns = web.urls
