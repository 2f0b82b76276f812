"""How an operation of /api/v1 is declared: with its right, its answer, and every refusal it may give."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from ninja import Router

from hallqueue.api.rights import RIGHTS

View = TypeVar("View", bound=Callable[..., Any])

PROBLEM_JSON = "application/problem+json"

READ_PROBLEMS = (400, 401, 403, 404, 429, 503)
WRITE_PROBLEMS = (*READ_PROBLEMS, 409, 413)


def read(router: Router, path: str, operation: str, answer: Any) -> Callable[[View], View]:
    """Declare a GET."""
    return router.get(path, **_declared(operation, answer, READ_PROBLEMS))


def write(router: Router, path: str, operation: str, answer: Any) -> Callable[[View], View]:
    """Declare a POST; it needs an Idempotency-Key."""
    return router.post(path, **_declared(operation, answer, WRITE_PROBLEMS))


def _declared(operation: str, answer: Any, problems: tuple[int, ...]) -> dict[str, Any]:
    if operation not in RIGHTS:
        raise KeyError(f"{operation} has no line in hallqueue/api/rights.py")
    # Refusals are raised and answered in one place; a checking model of each, for each operation, would cost
    # every start half a second.
    refusals = {"responses": {status: _refusal(status) for status in problems}}
    return {"operation_id": operation, "response": {200: answer}, "openapi_extra": refusals}


def _refusal(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": HTTPStatus(status).phrase, "content": {PROBLEM_JSON: {"schema": schema}}}
