"""Tables written for spreadsheets: what people typed stays text, whatever it begins with."""

import io
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

NARROW, MOST_OF_A_TITLE, MOST_ABOVE = 11, 31, 80
FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")


def harmless(typed: str) -> str:
    """A cell of a CSV, which spreadsheets take for a formula by its first sign, as text."""
    return f"'{typed}" if typed.startswith(FORMULA_MARKS) else typed


@dataclass(frozen=True)
class Sheet:
    """A table: its head and rows; `widths` are those of the first columns; `shares` are the columns told in per cent.

    A share is given as a ratio: 0.5 is shown as 50.0 %. Other fractions are shown to a tenth and kept as they are.
    `of` says of which hall and days it is; on paper it stands above every page.
    """

    title: str
    head: Sequence[str]
    rows: Iterable[Sequence[Any]]
    widths: Sequence[int] = ()
    shares: Container[int] = ()
    of: str = ""


def workbook_of(*sheets: Sheet) -> bytes:
    """The sheets in their order, each with its head held in place and repeated on paper."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        for sheet in sheets:
            _write(book, sheet)
    return out.getvalue()


def _write(book: Any, sheet: Sheet) -> None:
    page = book.add_worksheet(sheet.title[:MOST_OF_A_TITLE])
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    plain: dict[str, Any] = {"text_wrap": True, "valign": "top"}
    body, share = book.add_format(plain), book.add_format({**plain, "num_format": "0.0%"})
    tenth = book.add_format({**plain, "num_format": "0.0"})
    for column, name in enumerate(sheet.head):
        page.set_column(column, column, sheet.widths[column] if column < len(sheet.widths) else NARROW)
        page.write_string(0, column, name, head)
    for number, row in enumerate(sheet.rows, 1):
        for column, value in enumerate(row):
            other = tenth if isinstance(value, float) else body
            page.write(number, column, value, share if column in sheet.shares else other)
    page.freeze_panes(1, 1)
    page.repeat_rows(0)
    lay_on_paper(page, sheet.of, sheet.title)


def lay_on_paper(page: Any, of: str, title: str) -> None:
    """A sheet as wide as its page: of which hall and days it is and its title above, the number of the page below."""
    left, right = (words[:MOST_ABOVE].replace("&", "&&") for words in (of, title))
    page.set_header(f"&L{left}&R{right}")
    page.set_footer("&C&P / &N")
    page.set_landscape()
    page.fit_to_pages(1, 0)
