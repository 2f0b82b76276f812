"""The ticket's own page, on the citizen's phone."""

from django.urls import URLPattern

urls: list[URLPattern] = []
