"""How a report looks on a page: tiles, columns, heat maps and tables as a template takes them, figures as words."""

from typing import Any

from hallqueue.reporting.heat import HeatMap, heat_maps
from hallqueue.reporting.making import Report
from hallqueue.reporting.sheets import rounded, row_name
from hallqueue.reporting.tables import COUNT, SHARE, Column, Table, Value, summary_of, tables_of

TILES = ("taken", "done", "wait_median", "within_15", "serve_median", "missed", "fallen", "satisfaction")
LESS_IS_BETTER = ("wait_median",)
JUDGED = ("wait_median", "within_15", "satisfaction")
ON_SCREEN = 30
"""More lines of a table than this are in the files alone."""

FULL = 100


def looks_of(report: Report, lang: str) -> dict[str, Any]:
    """Everything of a report that a template shows."""
    summary = summary_of(report)
    tables = list(tables_of(report))
    steps = next((table for table in tables if table.name in ("steps", "months", "hours")), None)
    return {
        "report": report,
        "tiles": [_tile(*each) for each in summary if each[0].name in TILES],
        "summary": [_figure(*each) for each in summary],
        "columns": _columns(steps, lang) if steps else [],
        "steps": steps and _table(steps, lang),
        "heat": [_heat(each) for each in heat_maps(report)],
        "tables": [_table(table, lang) for table in tables if table is not steps],
    }


def told(value: Value, unit: str) -> str:
    """A figure in words: 1,234 or 9.5; a dash where there is none."""
    found = rounded(value, unit)
    if found is None:
        return "—"
    return f"{found:,.0f}" if unit == COUNT else f"{found:,.1f}".removesuffix(".0")


def _figure(column: Column, value: Value, before: Value) -> dict[str, str]:
    return {
        "key": column.key,
        "value": told(value, column.unit),
        "before": told(before, column.unit),
        "unit": f"report.unit.{column.unit}",
    }


def _tile(column: Column, value: Value, before: Value) -> dict[str, str]:
    """A figure with how it moved since the period before: in percent, of shares in points."""
    tile = _figure(column, value, before)
    if value is None or not before:
        return tile
    change = value - before if column.unit == SHARE else FULL * (value - before) / before
    if abs(change) < 0.5:
        return tile | {"change": "report.same", "by": ""}
    better = (change < 0) == (column.name in LESS_IS_BETTER)
    judged = ("better" if better else "worse") if column.name in JUDGED else ""
    kind = "points" if column.unit == SHARE else "percent"
    word = f"report.{'more' if change > 0 else 'less'}_{kind}"
    return tile | {"change": word, "by": f"{abs(change):.0f}", "judged": judged}


def _columns(table: Table, lang: str) -> list[dict[str, Any]]:
    """The days, months or hours as columns; a day says its number alone, of many every other one."""
    rows, most = table.rows, table.longest or 1
    every = 1 + len(rows) // 32
    columns = []
    for number, row in enumerate(rows):
        name, height = row_name(row, lang), round(FULL * (row.values[0] or 0) / most)
        label = (name[-2:] if name.count("-") == 2 else name) if number % every == 0 else ""
        value = told(row.values[0], COUNT)
        columns.append({"name": name, "label": label, "value": value, "height": height, "top": FULL - height})
    return columns


def _heat(heat: HeatMap) -> dict[str, Any]:
    rows = [
        (f"calendar.weekday.{weekday}", [(_short(cell.value, heat.unit), cell.level) for cell in cells])
        for weekday, cells in heat.rows
    ]
    return {"key": heat.key, "hours": heat.hours, "rows": rows}


def _short(value: Value, unit: str) -> str:
    return "" if value is None else told(round(value), unit)


def _table(table: Table, lang: str) -> dict[str, Any]:
    most = table.longest or 1
    rows = [
        {
            "name": row_name(row, lang),
            "cells": [
                told(value, column.unit) for value, column in zip(row.values, table.columns, strict=True)
            ],
            "bar": round(FULL * (row.values[table.bar] or 0) / most) if table.bar >= 0 else None,
        }
        for row in table.rows[:ON_SCREEN]
    ]
    heads = [(column.key, f"report.unit.{column.unit}", column.unit) for column in table.columns]
    left = max(0, len(table.rows) - ON_SCREEN)
    return {"name": table.name, "key": table.key, "heads": heads, "rows": rows, "left": left}
