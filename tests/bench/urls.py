"""The product's addresses, and `/empty`: a view that does nothing behind the same middleware and daphne."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from hallqueue.urls import handler404, handler500, urlpatterns
from hallqueue.web.access import ANYONE, allowed

__all__ = ["handler404", "handler500", "urlpatterns"]


@allowed(ANYONE)
def empty(request: HttpRequest) -> HttpResponse:
    """Nothing."""
    return HttpResponse("")


urlpatterns = [path("empty", empty), *urlpatterns]
