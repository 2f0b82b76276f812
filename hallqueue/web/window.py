"""The window console: everything a clerk does."""

from django.urls import URLPattern

urls: list[URLPattern] = []
