"""Names the printers app to Django."""

from django.apps import AppConfig


class PrintersConfig(AppConfig):
    """The app's configuration."""

    name = "printers"
