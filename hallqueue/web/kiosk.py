"""Citizens at the kiosk take a number."""

from django.urls import URLPattern

urls: list[URLPattern] = []
