"""Version 1 of the interface for machines, put together, and its OpenAPI document."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import JSONRenderer

from hallqueue import __version__
from hallqueue.api import (
    appointments,
    catalogue,
    concerns,
    desk,
    fallback,
    hands,
    ratings,
    reads,
    setup,
    visits,
    writes,
)
from hallqueue.api.door import Bearer, JsonBody, answer_refusals
from hallqueue.api.shapes import Problem


class PlainJson(JSONRenderer):
    """JSON in which Chinese stays readable."""

    json_dumps_params = {"ensure_ascii": False}


class HallApi(NinjaAPI):
    """Ninja, whose document also holds the shape of a refusal: every operation names it."""

    def get_openapi_schema(self, **details: Any) -> OpenAPISchema:
        """The OpenAPI document."""
        document = super().get_openapi_schema(**details)
        document["components"]["schemas"]["Problem"] = Problem.model_json_schema(mode="serialization")
        return document


api = HallApi(
    title="hallqueue",
    version="1",
    description=f"The hall's actions for machines (hallqueue {__version__}); docs/api.md explains them.",
    auth=Bearer(),
    parser=JsonBody(),
    renderer=PlainJson(),
    docs_url=None,
    urls_namespace="api",
)
answer_refusals(api)
for room in (reads, writes, visits, appointments, concerns, ratings, fallback, desk, hands, setup, catalogue):
    api.add_router("", room.router)

urlpatterns, *_ = api.urls
