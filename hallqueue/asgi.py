"""How a request comes in: pages through Django's WSGI handler in long-lived threads, sockets through Channels."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hallqueue.settings")
pages = get_wsgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  (Django must be set up first)
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import path  # noqa: E402

from hallqueue.group_commit import LARGEST_GROUP  # noqa: E402
from hallqueue.live.socket import Live  # noqa: E402
from hallqueue.pages import ThreadedPages  # noqa: E402

live = Live()

# A thread per request would cost 4 ms each; these threads live on, and keep their database connections.
application = ProtocolTypeRouter(
    {
        "http": ThreadedPages(pages, settings.ENVIRONMENT.threads, LARGEST_GROUP),
        "websocket": AllowedHostsOriginValidator(URLRouter([path("live", live)])),  # type: ignore[arg-type]
    }
)
