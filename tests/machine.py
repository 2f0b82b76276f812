"""A machine at /api/v1: a client with a role and a token, speaking HTTP to the real views."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from hallqueue.actions import people
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.models import ApiClient
from tests.hall import SmallHall


class Machine:
    """A client of the small hall's interface; `post` makes a key of its own unless one is given."""

    def __init__(self, small: SmallHall, role: str = "manager") -> None:
        self.hall = small.hall
        self.token = people.new_secret()
        answer = people.add_client(
            small.hall.pk, THE_HALL, new_key(), name=role, role=role, token_hash=people.hashed(self.token)
        )
        self.pk = answer["client"]
        self.name = f"client:{self.pk}"
        self.http = Client(raise_request_exception=False)

    @property
    def row(self) -> ApiClient:
        return ApiClient.objects.get(pk=self.pk)

    def get(self, path: str = "", status: int = 200, **params: Any) -> Any:
        response = self.http.get(self._at(path), params, headers=self._headers())
        return self._checked(response, status)

    def post(
        self,
        path: str,
        body: Any = None,
        status: int = 200,
        key: str | None = None,
        content_type: str = "application/json",
        **headers: str,
    ) -> Any:
        sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        said = {**self._headers(), "Idempotency-Key": new_key() if key is None else key, **headers}
        said = {name: value for name, value in said.items() if value}
        response = self.http.post(self._at(path), sent, content_type=content_type, headers=said)
        return self._checked(response, status)

    def _at(self, path: str) -> str:
        return f"/api/v1/halls/{self.hall.slug}{path}"

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"}

    def _checked(self, response: Any, status: int) -> Any:
        assert response.status_code == status, response.content.decode()
        wanted = "application/json" if status < 400 else "application/problem+json"
        assert response["Content-Type"].split(";")[0] == wanted
        body = json.loads(response.content)
        if status >= 400:
            assert body["status"] == status
            assert body["type"] == f"urn:hallqueue:{body['code']}"
            assert body["title"]
        return body
