"""The product's addresses, and `/empty`: a view that does nothing behind the same middleware and daphne."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from hallqueue.urls import handler404, handler500, urlpatterns
from hallqueue.web.access import ANYONE, allowed

__all__ = ["handler404", "handler500", "urlpatterns"]


@csrf_exempt
@allowed(ANYONE)
def empty(request: HttpRequest) -> HttpResponse:
    """Nothing; also when it is asked as a command is, with the same head and body, which daphne has to read."""
    return HttpResponse("")


urlpatterns = [path("empty", empty), *urlpatterns]
