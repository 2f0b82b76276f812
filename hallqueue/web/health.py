"""For the operator's monitoring: is this process alive, and does its database answer."""

from django.http import HttpRequest, JsonResponse
from django.urls import path

from hallqueue import __version__
from hallqueue.models import Hall
from hallqueue.web.access import ANYONE, allowed


@allowed(ANYONE)
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers; says nothing about any hall."""
    Hall.objects.exists()
    return JsonResponse({"status": "ok", "version": __version__})


urls = [path("healthz", healthz)]
