"""The start page, signing in and out, pairing devices."""

from django.urls import URLPattern

urls: list[URLPattern] = []
