"""The manager's live screen, and its hands."""

from django.urls import URLPattern

urls: list[URLPattern] = []
