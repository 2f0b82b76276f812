"""The catalogue of services as a file: bytes in, checked items and errors row by row out; no models."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from hallqueue.sheets.reading import BadFileError, rows_of
from hallqueue.texts import text, texts_of

HEADERS: dict[str, set[str]] = {
    "department": {"department", "部门", "部门名称", "所属部门", "实施部门", "实施主体", "办理部门"},
    "name": {"name", "事项名称", "名称", "事项", "办理项名称", "业务办理项名称", "service"},
    "item_code": {"item_code", "事项编码", "实施编码", "实施清单编码", "事项代码"},
    "code": {"code", "编码", "代码", "编号"},
    "series": {"series", "号段", "字母"},
    "tags": {"tags", "标签", "办理标签"},
    "minutes": {"minutes", "办理时长", "预计办理时长", "时长", "分钟", "办理时长(分钟)"},
    "name_mn": {"name_mn", "蒙古文", "蒙古文名称", "蒙文", "蒙文名称"},
    "name_en": {"name_en", "英文", "英文名称"},
    "also_called": {"also_called", "俗称", "别名", "又称", "简称"},
    "main_item": {"main_item", "主项", "主项名称", "主事项名称"},
    "documents": {"documents", "材料", "申请材料", "所需材料", "要带的材料"},
}
LIMITS = {
    "department": 100,
    "name": 200,
    "item_code": 120,
    "code": 120,
    "name_mn": 400,
    "name_en": 300,
    "also_called": 200,
    "main_item": 200,
    "tags": 200,
    "documents": 1000,
}
HEADER_SEARCH_ROWS = 10
LONGEST_MINUTES = 480
SPACES = re.compile(r"[ \t\r\n\xa0\u3000]+")  # not U+202F: it joins Mongolian suffixes to their word
SERIES = re.compile(r"[A-HJ-NP-Z]{1,3}")
MINUTES = re.compile(r"([0-9]{1,4})(?:\.0+)?\s*(?:分钟|分|min|minutes)?")
NAME_MARKS = re.compile(r"[、，,;；\n]")
TAG_MARKS = re.compile(r"[、,，;；/|\s]+")
BIDI_CONTROLS = set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class Item:
    """One service of the file; `row` as the spreadsheet counts; what is not given is empty or None."""

    row: int
    name: str
    department: str = ""
    item_code: str = ""
    code: str = ""
    series: str = ""
    tags: tuple[str, ...] = ()
    minutes: int | None = None
    name_mn: str = ""
    name_en: str = ""
    also_called: str = ""
    main_item: str = ""
    documents: str = ""

    @property
    def key(self) -> str:
        """The same in the next import: the item code, else the code, else made of department and name."""
        return self.item_code or self.code or f"name-{_digest(self.department, self.name)}"


@dataclass(frozen=True)
class RowError:
    """What is wrong in one cell; row 0 speaks of the file. `code` names the sentence `catalogue.<code>`."""

    row: int
    column: str
    code: str
    params: dict[str, str | int] = field(default_factory=dict)

    def sentence(self, lang: str = "zh") -> str:
        """The error for a person."""
        return text(f"catalogue.{self.code}", lang, **self.params)


@dataclass
class Rows:
    """What a file says: items to take, errors that keep their rows out, and notes that keep nothing out."""

    items: list[Item] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    notes: list[RowError] = field(default_factory=list)


class _WrongCellError(Exception):
    """A cell is wrong; becomes a RowError where row and column are known."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def read_catalogue(content: bytes) -> Rows:
    """Read an uploaded CSV (UTF-8 or GB18030) or XLSX; never raises for what a file may hold."""
    try:
        table = rows_of(content)
        header_at, columns = _find_header(table)
    except BadFileError as bad:
        return Rows(errors=[RowError(0, "", bad.code, bad.params)])
    found = Rows(notes=_ignored_columns(table[header_at], header_at + 1, columns))
    seen: dict[str, int] = {}
    for row, cells in enumerate(table[header_at + 1 :], start=header_at + 2):
        if cells:
            _add_row(found, seen, row, _by_column(cells, columns))
    if not found.items and not found.errors:
        found.errors.append(RowError(0, "", "empty_file"))
    return found


def _find_header(table: list[list[str]]) -> tuple[int, dict[str, int]]:
    """Where the header stands (a title may come first) and which column holds which field."""
    if not table:
        raise BadFileError("empty_file")
    for at, cells in enumerate(table[:HEADER_SEARCH_ROWS]):
        columns: dict[str, int] = {}
        for index, cell in enumerate(cells):
            if (known := _field_of(cell)) is not None:
                columns.setdefault(known, index)
        if "name" in columns:
            return at, columns
    raise BadFileError("no_header")


def _field_of(title: str) -> str | None:
    plain = SPACES.sub("", title).strip("*＊").replace("（", "(").replace("）", ")").lower()
    return next((name for name, titles in HEADERS.items() if plain in titles), None)


def _ignored_columns(titles: list[str], row: int, columns: dict[str, int]) -> list[RowError]:
    used = set(columns.values())
    return [
        RowError(row, title.strip()[:60], "ignored_column", {"column": title.strip()[:60]})
        for index, title in enumerate(titles)
        if index not in used and title.strip()
    ]


def _by_column(cells: list[str], columns: dict[str, int]) -> dict[str, str]:
    return {
        name: SPACES.sub(" ", cells[index]).strip() if index < len(cells) else ""
        for name, index in columns.items()
    }


def _add_row(found: Rows, seen: dict[str, int], row: int, cells: dict[str, str]) -> None:
    errors = list(_errors_of(row, cells))
    if not errors:
        item = _item_of(row, cells)
        errors = list(_doubled(seen, item))
        if not errors:
            found.items.append(item)
    found.errors.extend(errors)


def _errors_of(row: int, cells: dict[str, str]) -> Iterator[RowError]:
    if not cells["name"]:
        yield RowError(row, "name", "missing_name")
    for column, value in cells.items():
        try:
            _check_text(column, value)
            READERS.get(column, str)(value)
        except _WrongCellError as wrong:
            yield RowError(row, column, wrong.code, wrong.params)


def _item_of(row: int, cells: dict[str, str]) -> Item:
    values = {column: READERS.get(column, str)(value) for column, value in cells.items()}
    return Item(row=row, **values)  # type: ignore[arg-type]


def _check_text(column: str, value: str) -> None:
    if any(_is_forbidden(letter) for letter in value):
        raise _WrongCellError("control_characters")
    limit = LIMITS.get(column, 40)
    if len(value) > limit:
        raise _WrongCellError("too_long", limit=limit, length=len(value))


def _is_forbidden(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cs", "Cn", "Co") or letter in BIDI_CONTROLS


def _read_series(value: str) -> str:
    letter = value.upper()
    if letter and not SERIES.fullmatch(letter):
        raise _WrongCellError("wrong_series", value=value)
    return letter


def _read_minutes(value: str) -> int | None:
    if not value:
        return None
    match = MINUTES.fullmatch(value.lower())
    if match is None or not 1 <= int(match[1]) <= LONGEST_MINUTES:
        raise _WrongCellError("wrong_minutes", value=value, limit=LONGEST_MINUTES)
    return int(match[1])


def _read_tags(value: str) -> tuple[str, ...]:
    known = _tag_names()
    tags: list[str] = []
    for word in filter(None, TAG_MARKS.split(value)):
        if word.lower() not in known:
            raise _WrongCellError("unknown_tag", tag=word)
        tags.append(known[word.lower()])
    return tuple(dict.fromkeys(tags))


def _read_documents(value: str) -> str:
    """One a line; in a cell they are parted by semicolons."""
    return "\n".join(filter(None, (each.strip() for each in re.split("[;；]", value))))


def names_in(text: str) -> list[str]:
    """What people call a service, each name once."""
    return list(dict.fromkeys(filter(None, (each.strip() for each in NAME_MARKS.split(text)))))


def _read_names(value: str) -> str:
    """As the hall keeps them; in a cell they may also be parted by bars."""
    return "、".join(names_in(value.replace("|", "、")))


def _tag_names() -> dict[str, str]:
    """Tags by every way to write them in one word: the code, and the Chinese name."""
    codes = {key: key.removeprefix("words.tag.") for key in texts_of("words") if key.startswith("words.tag.")}
    return {text(key): code for key, code in codes.items()} | {code: code for code in codes.values()}


READERS: dict[str, Callable[[str], object]] = {
    "series": _read_series,
    "minutes": _read_minutes,
    "tags": _read_tags,
    "documents": _read_documents,
    "also_called": _read_names,
}


def _doubled(seen: dict[str, int], item: Item) -> Iterator[RowError]:
    """The same service twice in one file: by either code, or by department and name when it has none."""
    values = {"item_code": item.item_code, "code": item.code}
    if not any(values.values()):
        values = {"name": f"{item.department}\x1f{item.name}"}
    for column, value in values.items():
        first = seen.setdefault(f"{column}:{value}", item.row) if value else item.row
        if first != item.row:
            code = "duplicated_name" if column == "name" else "duplicated_code"
            yield RowError(item.row, column, code, {"value": value.split("\x1f")[-1], "first": first})


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:20]
