"""The addresses of printers."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
