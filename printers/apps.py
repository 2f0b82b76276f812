"""Names the printers app to Django, and makes its topic known."""

from importlib import import_module

from django.apps import AppConfig


class PrintersConfig(AppConfig):
    """The app's configuration."""

    name = "printers"
    verbose_name = "打印"

    def ready(self) -> None:
        """Register the kind of topic, and what printers add to stories, alarms and the devices page."""
        import_module("printers.topics")
        import_module("printers.stories")
        import_module("printers.equipment")
