"""The twin itself: strict, patient, and small."""

import io

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from printers.parts import PAPER_58, PAPER_80
from printers.slip import slip_bytes
from printers.twin import KEPT_SLIPS, PrinterTwin
from printers.twin_commands import Reader
from printers.twin_paper import Roll, TwinSlip
from tests.printers.papers import SLIP, printed

DATA = slip_bytes(SLIP, PAPER_80)


def _reader(slips: list[TwinSlip], answers: list[bytes]) -> Reader:
    return Reader(Roll(576), answers.append, lambda: 0, slips.append)


def test_portions_of_any_length_make_the_same_paper() -> None:
    whole: list[TwinSlip] = []
    parts: list[TwinSlip] = []
    for slips, portion in ((whole, len(DATA)), (parts, 7)):
        reader = _reader(slips, [])
        for start in range(0, len(DATA), portion):
            reader.take(DATA[start : start + portion])
            reader.run()
    assert whole[0].raw == parts[0].raw == DATA
    assert whole[0].text == parts[0].text
    assert whole[0].image.tobytes() == parts[0].image.tobytes()


def test_only_the_last_fifty_slips_are_kept() -> None:
    with PrinterTwin() as twin:
        for number in range(KEPT_SLIPS + 5):
            twin.feed(b"%d\n\x1dV\x00" % number)
        assert [slip.text for slip in twin.slips] == [str(number) for number in range(5, KEPT_SLIPS + 5)]


def test_endless_paper_is_cut_by_force() -> None:
    with PrinterTwin() as twin:
        twin.feed(b"\x1bJ\xff" * 200)
        assert twin.slips
        assert "no cut" in twin.slips[-1].errors[-1]
        assert twin.slips[-1].image.height < 9000


def test_unfinished_command_is_noticed() -> None:
    slips: list[TwinSlip] = []
    reader = _reader(slips, [])
    reader.take(b"\x1dv0\x00\x48\x00\xf0")
    reader.run()
    reader.drop()
    reader.take(b"\x1dV\x00")
    reader.run()
    assert "ended inside a command" in slips[0].errors[0]


def test_paper_sensor_answers_in_the_order_of_printing() -> None:
    answers: list[bytes] = []
    reader = _reader([], answers)
    reader.take(b"\x1dr\x01")
    reader.run()
    assert answers == [b"\x00"]


def test_picture_of_a_slip_is_a_png_of_its_paper() -> None:
    for paper in (PAPER_80, PAPER_58):
        picture = Image.open(io.BytesIO(printed(SLIP, paper).png()))
        assert picture.format == "PNG"
        assert picture.width == paper.dots + 48


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from([b"\x1d", b"\x1b", b"\x1c", b"(k", b"v0\x00", b"V", b"\x01\x00", b"\xb0\xa1"])
    | st.binary(max_size=20)))  # fmt: skip
def test_no_bytes_can_break_the_twin(portions: list[bytes]) -> None:
    reader = _reader([], [])
    for portion in portions:
        reader.take(portion)
        reader.run()
    reader.drop()
