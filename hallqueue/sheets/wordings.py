"""A hall's texts as a translator's file: out as XLSX or CSV, and back as rows with errors one by one; no models.

Nothing is ever trimmed or normalised: U+202F, U+180E and the spaces before a suffix come back as they were typed.
"""

import csv
import hashlib
import io
from collections.abc import Iterable
from typing import NamedTuple

import xlsxwriter

from hallqueue.sheets.reading import BadFileError, rows_of

COLUMNS = ("subject", "kind", "zh", "mn", "en", "state", "reviewed", "mark")
TITLES = {
    "subject": "编号(勿改)",
    "kind": "类别",
    "zh": "中文",
    "mn": "蒙古文",
    "en": "英文",
    "state": "状态",
    "reviewed": "已审核(填“是”)",
    "mark": "标记(勿改)",
}
WIDTHS = {"subject": 26, "kind": 12, "zh": 44, "mn": 44, "en": 44, "state": 10, "reviewed": 14, "mark": 12}
YES = {"是", "yes", "y", "1", "true", "√", "✓"}
HEADER_SEARCH_ROWS = 5


class FileRow(NamedTuple):
    """One line of a translator's file; `row` counts as the spreadsheet does."""

    row: int
    subject: str
    mn: str | None
    en: str | None
    reviewed: bool
    mark: str


def mark_of(mn: str, en: str) -> str:
    """What tells whether a text was changed between the export and the import."""
    return hashlib.sha256(f"{mn}\0{en}".encode()).hexdigest()[:10]


def read_wordings(content: bytes) -> list[FileRow]:
    """The rows of an uploaded CSV or XLSX; raises BadFileError, also where no header names the columns."""
    table = rows_of(content)
    for at, cells in enumerate(table[:HEADER_SEARCH_ROWS]):
        columns = _columns(cells)
        if "subject" in columns and {"mn", "en"} & columns.keys():
            rows = enumerate(table[at + 1 :], start=at + 2)
            return [_row(row, cells, columns) for row, cells in rows if any(cell.strip() for cell in cells)]
    raise BadFileError("no_columns")


def as_csv(rows: Iterable[dict[str, str]]) -> bytes:
    """The texts as a CSV that spreadsheets and `read_wordings` understand (UTF-8 with a mark)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([TITLES[column] for column in COLUMNS])
    writer.writerows([row[column] for column in COLUMNS] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_workbook(rows: Iterable[dict[str, str]]) -> bytes:
    """The texts as an XLSX workbook, every cell plain text, the header held in place."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        plain, head = book.add_format({"num_format": "@", "text_wrap": True}), book.add_format({"bold": True})
        sheet = book.add_worksheet("文字")
        sheet.freeze_panes(1, 1)
        for at, column in enumerate(COLUMNS):
            sheet.set_column(at, at, WIDTHS[column], plain)
            sheet.write_string(0, at, TITLES[column], head)
        for line, row in enumerate(rows, 1):
            for at, column in enumerate(COLUMNS):
                sheet.write_string(line, at, row[column], plain)
    return out.getvalue()


def _columns(cells: list[str]) -> dict[str, int]:
    titles = {title: column for column, title in TITLES.items()} | {column: column for column in COLUMNS}
    named = ((titles.get(cell.strip()), at) for at, cell in enumerate(cells))
    return {column: at for column, at in named if column}


def _row(row: int, cells: list[str], columns: dict[str, int]) -> FileRow:
    def cell(column: str) -> str | None:
        at = columns.get(column)
        return None if at is None else cells[at] if at < len(cells) else ""

    reviewed = (cell("reviewed") or "").strip().lower() in YES
    return FileRow(
        row, (cell("subject") or "").strip(), cell("mn"), cell("en"), reviewed, (cell("mark") or "").strip()
    )
