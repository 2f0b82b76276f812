"""A file somebody uploaded, CSV or XLSX, as plain rows of text; everything else is refused with a reason."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from xml.etree.ElementTree import ParseError

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_PARTS = 1000
MAX_ROWS = 50_000
MAX_COLUMNS = 100

ZIP_MARK = b"PK\x03\x04"
# What openpyxl lets through when a workbook is broken somewhere inside.
BROKEN_WORKBOOK = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    AttributeError,
    EOFError,
    KeyError,
    IndexError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


class BadFileError(Exception):
    """The file as a whole cannot be read; `code` names the sentence `catalogue.<code>`."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def rows_of(content: bytes) -> list[list[str]]:
    """All rows of the first sheet, blank ones too: row numbers are those people see; or BadFileError."""
    if len(content) > MAX_BYTES:
        raise BadFileError("file_too_large", limit=MAX_BYTES // (1024 * 1024))
    if content.startswith(ZIP_MARK):
        return _rows_of_workbook(content)
    return _rows_of_csv(content)


def _rows_of_csv(content: bytes) -> list[list[str]]:
    decoded = _decoded(content)
    reader = csv.reader(io.StringIO(decoded, newline=""), delimiter=_delimiter_of(decoded))
    try:
        return _within_limit(row[:MAX_COLUMNS] for row in reader)
    except csv.Error as error:
        raise BadFileError("not_a_spreadsheet") from error


def _decoded(content: bytes) -> str:
    if b"\x00" in content:  # no CSV in these encodings holds a NUL; a binary file nearly always does
        raise BadFileError("not_a_spreadsheet")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadFileError("not_a_spreadsheet")


def _delimiter_of(decoded: str) -> str:
    first_line = decoded.lstrip().partition("\n")[0]
    return max(",;\t", key=first_line.count)


def _rows_of_workbook(content: bytes) -> list[list[str]]:
    from openpyxl import load_workbook  # costs a start a third of a second

    try:
        _refuse_zip_bomb(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        if not book.worksheets:
            raise BadFileError("empty_file")
        cells = book.worksheets[0].iter_rows(max_col=MAX_COLUMNS, values_only=True)
        return _within_limit([_as_text(value) for value in row] for row in cells)
    except BROKEN_WORKBOOK as error:
        raise BadFileError("not_a_spreadsheet") from error


def _refuse_zip_bomb(content: bytes) -> None:
    """Trust the sizes written in the archive: Python reads no part beyond the size it states."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise BadFileError("unpacks_too_large", limit=MAX_UNPACKED_BYTES // (1024 * 1024))


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _within_limit(rows: Iterable[list[str]]) -> list[list[str]]:
    kept = list(islice(_without_blank_end(rows), MAX_ROWS + 2))
    if len(kept) > MAX_ROWS + 1:
        raise BadFileError("too_many_rows", limit=MAX_ROWS)
    return kept


def _without_blank_end(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """Rows up to the last one with content: sheets often end in thousands of formatted empty ones."""
    blank = 0
    for row in rows:
        if not any(cell.strip() for cell in row):
            blank += 1
            continue
        yield from ([] for _ in range(blank))
        blank = 0
        yield row
