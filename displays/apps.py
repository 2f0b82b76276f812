"""Names the displays app to Django, and makes its topics and alarms known."""

from importlib import import_module

from django.apps import AppConfig


class DisplaysConfig(AppConfig):
    """The app's configuration."""

    name = "displays"
    verbose_name = "显示"

    def ready(self) -> None:
        """Register the kinds of topics, and what cards and loudspeakers add to alarms and the devices page."""
        import_module("displays.topics")
        import_module("displays.bars.topics")
        import_module("displays.bars.alarms")
        import_module("displays.bars.equipment")
        import_module("displays.loudspeakers")
