"""The ticket's own page over HTTP: private, honest, and gone after its day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from hallqueue.actions import day
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.models import Service
from tests.hall import SmallHall, make_small_hall


def test_anyone_with_the_link_sees_number_and_service(small_hall: SmallHall, client: Client) -> None:
    answer = small_hall.issue()
    page = client.get(f"/t/{answer['token']}/")
    assert page.status_code == 200
    assert "A001" in page.content.decode()
    assert "居民身份证换领" in page.content.decode()


def test_the_link_goes_to_no_other_site_and_no_search_engine(small_hall: SmallHall, client: Client) -> None:
    page = client.get(f"/t/{small_hall.issue()['token']}/")
    assert page["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page["X-Robots-Tag"]
    assert page["Cache-Control"] == "no-store"


def test_the_page_holds_nothing_about_the_person(small_hall: SmallHall, client: Client) -> None:
    answer = small_hall.issue(note="张三 13800001234", priority="disabled")
    page = client.get(f"/t/{answer['token']}/").content.decode()
    assert "张三" not in page
    assert '"priority_kind"' not in page


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["A" * 22, "x", "长" * 300, "%3Cscript%3E", "a'--"])
def test_an_unknown_token_is_a_plain_sentence(client: Client, token: str) -> None:
    page = client.get(f"/t/{token}/")
    assert page.status_code == 404
    assert "没有这个号" in page.content.decode()
    assert "<script>" not in page.content.decode()


def test_the_page_speaks_the_language_the_number_was_taken_in(small_hall: SmallHall, client: Client) -> None:
    answer = small_hall.issue(language="en")
    address = f"/t/{answer['token']}/"
    assert "My number" in client.get(address).content.decode()
    assert "我的号" in client.get(f"{address}?lang=zh").content.decode()


def test_a_service_name_with_html_is_shown_as_text(small_hall: SmallHall, client: Client) -> None:
    Service.objects.filter(code="id-card").update(name="<b onmouseover=alert(1)>")
    assert "<b onmouseover" not in client.get(f"/t/{small_hall.issue()['token']}/").content.decode()


@pytest.mark.django_db
def test_after_its_day_the_page_says_its_date_and_nothing_else(client: Client) -> None:
    with time_machine.travel(datetime(2030, 3, 4, 1, tzinfo=UTC), tick=False) as traveller:
        small = make_small_hall()
        answer = small.issue()
        traveller.shift(timedelta(days=1))
        day.close_days(small.hall.pk, THE_HALL, new_key())
        page = client.get(f"/t/{answer['token']}/").content.decode()
    assert "2030-03-04" in page
    assert "A001" not in page
    assert "居民身份证换领" not in page


def test_no_post_changes_anything(small_hall: SmallHall, client: Client) -> None:
    answer = small_hall.issue()
    assert client.post(f"/t/{answer['token']}/").status_code == 405
    assert small_hall.ticket(answer).state == "waiting"
