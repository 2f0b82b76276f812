"""Names the displays app to Django, and makes its topics known."""

from importlib import import_module

from django.apps import AppConfig


class DisplaysConfig(AppConfig):
    """The app's configuration."""

    name = "displays"

    def ready(self) -> None:
        """Register the kinds of topics."""
        import_module("displays.topics")
