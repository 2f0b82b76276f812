"""What the demo hall's boards show between calls: notices drafted by one manager and approved by another."""

import io
import tomllib
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from displays.actions import boards, playlists
from displays.media import kept
from displays.models import Board
from hallqueue.actions import drafting
from hallqueue.actions.command import Actor, new_key, person
from hallqueue.models import Hall, Notice, User

FILE = Path(__file__).with_name("demo_notices.toml")
SECONDS = 12
WIDTH, HEIGHT = 1600, 900
GROUND, INK, BLUE, RED, GOLD = "#f6f3ec", "#17222e", "#12508f", "#b8201d", "#e3b341"


def fill_demo_halls() -> None:
    """Give each demo hall its layout, notices and playlist, once."""
    for hall in Hall.objects.filter(is_demo=True, boards=None):
        managers = list(User.objects.filter(hall=hall, role="manager").order_by("pk")[:2])
        if len(managers) == 2:
            writer, reader = (person(each, "demo") for each in managers)
            fill(hall, writer, reader)


def fill(hall: Hall, writer: Actor, reader: Actor) -> None:
    """The notices of `demo_notices.toml` by `writer`, approved and shown by `reader`, in one playlist everywhere."""
    rows: list[dict[str, Any]] = tomllib.loads(FILE.read_text("utf-8"))["notices"]
    shown = [_shown(hall, writer, reader, row) for row in rows]
    entries = [[notice, SECONDS] for notice in shown]
    playlists.write(hall.pk, reader, new_key(), name="日常宣传", entries=entries)
    choices = {"name": "通用布置", "side": Board.Side.BOTH.value, "is_default": True}
    boards.lay_out(hall.pk, reader, new_key(), **choices)


def _shown(hall: Hall, writer: Actor, reader: Actor, row: dict[str, Any]) -> int:
    key = new_key()
    file = kept(io.BytesIO(four_steps()), row["form"], key) if row["form"] == Notice.Form.PICTURE else {}
    words = {name: value.strip() for name, value in row.items()}
    notice: int = drafting.draft(hall.pk, writer, key, **words, **file)["notice"]
    drafting.say(hall.pk, reader, new_key(), notice=notice, verb="approve", version=1)
    drafting.say(hall.pk, reader, new_key(), notice=notice, verb="show")
    return notice


def four_steps() -> bytes:
    """A picture of our own, as PNG: a paper number, three seats, a call, a window, in the order one meets them."""
    image = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    pen = ImageDraw.Draw(image)
    pen.line((200, 700, 1400, 700), fill=INK, width=8)
    for step, (draw, colour) in enumerate(((_paper, BLUE), (_seats, BLUE), (_horn, RED), (_window, GOLD))):
        x = 200 + 400 * step
        draw(pen, x, 380, colour)
        pen.ellipse((x - 62, 638, x + 62, 762), fill=colour)
        ink = INK if colour == GOLD else GROUND
        pen.text((x, 700), str(step + 1), fill=ink, font=ImageFont.load_default(84), anchor="mm")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _paper(pen: ImageDraw.ImageDraw, x: int, y: int, colour: str) -> None:
    pen.rounded_rectangle((x - 120, y - 170, x + 120, y + 170), 16, fill="white", outline=colour, width=10)
    pen.text((x, y - 60), "A023", fill=colour, font=ImageFont.load_default(86), anchor="mm")
    for line in range(3):
        pen.line((x - 80, y + 40 + 40 * line, x + 80 - 30 * line, y + 40 + 40 * line), fill=INK, width=8)


def _seats(pen: ImageDraw.ImageDraw, x: int, y: int, colour: str) -> None:
    for seat in (-110, 0, 110):
        pen.ellipse((x + seat - 32, y - 130, x + seat + 32, y - 66), fill=INK)
        pen.rounded_rectangle((x + seat - 44, y - 50, x + seat + 44, y + 60), 30, fill=INK)
        pen.rounded_rectangle((x + seat - 48, y + 70, x + seat + 48, y + 110), 10, fill=colour)
        pen.line((x + seat, y + 110, x + seat, y + 170), fill=colour, width=12)


def _horn(pen: ImageDraw.ImageDraw, x: int, y: int, colour: str) -> None:
    horn = ((-110, -45), (-30, -45), (50, -120), (50, 120), (-30, 45), (-110, 45))
    pen.polygon([(x + across, y + down) for across, down in horn], fill=colour)
    for wave in (60, 110, 160):
        pen.arc((x - wave, y - wave, x + wave, y + wave), -32, 32, fill=INK, width=12)


def _window(pen: ImageDraw.ImageDraw, x: int, y: int, colour: str) -> None:
    pen.rounded_rectangle((x - 140, y - 170, x + 140, y + 170), 16, fill="white", outline=INK, width=10)
    pen.rectangle((x - 140, y - 170, x + 140, y - 80), fill=colour)
    pen.text((x, y - 125), "3", fill=INK, font=ImageFont.load_default(76), anchor="mm")
    pen.ellipse((x - 40, y - 50, x + 40, y + 30), fill=INK)
    pen.rounded_rectangle((x - 80, y + 44, x + 80, y + 110), 30, fill=INK)
    pen.rectangle((x - 140, y + 110, x + 140, y + 130), fill=INK)
