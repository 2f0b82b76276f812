"""A hand in the halls of a running server: told what to do in another process on the same data, which stays."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping
from io import BytesIO
from time import sleep
from typing import Any

from tests.ground.beside import Beside

LONGEST = (
    "请从正门进入后沿左侧扶梯上到二楼，经过自助服务区和母婴室，向前走到底右转，过了导办台第三排就是，"
    "找不到请问志愿者，他们会陪您走到窗口前，谢谢您的配合与耐心等候，祝您办事顺利。"
)

INSTANT = 0.05  # seconds


class Hand:
    """Acts in the halls of `environment`: `hand.do("call_next", "small", window=1)`."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._beside = Beside(environment)

    def do(self, what: str, slug: str = "small", **details: Any) -> Any:
        """One action; returns its answer."""
        order = f"{what!r}, {slug!r}, {details!r}"
        return json.loads(self._beside.run(f"from tests.displays.acting import HALLS; HALLS.tell({order})"))

    def close(self) -> None:
        self._beside.close()


class Halls:
    """The halls this process made, by slug."""

    def __init__(self) -> None:
        self.made: dict[str, Any] = {}

    def tell(self, what: str, slug: str, details: dict[str, Any]) -> None:
        """Print what came of `do`."""
        print(json.dumps(self.do(what, slug, details), default=str))

    def do(self, what: str, slug: str, details: dict[str, Any]) -> Any:
        """`make` a hall, `enrol` a device, `revoke` it, `issue`, `call_next`, or any verb of a window."""
        from tests.hall import make_small_hall, where_it_is_noon

        if what == "make":
            self.made[slug] = where_it_is_noon(make_small_hall(slug=slug, **details))
            return {"hall": self.made[slug].hall.pk}
        hall = self.made[slug]
        own = getattr(self, f"_{what}", None)
        if own:
            return own(hall, **details)
        return getattr(hall, what)(**details) if hasattr(hall, what) else hall.say(what, **details)

    def _enrol(self, hall: Any, kind: str, window: int | None = None) -> Any:
        from hallqueue.actions.command import THE_HALL, new_key
        from hallqueue.actions.people import enrol, hashed, new_secret

        token = new_secret()
        made = enrol(
            hall.hall.pk, THE_HALL, new_key(), kind=kind, name=kind, token_hash=hashed(token), window=window
        )
        return made | {"token": token}

    def _word(self, hall: Any, subject: str, **words: str) -> Any:
        """Say a text anew, whatever it said before."""
        from hallqueue.actions.command import new_key
        from hallqueue.actions.house.wordings import word
        from hallqueue.wordings import Shelf

        found = Shelf(hall.fresh()).find(subject)
        assert found is not None
        told = {lang: [text, found.in_language(lang)] for lang, text in words.items()}
        return word(hall.hall.pk, hall.actor("administrator"), new_key(), subject=subject, words=told)

    def _scripts(self, hall: Any, **setting: Any) -> Any:
        from hallqueue.actions.command import new_key
        from hallqueue.actions.house.wordings import set_device_script, set_scripts

        act = set_device_script if "device" in setting else set_scripts
        return act(hall.hall.pk, hall.actor("manager"), new_key(), **setting)

    def _session(self, hall: Any, who: str) -> Any:
        """The cookie of a signed-in person."""
        from django.test import Client

        client = Client()
        client.force_login(hall.people[who])
        return {"sessionid": client.cookies["sessionid"].value}

    def _revoke(self, hall: Any, device: int) -> Any:
        from hallqueue.actions.command import new_key
        from hallqueue.actions.people import revoke_device

        return revoke_device(hall.hall.pk, hall.actor("manager"), new_key(), device=device)

    def _call_together(self, hall: Any, windows: list[int]) -> Any:
        """Several windows press next within an instant, and are committed together as such presses are; says how
        long the instant was. Where a machine with much to do took longer, nothing was pressed and it tries again."""
        from django.db import transaction

        from hallqueue.models import Call

        for _ in range(200):
            with transaction.atomic():
                for window in windows:
                    hall.call_next(window)
                calls = Call.objects.filter(hall=hall.hall).order_by("id")
                said = list(calls.values_list("said_at", flat=True))
                seconds = (said[-1] - said[-len(windows)]).total_seconds()
                transaction.set_rollback(seconds >= INSTANT)
            if seconds < INSTANT:
                return {"seconds": seconds}
        raise AssertionError("this machine never pressed all within an instant")

    def _finish_and_call(self, hall: Any, window: int) -> Any:
        hall.say("start", window)
        hall.say("finish", window)
        return hall.call_next(window)

    def _name(self, hall: Any, **names: Any) -> Any:
        """Give the hall other names, its windows a long way, all that has words Mongolian, before anybody looks."""
        from hallqueue.actions.command import THE_HALL, new_key
        from hallqueue.actions.house.wordings import word
        from hallqueue.models import Hall, Service, Window

        way, mongolian = names.pop("direction", ""), names.pop("way_mn", "")
        Hall.objects.filter(pk=hall.hall.pk).update(**names)
        if way:
            Window.objects.filter(hall=hall.hall).update(direction=way)
        Service.objects.filter(hall=hall.hall).update(name_mn=mongolian)
        subjects = (f"direction:{way}", "zone:A区", "zone:B区") if mongolian else ()
        for subject in subjects:
            word(hall.hall.pk, THE_HALL, new_key(), subject=subject, words={"mn": [mongolian, ""]})
        return {}

    def _no_zones(self, hall: Any) -> Any:
        """No window stands in a zone, before anybody looks."""
        from hallqueue.models import Window

        return Window.objects.filter(hall=hall.hall).update(zone="")

    def _zones(self, hall: Any, names: list[str], mn: str) -> Any:
        """A closed window more in each zone, whose Mongolian name is `mn` and its letter, before anybody looks."""
        from hallqueue.actions.command import THE_HALL, new_key
        from hallqueue.actions.house.wordings import word
        from hallqueue.models import Window

        for at, zone in enumerate(names):
            Window.objects.create(hall=hall.hall, number=20 + at, name=zone, zone=zone, state="closed")
            said = {"mn": [f"{mn} {zone[-2]} ᠬᠡᠰᠡᠭ", ""]}
            word(hall.hall.pk, THE_HALL, new_key(), subject=f"zone:{zone}", words=said)
        return {}

    def _notice(self, hall: Any, zh: str, form: str = "text", file: str = "", seconds: int = 3) -> Any:
        """A notice drafted by the manager, approved and shown by the administrator; `file` is base64."""
        from displays.media import kept
        from hallqueue.actions import drafting
        from hallqueue.actions.command import new_key

        pk, key = hall.hall.pk, new_key()
        writer, reader = hall.actor("manager"), hall.actor("administrator")
        media = kept(BytesIO(b64decode(file)), form, key) if file else {}
        written = {"form": form, "kind": "public", "zh": zh, "body_zh": zh * 8}
        notice = drafting.draft(pk, writer, key, **written, **media)["notice"]
        version = _version_ready(notice)
        drafting.say(pk, reader, new_key(), notice=notice, verb="approve", version=version)
        drafting.say(pk, reader, new_key(), notice=notice, verb="show")
        return [notice, seconds]

    def _play(self, hall: Any, entries: list[list[int]], **when: Any) -> Any:
        """A playlist of these notices."""
        from displays.actions import playlists
        from hallqueue.actions.command import new_key

        found = {"name": "日常", "entries": entries} | when
        return playlists.write(hall.hall.pk, hall.actor("manager"), new_key(), **found)

    def _voice(self, hall: Any, **fields: Any) -> Any:
        """How calls are spoken."""
        from displays.actions.voice import set_voice
        from hallqueue.actions.command import new_key

        return set_voice(hall.hall.pk, hall.actor("manager"), new_key(), fields=fields)

    def _lay_out(self, hall: Any, **choices: Any) -> Any:
        """The layout of the boards of the hall; its id comes back."""
        from displays.actions import boards
        from hallqueue.actions.command import new_key

        return boards.lay_out(hall.hall.pk, hall.actor("manager"), new_key(), **choices)

    def _emergency(self, hall: Any, zh: str = "") -> Any:
        """Begin an emergency with these words, or end the one that stands."""
        from hallqueue.actions import notices
        from hallqueue.actions.command import new_key

        say = (hall.hall.pk, hall.actor("manager"), new_key())
        return notices.begin_emergency(*say, zh=zh) if zh else notices.end_emergency(*say)

    def _crowd(self, hall: Any, people: int, calls: int) -> Any:
        """`people` come; the windows call and serve until `calls` calls were made."""
        for at in range(people + calls):
            hall.issue(("id-card", "invoice", "housing")[at % 3])
        for at in range(calls):
            window = (1, 2, 3)[at % 3]
            hall.call_next(window)
            if at < calls - 3:
                hall.say("start", window)
                hall.say("finish", window)
        return {}


def _version_ready(notice: int) -> int:
    """The version to approve: of a video the one that the worker of the server, or this process, drew anew."""
    from displays.filming import Filming
    from hallqueue.models import Notice

    while (found := Notice.objects.get(pk=notice)).sent and not found.fault:
        sleep(min(Filming().look(), 0.2))
    return found.version


HALLS = Halls()
