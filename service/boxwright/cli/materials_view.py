"""The data that plans rest on, as tables."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from boxwright.catalog import Materials
from boxwright.cli.output import table_of, titled
from boxwright.domain.factor import CARRIED, AccountingProfile, Coverage, Stage
from boxwright.domain.material import Collection, Material
from boxwright.protection import drop_height_mm


def materials_parts(materials: Materials) -> Iterator[RenderableType]:
    """Yield the version of the data, then each of its tables with its title."""
    yield Text(f"data {materials.version} {materials.content_hash}")
    for title, columns, rows in _tables(materials):
        yield titled(title, table_of(columns, [[_text(value) for value in row] for row in rows]))


def _tables(data: Materials) -> Iterator[tuple[str, tuple[str, ...], Iterable[tuple[object, ...]]]]:
    """Yield title, columns, and the values of the rows of each table."""
    yield (
        "Materials",
        ("Material", "Kind", "Plastic", "Composts", "Collected", "Read"),
        [
            (row.material_id, row.kind, row.plastic, row.compostability, _collecting(row, data), _read(row))
            for row in data.materials
        ],
    )
    dunnage = [(row.dunnage_id, row.kind.replace("_", " "), row.material_id, _read(row)) for row in data.dunnage]
    yield "Dunnage", ("Dunnage", "Kind", "Material", "Read"), dunnage
    handling = [
        (
            *(row.profile_id, drop_height_mm(1, data, row.profile), drop_height_mm(10_000_000, data, row.profile)),
            *(row.drops, all(map(_read, data.drop_heights[row.profile])), row.network),
        )
        for row in data.handling_profiles.values()
    ]
    drops = ("Drop of light goods, mm", "Drop of 10 kg, mm", "Drops")
    yield "Handling profiles", ("Handling profile", *drops, "Read", "Network"), handling
    lifting = [
        (
            row.profile_id,
            *(limit or "none" for limit in (row.several_at_most_kg, row.heavy_above_kg, row.team_lift_above_kg)),
            _read(row),
        )
        for row in data.lifting_profiles.values()
    ]
    limits = ("Several at most, kg", "Heavy above, kg", "Team lift above, kg")
    yield "Lifting profiles", ("Lifting profile", *limits, "Read"), lifting
    fragility = [
        (
            *(row.fragility_class, row.g_below or "", 2 * row.half_gap_mm, row.half_gap_mm + row.wall_margin_mm),
            *("" if row.max_load_g is None else f"{row.max_load_g:f} g", _read(row), row.note),
        )
        for row in data.fragility_classes.values()
    ]
    gaps = ("G below", "Gap mm", "To walls mm", "Carries at most")
    yield "Fragility classes", ("Fragility class", *gaps, "Read", "Such as"), fragility
    articles = [
        (
            *(row.article, row.fragility_class, row.needs_tested_pack, row.upright, _read(row)),
            f"refused: {row.refused}" if row.refused else row.reason,
        )
        for row in data.articles.values()
    ]
    yield "Articles", ("Article", "Fragility class", "Pack", "Upright", "Read", "Why"), articles
    boards = [
        (
            *(row.board_id, row.flute, row.caliper_mm, row.grammage_g_per_m2, _read(row)),
            *(row.edge_crush_kn_per_m, row.strength_read_in_source),
        )
        for row in data.boards
    ]
    yield "Boards", ("Board", "Flute", "Caliper mm", "g per m2", "Read", "ECT kN/m", "Read"), boards
    taping = [(row.rule_id, row.seam_strips, row.edge_strips, _read(row)) for row in data.tape_rules]
    yield "Tape rules", ("Tape rule", "Strips along seams", "Strips across edges", "Read"), taping
    yield (
        "Accounting profiles",
        ("=Profile", "Year", ">Factors", "Read", "Licence", "GWP basis"),
        [
            (row.profile_id, row.year, len(row.factors), sum(map(_read, row.factors)), row.licence, row.gwp_basis)
            for row in data.profiles
        ],
    )
    lacks = [(row.profile_id, row.standard, "; ".join(_missing(row, data))) for row in data.profiles]
    yield "What they follow and what they lack", ("=Profile", "Standard", "Missing"), lacks
    carriers = [
        (row.service_id, row.effective_from or "", row.effective_to or "", _read(row)) for row in data.carrier_rules
    ]
    yield "Carrier services", ("Carrier service", "From", "To", "Read"), carriers


def _read(row: Any) -> bool:
    return bool(row.read_in_source)


def _text(value: object) -> str:
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _collecting(material: Material, materials: Materials) -> str:
    """Return the markets where a material is collected as a matter of course."""
    streams = ((market.market_id, market.stream(material.material_id)) for market in materials.markets)
    return " ".join(name for name, stream in streams if stream and stream.collection is Collection.COLLECTED)


def _missing(profile: AccountingProfile, materials: Materials) -> Iterator[str]:
    """Yield the stages and the materials that a profile has no factors for."""
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
