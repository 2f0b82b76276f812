"""What a printer answers, byte by byte, without a line to it: asked for, told unasked, and process ids."""

import pytest

from printers.answers import Answers, Status
from printers.transport import Reason, fault_of


# DLE EOT 1, 2 and 4 of an independent emulator.
@pytest.mark.parametrize(
    ("answers", "status", "fault"),
    [
        ((0x12, 0x12, 0x12), Status(), Reason.NONE),
        ((0x12, 0x12, 0x1E), Status(near_end=True), Reason.NONE),
        ((0x1A, 0x32, 0x7E), Status(offline=True, paper_out=True, near_end=True), Reason.PAPER_OUT),
        ((0x1A, 0x12, 0x72), Status(offline=True, paper_out=True), Reason.PAPER_OUT),
        ((0x1A, 0x32, 0x12), Status(offline=True, paper_out=True), Reason.PAPER_OUT),
        ((0x1A, 0x16, 0x12), Status(offline=True, cover_open=True), Reason.COVER_OPEN),
        ((0x1A, 0x12, 0x12), Status(offline=True), Reason.OFFLINE),
        ((0x1A, 0x52, 0x12), Status(offline=True, defect=True), Reason.DEFECT),
    ],
)
def test_status_bytes_are_read_by_ourselves(
    answers: tuple[int, int, int], status: Status, fault: Reason
) -> None:
    assert Status.decode(*answers) == status
    assert fault_of(status) is fault


def test_answers_are_told_apart_whatever_stands_between_them() -> None:
    said = Answers()
    for portion in (b"\x11\x12\x10", b"\x00\x0c", b'\x0f\x167"12', b"34\x00\x13\x00\xff\x12\x10\xff\x00\x12"):
        said.take(portion)
    assert said.real_time == [0x12, 0x16, 0x12, 0x12]
    assert said.ids == [b"1234"]
    assert said.sensors == [0x00, 0x00]  # the second stood after the head of a block that was none
    assert said.asb == Status(paper_out=True)
    assert said.nonsense == 3


@pytest.mark.parametrize(
    ("block", "status"),
    [
        ("10 00 00 0f", Status()),
        ("10 00 03 0f", Status(near_end=True)),
        ("10 00 0c 0f", Status(paper_out=True)),
        ("38 00 00 0f", Status(offline=True, cover_open=True)),
        ("18 08 00 0f", Status(offline=True, defect=True)),
        ("18 20 00 0f", Status(offline=True, defect=True)),
    ],
)
def test_automatic_status_is_read_by_ourselves(block: str, status: Status) -> None:
    assert Status.decode_asb(bytes.fromhex(block)) == status
