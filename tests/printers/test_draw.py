"""Pictures: Mongolian is shaped, stands upright in columns, keeps its suffixes, and fits the paper."""

import subprocess
import sys

from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageStat

from hallqueue import shaping
from printers import draw
from printers.parts import PAPER_58, PAPER_80, Columns, Line

BICHIG = "ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ"


def _ink(image: Image.Image) -> int:
    return image.convert("L").histogram()[0]


def test_mongolian_letters_are_joined() -> None:
    # 447 dots is the width of the same line with its letters apart.
    assert draw.mongolian_line(BICHIG, 48).width == 291
    assert round(shaping.length(BICHIG, 48)) == 283
    assert round(shaping.length(BICHIG, 48, joined=False)) == 439


def test_a_long_text_grows_downwards_rather_than_lose_a_column() -> None:
    part = Columns(" ".join([BICHIG] * 12), 30, 168)
    across = draw._texts_across(part, PAPER_58)
    assert " ".join(across) == part.text
    shown = draw.columns(part, PAPER_58)
    assert shown is not None
    assert shown.width <= PAPER_58.dots
    assert shown.height > part.height
    for text in across:
        _, top, _, bottom = draw.mongolian_line(text, part.size).getbbox() or (0, 0, 0, 0)
        # neither cut nor grown together with its neighbour
        assert 0 < top < bottom < draw._thickness(part.size)


def test_outlines_are_filled_as_another_renderer_fills_them() -> None:
    """FreeType draws the shaped glyphs one by one, so that no library for whole lines is needed."""
    font = ImageFont.truetype(str(shaping.FONT), 96, layout_engine=ImageFont.Layout.BASIC)
    for letter in "ᠠᠡᠢᠣᠨᠪᠭᠮᠯᠰᠲᠴᠷ":
        ours, theirs = (Image.new("L", (160, 160)) for _ in range(2))
        shaping.draw(ours, (20, 110), letter, 96)
        ImageDraw.Draw(theirs).text((20, 110), letter, font=font, fill=255, anchor="ls")
        difference = ImageStat.Stat(ImageChops.difference(ours, theirs)).sum[0]
        apart = difference / ImageStat.Stat(theirs).sum[0]
        assert apart < 0.12, letter


def test_mongolian_needs_no_library_of_the_system() -> None:
    """With Pillow's own shaping taken away, which needs the system's FriBidi, the columns are the same."""
    program = (
        "import sys\n"
        "from PIL import ImageFont\n"
        "ImageFont.core.HAVE_RAQM = ImageFont.core.HAVE_FRIBIDI = False\n"
        "from printers import draw\n"
        f"sys.stdout.write(str(draw.mongolian_line('{BICHIG}', 48).width))\n"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout == "291"


def test_columns_stand_and_go_from_left_to_right() -> None:
    one = draw.columns(Columns(BICHIG, 48, 300), PAPER_80)
    two = draw.columns(Columns(BICHIG, 48, 180), PAPER_80)
    assert one is not None
    assert two is not None
    assert 270 < one.height <= 291
    assert one.width < 60
    assert two.height < 170
    assert one.width < two.width < 140
    first = draw.columns(Columns(BICHIG.split(" ")[0], 48, 180), PAPER_80)
    assert first is not None
    left = two.crop((0, 0, first.width, first.height))
    assert _ink(left) > 0.9 * _ink(first)


def test_words_run_from_top_to_bottom() -> None:
    line = draw.mongolian_line("ᠮᠣᠩᠭᠣᠯ", 48)
    column = draw.columns(Columns("ᠮᠣᠩᠭᠣᠯ", 48, 300), PAPER_80)
    turned = draw.ink(line).transpose(Image.Transpose.ROTATE_270)
    assert column is not None
    assert _ink(column) == _ink(turned)
    assert (
        turned.crop(Image.eval(turned.convert("L"), lambda grey: 255 - grey).getbbox()).tobytes()
        == column.tobytes()
    )


def test_three_ways_to_hang_a_suffix_give_three_shapes() -> None:
    shapes = {draw.mongolian_line(f"ᠬᠣᠲᠠ{joint}ᠶᠢᠨ", 48).tobytes() for joint in (" ", "\u202f", "\u180e")}
    assert len(shapes) == 3


def test_foreign_characters_in_mongolian_are_no_boxes() -> None:
    box = draw.columns(Columns("ᠬᠣᠲᠠ \uffff", 32, 300), PAPER_80)
    for sign in ("A", "9", "：", "厅"):
        shown = draw.columns(Columns(f"ᠬᠣᠲᠠ {sign}", 32, 300), PAPER_80)
        assert shown is not None
        assert box is not None
        assert shown.tobytes() != box.tobytes()


def test_endless_mongolian_stays_on_the_paper() -> None:
    block = draw.columns(Columns("ᠮᠣᠩᠭᠣᠯ" * 20 + " ᠪᠢᠴᠢᠭ" * 200, 30, 168), PAPER_58)
    assert block is not None
    assert block.width <= 384
    assert block.height <= 850


def test_rare_characters_are_in_the_font_that_comes_along() -> None:
    missing = draw.glyph("\uffff", 48, 48).tobytes()
    for character in "䶮㐀𫖯镕堃喆":
        assert draw.glyph(character, 48, 48).tobytes() != missing


def test_row_keeps_the_cells_of_the_printer() -> None:
    assert draw.row("王䶮A1", Line("", size=2), PAPER_80).size == (2 * 48 + 2 * 24, 48)


def test_code_is_about_28_mm_on_both_papers() -> None:
    url = "http://hall.wuhai.gov.cn:8000/t/3q2-7wAAxYbPqKd0Lm9sVw/"
    for paper in (PAPER_80, PAPER_58):
        picture = draw.code(url.encode(), draw.module_dots(url, paper))
        assert 170 <= picture.width <= 224
