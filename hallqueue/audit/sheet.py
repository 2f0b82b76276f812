"""Lines of the log as a file: CSV or XLSX, what was typed plain text whatever it begins with."""

import csv
import io
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import xlsxwriter

from hallqueue.audit.words import Line
from hallqueue.sheets.writing import harmless
from hallqueue.texts import text

MOST_ROWS = 20_000
COLUMNS = {
    "seq": 10,
    "at": 20,
    "by": 16,
    "screen": 16,
    "about": 24,
    "did": 24,
    "reason": 40,
    "kind": 20,
    "data": 40,
    "link": 66,
    "content": 60,
}
"""What each column shows of a line, and its width; of the last two anybody computes the chain anew."""


def as_csv(lines: Iterable[Line], zone: ZoneInfo, lang: str) -> bytes:
    """UTF-8 with a mark, so that spreadsheets read it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([text(f"audit.column.{name}", lang) for name in COLUMNS])
    writer.writerows([harmless(cell) for cell in _cells(line, zone)] for line in lines)
    return out.getvalue().encode("utf-8-sig")


def as_workbook(lines: Iterable[Line], zone: ZoneInfo, lang: str) -> bytes:
    """One sheet, its header held in place and repeated on paper; lines are numbers, so that they sort."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(text("audit.title", lang)[:31])
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.repeat_rows(0)
        sheet.fit_to_pages(1, 0)
        for at, (name, width) in enumerate(COLUMNS.items()):
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, text(f"audit.column.{name}", lang))
        for row, line in enumerate(lines, 1):
            sheet.write_number(row, 0, line.seq)
            for at, cell in enumerate(_cells(line, zone)[1:], 1):
                sheet.write_string(row, at, cell)
    return out.getvalue()


def _cells(line: Line, zone: ZoneInfo) -> list[str]:
    cells = [getattr(line, name) for name in COLUMNS]
    cells[1] = f"{line.at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    return [str(cell) for cell in cells]
