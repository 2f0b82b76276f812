"""The import of a catalogue: all or nothing, row by row, twice without duplicates."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from hallqueue.models import Department, Event, Series, Service
from tests.hall import SmallHall

REAL_CATALOGUE = Path(__file__).parents[1] / "data" / "guangan-service-items-2025.csv.gz"
HEADER = "部门,事项名称,编码,号段,办理时长\n"


@pytest.fixture
def real_file(tmp_path: Path) -> Path:
    path = tmp_path / "items.csv"
    path.write_bytes(gzip.decompress(REAL_CATALOGUE.read_bytes()))
    return path


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "services.csv"
    path.write_text(text, "utf-8")
    return path


def imported(path: Path, hall: str = "small", **options: object) -> str:
    out = io.StringIO()
    call_command("import_catalogue", str(path), hall=hall, stdout=out, **options)
    return out.getvalue()


def refused(path: Path, **options: object) -> str:
    out = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("import_catalogue", str(path), hall="small", stdout=out, **options)
    return out.getvalue() + str(error.value)


@pytest.mark.slow
def test_real_catalogue_is_in_and_twice_makes_no_duplicate(small_hall: SmallHall, real_file: Path) -> None:
    before = small_hall.hall.services.count()
    assert "1135 new, 0 changed, 0 unchanged" in imported(real_file, series="A")
    assert "0 new, 0 changed, 1135 unchanged" in imported(real_file, series="A")
    assert small_hall.hall.services.count() == before + 1135


@pytest.mark.slow
def test_next_edition_of_the_file_changes_names(
    small_hall: SmallHall, real_file: Path, tmp_path: Path
) -> None:
    imported(real_file, series="A")
    text = real_file.read_text("utf-8-sig")
    changed = text.replace("企业投资项目备案（技术改造）", "企业技术改造投资项目备案", 1)
    assert "0 new, 1 changed, 1134 unchanged" in imported(written(tmp_path, changed), series="A")
    service = Service.objects.get(hall=small_hall.hall, name__startswith="企业技术改造投资项目备案")
    assert service.initials.startswith("qyjsgz")


def test_what_people_call_a_service_comes_with_the_file(small_hall: SmallHall, tmp_path: Path) -> None:
    header = HEADER.replace("\n", ",俗称\n")
    assert "1 new" in imported(
        written(tmp_path, header + "公安局,普通护照,passport,A,12,护照本，出国证；护照本\n")
    )
    service = Service.objects.get(code="passport")
    assert (service.also_called, service.initials) == ("护照本、出国证", "pthz hzb cgz")
    assert "0 changed, 1 unchanged" in imported(
        written(tmp_path, header + '公安局,普通护照,passport,A,12,"护照本,出国证"\n')
    )


def test_dry_run_tells_and_changes_nothing(small_hall: SmallHall, tmp_path: Path) -> None:
    head, services = small_hall.fresh().seq, small_hall.hall.services.count()
    said = imported(written(tmp_path, HEADER + "公安局,护照,passport,A,12\n"), dry_run=True)
    assert "1 new" in said
    assert "dry run" in said
    assert (small_hall.fresh().seq, small_hall.hall.services.count()) == (head, services)


def test_one_wrong_row_keeps_the_whole_file_out(small_hall: SmallHall, tmp_path: Path) -> None:
    path = written(
        tmp_path, HEADER + "公安局,护照,passport,A,12\n公安局,,nameless,A,12\n税务局,退税,refund,A,0\n"
    )
    said = refused(path)
    assert "3\tname\t没有填写事项名称。" in said
    assert "4\tminutes\t" in said
    assert "2 errors" in said
    assert not Service.objects.filter(code="passport").exists()


def test_series_that_the_hall_does_not_have_is_an_error_of_its_row(
    small_hall: SmallHall, tmp_path: Path
) -> None:
    said = refused(written(tmp_path, HEADER + "公安局,护照,passport,Q,12\n"))
    assert "2\tseries\t没有“Q”号段" in said


def test_series_that_is_switched_off_is_an_error_of_its_row(small_hall: SmallHall, tmp_path: Path) -> None:
    Series.objects.create(hall=small_hall.hall, letter="D", is_active=False)
    said = refused(written(tmp_path, HEADER + "公安局,居住证办理,new,D,10分钟\n"))
    assert "2\tseries\t“D”号段已经停用" in said
    assert not small_hall.hall.services.filter(code="new").exists()


def test_new_service_without_series_or_department_is_named(small_hall: SmallHall, tmp_path: Path) -> None:
    said = refused(written(tmp_path, "事项名称,编码\n护照,passport\n"), lang="en")
    assert "The department is missing." in said
    assert "The series is missing" in said


def test_columns_that_are_absent_change_nothing(small_hall: SmallHall, tmp_path: Path) -> None:
    imported(written(tmp_path, "事项名称,编码\n居民身份证换领（含补领）,id-card\n"))
    service = Service.objects.get(hall=small_hall.hall, code="id-card")
    assert (service.name, service.name_en) == ("居民身份证换领（含补领）", "Identity card")
    assert service.series.letter == "A"


def test_new_departments_are_made_once_even_with_long_names(small_hall: SmallHall, tmp_path: Path) -> None:
    long = "市" * 45
    rows = f"{long}甲,一,one,A,5\n{long}甲,二,two,A,5\n{long}乙,三,three,A,5\n"
    imported(written(tmp_path, HEADER + rows))
    assert Department.objects.filter(hall=small_hall.hall, name__startswith=long).count() == 2


def test_import_is_one_event_in_the_log(small_hall: SmallHall, tmp_path: Path) -> None:
    head = small_hall.fresh().seq
    imported(written(tmp_path, HEADER + "公安局,护照,passport,A,12\n公安局,签证,visa,A,12\n"))
    after = Event.objects.filter(hall=small_hall.hall, seq__gt=head)
    assert [event.kind for event in after] == ["setup.changed"]


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\x01\x02", b"PK\x03\x04 not a workbook", "没有表头\n".encode()],
    ids=["empty", "bytes", "broken-workbook", "no-header"],
)
def test_file_that_is_no_catalogue_is_refused_in_a_sentence(
    small_hall: SmallHall, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "file.xlsx"
    path.write_bytes(content)
    assert "1 errors; nothing was imported" in refused(path)


def test_missing_file_and_unknown_hall_are_said(small_hall: SmallHall, tmp_path: Path) -> None:
    assert "No such file" in refused(tmp_path / "none.csv")
    with pytest.raises(CommandError, match="elsewhere: no such hall"):
        imported(written(tmp_path, HEADER), hall="elsewhere")
