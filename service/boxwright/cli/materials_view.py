"""Shows the data behind plans."""

import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from boxwright.catalog import Materials
from boxwright.cli.output import table_of, titled
from boxwright.domain.factor import CARRIED, AccountingProfile, Coverage, Stage
from boxwright.domain.material import Collection, Material
from boxwright.protection import drop_height_mm

OLD_MONTHS = 18
"""Age in months from which rows are listed; publishers update yearly."""
_TABLES = {
    "Materials": ("materials", "material_id kind plastic compostability collected_in read_in_source"),
    "Dunnage": ("dunnage", "dunnage_id kind material_id read_in_source"),
    "Handling profiles": (
        "handling_profiles",
        "profile_id light_goods_drop_mm 10_kg_drop_mm drops heights_read network",
    ),
    "Lifting profiles": (
        "lifting_profiles",
        "profile_id several_at_most_kg heavy_above_kg team_lift_above_kg read_in_source",
    ),
    "Fragility classes": (
        "fragility_classes",
        "fragility_class g_below gap_mm to_walls_mm max_load_g read_in_source note",
    ),
    "Articles": ("articles", "article fragility_class pack_from upright read_in_source refused reason"),
    "Special handling": ("special_handling", "special_handling upright mailer read_in_source mark step"),
    "Boards": (
        "boards",
        "board_id flute caliper_mm grammage_g_per_m2 read_in_source edge_crush_kn_per_m strength_read_in_source",
    ),
    "Tape rules": ("tape_rules", "rule_id seam_strips edge_strips read_in_source"),
    "Accounting profiles": ("profiles", "=profile_id year >factor_count >factors_read licence gwp_basis"),
    "What they follow and what they lack": ("profiles", "=profile_id standard missing"),
    "Carrier services": ("carrier_rules", "service_id effective_from effective_to read_in_source"),
}
"""Attribute of ``Materials`` and columns of each table, by title."""


def materials_parts(data: Materials) -> Iterator[RenderableType]:
    """Yield the version of the data, and their tables."""
    worked_out: dict[str, Callable[[Any], object]] = {
        "collected_in": lambda row: _collecting(row, data),
        "light_goods_drop_mm": lambda row: drop_height_mm(1, data, row.profile),
        "10_kg_drop_mm": lambda row: drop_height_mm(10_000_000, data, row.profile),
        "heights_read": lambda row: all(height.read_in_source for height in data.drop_heights[row.profile]),
        "gap_mm": lambda row: 2 * row.half_gap_mm,
        "to_walls_mm": lambda row: row.half_gap_mm + row.wall_margin_mm,
        "factor_count": lambda row: len(row.factors),
        "factors_read": lambda row: sum(bool(factor.read_in_source) for factor in row.factors),
        "missing": lambda row: "; ".join(_missing(row, data)),
    }
    yield Text(f"data {data.version} {data.content_hash}")
    for title, (kind, columns) in _TABLES.items():
        found = getattr(data, kind)
        names = [column.lstrip("=>") for column in columns.split()]
        rows = [
            [_text(worked_out[name](row) if name in worked_out else getattr(row, name)) for name in names]
            for row in (found.values() if isinstance(found, Mapping) else found)
        ]
        heads = [column.replace("read_in_source", "read").replace("_", " ") for column in columns.split()]
        yield titled(title, table_of(heads, rows))


def old_rows(data: Materials, day: datetime.date) -> Iterator[RenderableType]:
    """Yield a table of the emission factors and dunnage that are older than ``OLD_MONTHS`` on a day, oldest first."""
    dated = [(factor.factor_id, factor.year) for profile in data.profiles for factor in profile.factors]
    dated += [(f"dunnage/{dunnage.dunnage_id}", dunnage.year) for dunnage in data.dunnage]
    rows, undated = [], []
    for name, year in dated:
        years = re.findall(r"\b(?:19|20)\d\d\b", year)
        if not years:
            undated.append(name)
            continue
        months = 12 * (day.year - int(max(years))) + day.month - 13  # whole months since the end of the year
        if months >= OLD_MONTHS:
            rows.append((-months, name, year))
    table = table_of(
        ["row", "year", ">months since"], [(name, year, str(-months)) for months, name, year in sorted(rows)]
    )
    yield titled(f"{len(rows)} of {len(dated)} rows are older than {OLD_MONTHS} months on {day}", table)
    if undated:
        yield Text(f"without a year: {', '.join(undated)}")


def _text(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _collecting(material: Material, materials: Materials) -> str:
    streams = ((market.market_id, market.stream(material.material_id)) for market in materials.markets)
    return " ".join(name for name, stream in streams if stream and stream.collection is Collection.COLLECTED)


def _missing(profile: AccountingProfile, materials: Materials) -> Iterator[str]:
    for component in sorted(CARRIED):
        cells = [cell for cell in profile.coverage if cell.component is component and cell.coverage is Coverage.MISSING]
        if cells:
            stages = (cell.stage.value.removeprefix("transport_").replace("_", " ") for cell in cells)
            yield f"{component.value} {', '.join(stages)}"
    for stage in (Stage.PRODUCTION, Stage.END_OF_LIFE):
        lacking = [
            material.material_id
            for material in materials.materials
            if not any(profile.factor(material.material_id, one) for one in (stage, Stage.CRADLE_TO_GRAVE))
        ]
        if lacking:
            yield f"{stage.value.replace('_', ' ')} of {', '.join(lacking)}"
    if not any(factor.stage is Stage.REUSE for factor in profile.factors):
        yield "washing"
