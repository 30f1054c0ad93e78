"""The data that plans rest on, as tables."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from boxwright.catalog import Materials
from boxwright.cli.output import table_of, titled
from boxwright.domain.factor import CARRIED, AccountingProfile, Coverage, Stage
from boxwright.domain.material import Collection, Material
from boxwright.protection import drop_height_mm

_SECTIONS: dict[str, tuple[tuple[str, ...], Callable[[Materials], Iterable[tuple[object, ...]]]]] = {
    "Materials": (
        ("Material", "Kind", "Plastic", "Composts", "Collected", "Read"),
        lambda materials: (
            (each.material_id, each.kind, each.plastic, each.compostability, _collecting(each, materials), _read(each))
            for each in materials.materials
        ),
    ),
    "Dunnage": (
        ("Dunnage", "Kind", "Material", "Read"),
        lambda materials: (
            (each.dunnage_id, each.kind.replace("_", " "), each.material_id, _read(each)) for each in materials.dunnage
        ),
    ),
    "Handling profiles": (
        ("Handling profile", "Drop of light goods, mm", "Drop of 10 kg, mm", "Drops", "Read", "Network"),
        lambda materials: (
            (
                *(each.profile_id, drop_height_mm(1, materials, each.profile)),
                *(drop_height_mm(10_000_000, materials, each.profile), each.drops),
                *(all(map(_read, materials.drop_heights[each.profile])), each.network),
            )
            for each in materials.handling_profiles.values()
        ),
    ),
    "Lifting profiles": (
        ("Lifting profile", "Several at most, kg", "Heavy above, kg", "Team lift above, kg", "Read"),
        lambda materials: (
            (
                each.profile_id,
                *(limit or "none" for limit in (each.several_at_most_kg, each.heavy_above_kg, each.team_lift_above_kg)),
                _read(each),
            )
            for each in materials.lifting_profiles.values()
        ),
    ),
    "Fragility classes": (
        ("Fragility class", "G below", "Gap mm", "To walls mm", "Carries at most", "Read", "Such as"),
        lambda materials: (
            (
                *(
                    each.fragility_class,
                    each.g_below or "",
                    2 * each.half_gap_mm,
                    each.half_gap_mm + each.wall_margin_mm,
                ),
                *("" if each.max_load_g is None else f"{each.max_load_g:f} g", _read(each), each.note),
            )
            for each in materials.fragility_classes.values()
        ),
    ),
    "Articles": (
        ("Article", "Fragility class", "Pack", "Upright", "Read", "Why"),
        lambda materials: (
            (
                *(each.article, each.fragility_class, each.needs_tested_pack, each.upright),
                *(_read(each), f"refused: {each.refused}" if each.refused else each.reason),
            )
            for each in materials.articles.values()
        ),
    ),
    "Boards": (
        ("Board", "Flute", "Caliper mm", "g per m2", "Read", "ECT kN/m", "Read"),
        lambda materials: (
            (
                *(each.board_id, each.flute, each.caliper_mm, each.grammage_g_per_m2, _read(each)),
                *(each.edge_crush_kn_per_m, each.strength_read_in_source),
            )
            for each in materials.boards
        ),
    ),
    "Tape rules": (
        ("Tape rule", "Strips along seams", "Strips across edges", "Read"),
        lambda materials: (
            (each.rule_id, each.seam_strips, each.edge_strips, _read(each)) for each in materials.tape_rules
        ),
    ),
    "Accounting profiles": (
        ("=Profile", "Year", ">Factors", "Read", "Licence", "GWP basis"),
        lambda materials: (
            (
                *(each.profile_id, each.year, len(each.factors), sum(map(_read, each.factors))),
                *(each.licence, each.gwp_basis),
            )
            for each in materials.profiles
        ),
    ),
    "What they follow and what they lack": (
        ("=Profile", "Standard", "Missing"),
        lambda materials: (
            (each.profile_id, each.standard, "; ".join(_missing(each, materials))) for each in materials.profiles
        ),
    ),
    "Carrier services": (
        ("Carrier service", "From", "To", "Read"),
        lambda materials: (
            (each.service_id, each.effective_from or "", each.effective_to or "", _read(each))
            for each in materials.carrier_rules
        ),
    ),
}
"""Tables by title: their columns, and the values of their rows."""


def materials_parts(materials: Materials) -> Iterator[RenderableType]:
    """Yield the version of the data, then each of its tables with its title."""
    yield Text(f"data {materials.version} {materials.content_hash}")
    for title, (columns, rows) in _SECTIONS.items():
        yield titled(title, table_of(columns, [[_text(value) for value in row] for row in rows(materials)]))


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
        cells = [each for each in profile.coverage if each.component is component and each.coverage is Coverage.MISSING]
        if cells:
            stages = (each.stage.value.removeprefix("transport_").replace("_", " ") for each in cells)
            yield f"{component.value} {', '.join(stages)}"
    for stage in (Stage.PRODUCTION, Stage.END_OF_LIFE):
        lacking = [
            each.material_id
            for each in materials.materials
            if not any(profile.factor(each.material_id, one) for one in (stage, Stage.CRADLE_TO_GRAVE))
        ]
        if lacking:
            yield f"{stage.value.replace('_', ' ')} of {', '.join(lacking)}"
    if not any(factor.stage is Stage.REUSE for factor in profile.factors):
        yield "washing"
