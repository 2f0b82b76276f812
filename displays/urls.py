"""The addresses of displays."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
