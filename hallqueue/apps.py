"""Names the hall's app to Django, and makes its topics and alarms known."""

from importlib import import_module

from django.apps import AppConfig

TOPICS = ("kiosk", "ticket", "walk", "window", "hall", "desk", "rating")


class HallqueueConfig(AppConfig):
    """The hall."""

    name = "hallqueue"
    verbose_name = "大厅"

    def ready(self) -> None:
        """Register the kinds of topics and the calendar's alarms."""
        for topic in TOPICS:
            import_module(f"hallqueue.topics.{topic}")
        import_module("hallqueue.actions.round.closing")
