"""The catalogue's import page: look first, then import; a wrong file changes nothing and says why, row by row."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hallqueue.models import Event, Service
from hallqueue.sheets.reading import MAX_BYTES
from tests.hall import SmallHall

URL = "/small/setup/catalogue/"
GOOD = "部门,事项名称,编码,号段\n公安局,临时身份证,temp-id,A\n税务局,完税证明,tax-proof,B\n"
WRONG = "部门,事项名称,编码,号段\n公安局,临时身份证,temp-id,A\n税务局,,tax-proof,I\n"


@pytest.fixture
def manager(small_hall: SmallHall) -> Client:
    client = Client()
    client.force_login(small_hall.people["manager"])
    return client


def send(client: Client, content: str | bytes, button: str, key: str = "catalogue-key-1") -> str:
    data = content if isinstance(content, bytes) else content.encode("gb18030")
    file = SimpleUploadedFile("事项.csv", data)
    return client.post(URL, {"file": file, button: "1", "key": key, "series": ""}).content.decode()


def test_who_only_looks_changes_nothing(manager: Client) -> None:
    assert "新增 2 项，修改 0 项，0 项不变" in send(manager, GOOD, "look")
    assert not Service.objects.filter(code="temp-id").exists()


def test_import_adds_the_services_and_says_so(manager: Client) -> None:
    assert "已导入" in send(manager, GOOD, "import")
    assert Service.objects.get(code="temp-id").department.name == "公安局"
    assert Event.objects.filter(kind="setup.changed").last().by.startswith("user:")  # type: ignore[union-attr]
    assert "新增 0 项，修改 0 项，2 项不变" in send(manager, GOOD, "import", "catalogue-key-2")
    assert Service.objects.filter(code="temp-id").count() == 1


def test_wrong_rows_are_listed_and_nothing_is_imported(manager: Client) -> None:
    said = send(manager, WRONG, "import")
    assert "有 2 处错误，什么也没有导入" in said
    assert "没有填写事项名称" in said
    assert not Service.objects.filter(code="temp-id").exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "请先选择文件"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "这不是可以读取的表格"),
        ("只有一列\n甲\n".encode(), "没有找到表头"),
    ],
)
def test_file_that_is_no_catalogue_is_refused_in_words(
    manager: Client, content: bytes, sentence: str
) -> None:
    said = (
        send(manager, content, "import") if content else manager.post(URL, {"import": "1"}).content.decode()
    )
    assert sentence in said


def test_file_that_is_too_large_is_refused_in_words(manager: Client) -> None:
    assert "文件太大，最大 20 MB" in send(manager, b"x" * (MAX_BYTES + 1), "look")


def test_set_up_page_leads_to_import_and_devices(manager: Client) -> None:
    said = manager.get("/small/setup/").content.decode()
    assert f'href="{URL}"' in said
    assert 'href="/small/devices/"' in said
