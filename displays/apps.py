"""Names the displays app to Django."""

from django.apps import AppConfig


class DisplaysConfig(AppConfig):
    """The app's configuration."""

    name = "displays"
