"""Version 1 of the interface for machines, put together, and its OpenAPI document."""

from typing import Any

from django.urls import path
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import JSONRenderer

from hallqueue import __version__
from hallqueue.api import appointments, concerns, desk, fallback, hands, ratings, reads, setup, visits, writes
from hallqueue.api.door import Bearer, JsonBody, answer_refusals

PROBLEM_JSON = "application/problem+json"


class PlainJson(JSONRenderer):
    """JSON in which Chinese stays readable."""

    json_dumps_params = {"ensure_ascii": False}


class HallApi(NinjaAPI):
    """Ninja, whose document says that refusals are problems."""

    def get_openapi_schema(self, **details: Any) -> OpenAPISchema:
        """The OpenAPI document, with the content type that refusals really have."""
        document = super().get_openapi_schema(**details)
        for operations in document["paths"].values():
            for operation in operations.values():
                _name_problems(operation["responses"])
        return document


def _name_problems(responses: dict[int, dict[str, Any]]) -> None:
    for status, response in responses.items():
        if int(status) >= 400:
            response["content"] = {PROBLEM_JSON: next(iter(response["content"].values()))}


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
for room in (reads, writes, visits, appointments, concerns, ratings, fallback, desk, hands, setup):
    api.add_router("", room.router)

urls = [path("api/v1/", api.urls)]
