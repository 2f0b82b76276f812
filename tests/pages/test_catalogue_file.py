"""A catalogue file is read in the encodings people have, and every wrong cell is named in its row."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from hallqueue.pinyin import initials_of, pinyin_of
from hallqueue.sheets import reading
from hallqueue.sheets.catalogue import HEADERS, LIMITS, Rows, read_catalogue
from hallqueue.texts import has_text

GUANGAN = Path(__file__).parents[1] / "data" / "guangan-service-items-2025.csv.gz"
PLAIN = "部门,事项名称,事项编码,号段,标签,办理时长\n公安局,身份证补领,GA-1,a,一网通办、免证办,8分钟\n"


def read(csv_text: str, encoding: str = "utf-8") -> Rows:
    return read_catalogue(csv_text.encode(encoding))


def workbook(*rows: tuple[str | float, ...]) -> bytes:
    book = Workbook()
    sheet = book.create_sheet(index=0)
    for row in rows:
        sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def codes(rows: Rows) -> list[tuple[int, str, str]]:
    for error in rows.errors + rows.notes:
        assert error.sentence("zh")
        assert error.sentence("en")
    return [(error.row, error.column, error.code) for error in rows.errors]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_the_encodings_people_have(encoding: str) -> None:
    rows = read(PLAIN, encoding)
    assert codes(rows) == []
    (item,) = rows.items
    assert (item.row, item.department, item.name, item.key) == (2, "公安局", "身份证补领", "GA-1")
    assert (item.series, item.tags, item.minutes) == ("A", ("online", "no_certificates"), 8)


@pytest.mark.parametrize("mark", [";", "\t"])
def test_other_delimiters_are_found_out(mark: str) -> None:
    rows = read(f"部门{mark}名称\n公安局{mark}身份证补领\n")
    assert [(item.department, item.name) for item in rows.items] == [("公安局", "身份证补领")]


def test_a_workbook_is_read_with_its_numbers() -> None:
    rows = read_catalogue(
        workbook(("department", "name", "minutes", "code"), ("Police", "Passport", 12.0, 7))
    )
    assert codes(rows) == []
    assert [(item.name, item.minutes, item.code, item.key) for item in rows.items] == [
        ("Passport", 12, "7", "7")
    ]


def test_a_title_may_stand_above_the_header_and_rows_keep_their_numbers() -> None:
    rows = read_catalogue(
        workbook(("乌海市政务服务事项清单",), (), ("*事项名称", "部门"), (), ("护照", "公安"))
    )
    assert [(item.row, item.name) for item in rows.items] == [(5, "护照")]


def test_the_items_of_a_real_hall_are_read() -> None:
    rows = read_catalogue(gzip.decompress(GUANGAN.read_bytes()))
    assert codes(rows) == []
    assert len(rows.items) == len({item.key for item in rows.items}) == 1135
    assert [note.params["column"] for note in rows.notes] == ["area_code", "task_type", "dept_code"]


def test_items_of_one_name_stay_apart_by_their_item_codes() -> None:
    rows = read_catalogue(gzip.decompress(GUANGAN.read_bytes()))
    twins = [item for item in rows.items if item.name == "求职创业补贴申领"]
    assert len({item.key for item in twins}) == 2


def test_without_a_code_department_and_name_are_the_key() -> None:
    first, second = read("部门,名称\n甲局,证明\n乙局,证明\n").items
    assert first.key != second.key
    assert first.key == read("名称,部门\n证明,甲局\n").items[0].key


def test_every_wrong_cell_is_named_in_its_row() -> None:
    rows = read(
        "名称,code,tags,minutes,series\n"
        ",x1,,,\n"
        "甲,x2,包办,,\n"
        "乙,x3,,很久,\n"
        "丙,x4,,,O\n"
        "丁,x5,,,\n"
        "戊,x5,,,\n"
        f"{'长' * 201},x6,,,\n"
        "己\x07,x7,,,\n"
        "庚\u202e,x8,,481,\n"
    )
    assert codes(rows) == [
        (2, "name", "missing_name"),
        (3, "tags", "unknown_tag"),
        (4, "minutes", "wrong_minutes"),
        (5, "series", "wrong_series"),
        (7, "code", "duplicated_code"),
        (8, "name", "too_long"),
        (9, "name", "control_characters"),
        (10, "name", "control_characters"),
        (10, "minutes", "wrong_minutes"),
    ]
    assert [item.name for item in rows.items] == ["丁"]
    assert rows.errors[4].params == {"value": "x5", "first": 6}


def test_the_same_name_twice_without_codes_is_named() -> None:
    rows = read("部门,名称\n甲局,证明\n甲局,证明\n")
    assert codes(rows) == [(3, "name", "duplicated_name")]
    assert "证明" in rows.errors[0].sentence()


def test_unknown_columns_are_told_and_ignored() -> None:
    rows = read("名称,颜色\n护照,蓝\n")
    assert len(rows.items) == 1
    assert [(note.row, note.code, note.params) for note in rows.notes] == [
        (1, "ignored_column", {"column": "颜色"})
    ]


def test_markup_is_only_text() -> None:
    assert read("名称\n<script>alert(1)</script>\n").items[0].name == "<script>alert(1)</script>"


def test_a_line_break_inside_a_cell_becomes_a_space() -> None:
    assert read('名称\n"身份证\n补领"\n').items[0].name == "身份证 补领"


def test_the_joint_of_mongolian_suffixes_is_kept() -> None:
    assert read("名称,蒙文名称\n护照,ᠫᠠᠰᠫᠣᠷᠲ\u202fᠤᠨ\n").items[0].name_mn == "ᠫᠠᠰᠫᠣᠷᠲ\u202fᠤᠨ"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\n\n", "empty_file"),
        ("名称,部门\n".encode(), "empty_file"),
        (b"1,2,3\n4,5,6\n", "no_header"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not_a_spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not_a_spreadsheet"),
        (b"\xff\xff\xff", "not_a_spreadsheet"),
        (b"PK\x03\x04 and then nothing", "not_a_spreadsheet"),
        (workbook(("名称",), ("护照",))[:-200], "not_a_spreadsheet"),
        (b"name\n" + b"x" * 200_000, "not_a_spreadsheet"),
    ],
    ids=[
        "nothing",
        "blank",
        "header-only",
        "numbers",
        "picture",
        "old-xls",
        "bytes",
        "torn-zip",
        "torn-xlsx",
        "huge-cell",
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_with_a_reason(content: bytes, code: str) -> None:
    rows = read_catalogue(content)
    assert codes(rows) == [(0, "", code)]
    assert rows.items == []


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    assert codes(read_catalogue(packed({"readme.txt": b"hello"}))) == [(0, "", "not_a_spreadsheet")]


def test_a_file_over_twenty_megabytes_is_refused() -> None:
    assert codes(read_catalogue(b"x" * (reading.MAX_BYTES + 1))) == [(0, "", "file_too_large")]


@pytest.mark.slow
def test_more_than_fifty_thousand_rows_are_refused() -> None:
    limit = reading.MAX_ROWS
    body = "\n".join(f"甲,{number}" for number in range(limit))
    assert len(read(f"名称,code\n{body}\n").items) == limit
    assert codes(read(f"名称,code\n{body}\n乙,more\n")) == [(0, "", "too_many_rows")]


def test_formatted_empty_rows_at_the_end_do_not_count() -> None:
    assert len(read("名称\n护照\n" + "\n" * (reading.MAX_ROWS + 10)).items) == 1


@pytest.mark.slow
def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = packed({"xl/worksheets/sheet1.xml": bytes(reading.MAX_UNPACKED_BYTES + 1)})
    assert len(bomb) < 1024 * 1024
    assert codes(read_catalogue(bomb)) == [(0, "", "unpacks_too_large")]


def test_growing_xml_entities_are_refused() -> None:
    nested = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "hahahahaha">{nested}]><worksheet>&e11;</worksheet>'.encode()
    with zipfile.ZipFile(io.BytesIO(workbook(("名称",), ("护照",)))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    rows = read_catalogue(packed(parts | {"xl/worksheets/sheet1.xml": bomb}))
    assert codes(rows) == [(0, "", "not_a_spreadsheet")]


def packed(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_every_known_column_stands_for_one_field_and_texts_have_limits() -> None:
    titles = [title for known in HEADERS.values() for title in known]
    assert len(titles) == len(set(titles))
    assert set(LIMITS) <= set(HEADERS)
    assert has_text("catalogue.ignored_column")


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("居民身份证办理", "juminshenfenzhengbanli", "jmsfzbl"),
        ("银行卡", "yinhangka", "yhk"),
        ("重庆", "chongqing", "cq"),
        ("机动车行驶证变更", "jidongchexingshizhengbiangeng", "jdcxszbg"),
        ("待遇给付", "daiyujifu", "dyjf"),
        ("查档、调档", "chadangdiaodang", "cddd"),
        ("工作调动", "gongzuodiaodong", "gzdd"),
        ("A证（C1）", "azhengc1", "azc1"),
        ("", "", ""),
    ],
)
def test_a_name_is_found_by_how_it_sounds(name: str, pinyin: str, initials: str) -> None:
    assert pinyin_of(name) == pinyin
    assert initials_of(name) == initials
