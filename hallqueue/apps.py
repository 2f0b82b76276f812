"""Names the hall's app to Django."""

from django.apps import AppConfig


class HallqueueConfig(AppConfig):
    """The hall."""

    name = "hallqueue"
    verbose_name = "大厅"
