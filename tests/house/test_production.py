"""What the operator is given: settings, units and the proxy's file fit the program; backups and TLS work as told."""

from __future__ import annotations

import http.client
import json
import re
import shlex
import sqlite3
import subprocess
import tarfile
import urllib.parse
from collections.abc import Iterator, Sequence
from contextlib import closing
from http.cookies import SimpleCookie
from pathlib import Path
from ssl import SSLContext, create_default_context

import pytest
from django.core.management import get_commands, load_command_class
from websockets.sync.client import connect
from websockets.typing import Origin

from displays.media import LARGEST_VIDEO
from hallqueue.environment import read_environment
from tests.displays.test_large_films import MB, Sender, form_around, heard
from tests.displays.videos import film_head
from tests.ground.process import ROOT, ServerProcess, answers_tcp, free_port
from tests.ground.servers import Hallqueue, new_folder, program

GIVEN = ROOT / "docs" / "production"
DOCS = [ROOT / "README.md", ROOT / "README.zh.md", *sorted((ROOT / "docs").glob("*.md"))]


def settings_of(name: str) -> dict[str, str]:
    lines = (GIVEN / name).read_text().splitlines()
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {key: value.strip("'") for key, value in pairs}


def test_the_given_settings_are_settings_of_the_program(tmp_path: Path) -> None:
    given = settings_of("hallqueue.env")
    known = set(re.findall(r'"(HALLQUEUE_\w+)"', (ROOT / "hallqueue" / "environment.py").read_text()))
    assert set(given) <= known
    read = read_environment(given | {"HALLQUEUE_DATA": str(tmp_path)})
    assert read.https
    assert (read.hosts, read.url) == (["hall.example.cn"], "https://hall.example.cn")


def test_a_new_data_folder_is_its_owner_s_alone(tmp_path: Path) -> None:
    read = read_environment({"HALLQUEUE_DATA": str(tmp_path / "new")})
    assert read.data.stat().st_mode & 0o077 == 0
    assert (read.data / "secret").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("unit", sorted(path.name for path in GIVEN.glob("*.service")))
def test_a_unit_starts_a_command_with_arguments_that_it_has(unit: str) -> None:
    begun = re.findall(
        r"^ExecStart=\S+python manage.py (\w+) ?(.*)$", (GIVEN / unit).read_text(), re.MULTILINE
    )
    assert len(begun) == 1
    command, words = begun[0]
    parser = load_command_class(get_commands()[command], command).create_parser("manage.py", command)
    parser.parse_args(shlex.split(words.replace("%i", "8001")))


@pytest.mark.parametrize("doc", DOCS, ids=lambda path: path.name)
def test_a_page_of_the_docs_names_files_and_commands_that_there_are(doc: Path) -> None:
    words = doc.read_text()
    lost = [link for link in re.findall(r"\]\(([^)#\s:]+)", words) if not (doc.parent / link).exists()]
    spoken = re.findall(r"`(?:hallqueue|displays|printers|tests)/[\w./]*\w`", words)
    lost += [path for path in spoken if not (ROOT / path.strip("`")).exists()]
    spoken = re.findall(r"manage\.py (\w+)", words)
    assert lost + [name for name in spoken if name not in get_commands()] == []


@pytest.mark.servers
def test_a_backup_of_a_running_hall_is_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    server = Hallqueue({"HALLQUEUE_DEMO": "1"})
    try:
        data = Path(server.start().settings["HALLQUEUE_DATA"])
        (data / "evidence").mkdir(exist_ok=True)
        (data / "evidence" / "photo.jpg").write_bytes(b"photo")
        made = Path(server.manage("back_up", str(tmp_path / "kept")).strip())
        assert list(made.parent.iterdir()) == [made]
        assert made.stat().st_mode & 0o777 == 0o600
        with tarfile.open(made) as archive:
            archive.extractall(tmp_path / "back", filter="data")
        back = tmp_path / "back"
        assert (back / "secret").read_text() == (data / "secret").read_text()
        assert (back / "evidence" / "photo.jpg").read_bytes() == b"photo"
        with closing(sqlite3.connect(back / "hallqueue.sqlite3")) as line:
            assert line.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        server.stop()
        restored = Hallqueue({"HALLQUEUE_DATA": str(back), "HALLQUEUE_DEMO": "1"})
        restored.manage("renew_epoch", "--hall", "wuhai", "--reason", "disk replaced")
        assert "disk replaced" in restored.manage("verify_audit")
        restored.remove()
    finally:
        server.stop()
        server.remove()


class Nginx(ServerProcess):
    """nginx with the file that operators are given, on ports, a name and a certificate of its own."""

    name = "nginx"

    def __init__(self, behind: int) -> None:
        super().__init__(new_folder("nginx"))
        self.port, self.plain = free_port(), free_port()
        self.certificate, key = self.folder / "cert.pem", self.folder / "key.pem"
        wish = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
        wish += [
            "-addext",
            "subjectAltName=DNS:localhost",
            "-out",
            str(self.certificate),
            "-keyout",
            str(key),
        ]
        subprocess.run(["openssl", *wish], check=True, capture_output=True)
        given = (GIVEN / "nginx.conf").read_text().replace("hall.example.cn", "localhost")
        given = re.sub(r"listen 80;", f"listen 127.0.0.1:{self.plain};", given)
        given = re.sub(r"listen 443", f"listen 127.0.0.1:{self.port}", given)
        given = re.sub(r"server 127.0.0.1:8001", f"server 127.0.0.1:{behind}", given)
        given = re.sub(r"server 127.0.0.1:8002", f"server 127.0.0.1:{free_port()}", given)  # one that is down
        given = re.sub(r"/etc/ssl/hallqueue/fullchain.pem", str(self.certificate), given)
        given = re.sub(r"/etc/ssl/hallqueue/key.pem", str(key), given)
        temps = "".join(
            f"{kind}_temp_path {self.folder}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        around = (
            f"daemon off;\npid {self.folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n"
        )
        (self.folder / "nginx.conf").write_text(f"{around}{temps}{given}}}\n")

    def command(self) -> Sequence[str]:
        return [program("nginx", "nginx-light"), "-c", str(self.folder / "nginx.conf")]

    def ready(self) -> bool:
        return answers_tcp(self.port)


@pytest.fixture(scope="module")
def behind_tls() -> Iterator[tuple[str, SSLContext]]:
    """A demo hall behind nginx, told to believe it; its address, and what trusts its certificate."""
    server = Hallqueue(
        {"HALLQUEUE_DEMO": "1", "HALLQUEUE_HTTPS": "1", "HALLQUEUE_HOSTS": "localhost,127.0.0.1"}
    )
    proxy = Nginx(server.start().port)
    try:
        proxy.start()
        yield f"https://localhost:{proxy.port}", create_default_context(cafile=str(proxy.certificate))
    finally:
        proxy.stop()
        proxy.remove()
        server.stop()
        server.remove()


def asked(address: str, trust: SSLContext, cookies: SimpleCookie, **fields: str) -> tuple[int, str]:
    """GET, or POST where there are fields, as a browser does: with its origin, its cookies kept."""
    parts = urllib.parse.urlsplit(address)
    line = http.client.HTTPSConnection(parts.hostname or "", parts.port, context=trust, timeout=20)
    headers = {"Cookie": "; ".join(f"{name}={each.value}" for name, each in cookies.items())}
    headers |= {"Origin": f"https://{parts.netloc}", "Content-Type": "application/x-www-form-urlencoded"}
    line.request("POST" if fields else "GET", parts.path, urllib.parse.urlencode(fields) or None, headers)
    answer = line.getresponse()
    for name, value in answer.getheaders():
        if name.lower() == "set-cookie":
            assert "secure" in value.lower()
            cookies.load(value)
    return answer.status, answer.read().decode()


@pytest.mark.servers
def test_signing_in_and_a_live_screen_work_through_the_given_proxy(
    behind_tls: tuple[str, SSLContext],
) -> None:
    address, trust = behind_tls
    cookies: SimpleCookie = SimpleCookie()
    assert asked(f"{address}/sign-in/", trust, cookies)[0] == 200
    who = {"username": "manager", "password": "hall-demo-2026"}
    given = {**who, "csrfmiddlewaretoken": cookies["csrftoken"].value}
    assert asked(f"{address}/sign-in/", trust, cookies, **given)[0] == 302
    status, shown = asked(f"{address}/wuhai/manager/", trust, cookies)
    assert status == 200
    sheet = re.findall(r'href="(/static/[^"]+css)"', shown)[0]
    assert asked(f"{address}{sheet}", trust, cookies)[0] == 200
    mine = {"Cookie": f"sessionid={cookies['sessionid'].value}"}
    live = address.replace("https", "wss") + "/live"
    with connect(live, ssl=trust, origin=Origin(address), additional_headers=mine) as socket:
        assert json.loads(socket.recv(20))


@pytest.mark.servers
def test_a_film_goes_through_the_given_proxy_and_a_stranger_s_is_refused_before_it_comes(
    behind_tls: tuple[str, SSLContext],
) -> None:
    address, trust = behind_tls
    port = urllib.parse.urlsplit(address).port or 443
    (before, after), size = form_around(40 * MB), 40 * MB
    told = {"Host": f"localhost:{port}", "Origin": address}
    stranger = Sender(port, hall="wuhai", trust=trust)
    assert stranger.refused(200 * MB, **told)[0] == 401
    cookies: SimpleCookie = SimpleCookie()
    asked(f"{address}/sign-in/", trust, cookies)
    who = {"username": "desk", "password": "hall-demo-2026"}
    asked(f"{address}/sign-in/", trust, cookies, **who, csrfmiddlewaretoken=cookies["csrftoken"].value)
    desk = Sender(port, cookies["sessionid"].value, "wuhai", trust)
    status, page = desk.refused(LARGEST_VIDEO + 2 * MB, **told)
    assert (status, "300 MB" in page, "/wuhai/notices/" in page) == (413, True, True)
    with desk.line(len(before) + size + len(after), **told) as line:
        line.sendall(before + film_head(size))
        line.sendall(bytes(size - len(film_head(size))) + after)
        assert heard(line)[0] == 303
