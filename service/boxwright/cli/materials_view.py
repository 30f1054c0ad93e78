"""The data that plans rest on, as tables."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from boxwright.catalog import Materials
from boxwright.cli.tables import plain_table
from boxwright.domain.factor import CARRIED, AccountingProfile, Coverage, Stage
from boxwright.domain.material import Collection
from boxwright.protection import drop_height_mm


def materials_parts(materials: Materials) -> Iterator[RenderableType]:
    """Yield version, materials, dunnage, handling, lifting, fragility, boards, tape rules, profiles, carriers."""
    yield Text(f"data {materials.version} {materials.content_hash}")
    table = plain_table("Material", "Kind", "Plastic", "Composts", "Collected", "Read")
    for material in materials.materials:
        plastic = "yes" if material.plastic else "no"
        composts = "not known" if material.compostability is None else material.compostability.value
        collected = [
            market.market_id
            for market in materials.markets
            if (stream := market.stream(material.material_id)) and stream.collection is Collection.COLLECTED
        ]
        claims = plastic, composts, " ".join(collected), _said(material.read_in_source)
        table.row(material.material_id, material.kind.value, *claims)
    yield _titled("Materials", table)
    table = plain_table("Dunnage", "Kind", "Material", "Read")
    for dunnage in materials.dunnage:
        kind = dunnage.kind.value.replace("_", " ")
        table.row(dunnage.dunnage_id, kind, dunnage.material_id, _said(dunnage.read_in_source))
    yield _titled("Dunnage", table)
    table = plain_table("Handling profile", "Drop up to 10 kg, mm", "Drops", "Read", "Network")
    for handling in materials.handling_profiles.values():
        height = f"{drop_height_mm(10_000_000, materials, handling.profile):f}"
        drops = "not known" if handling.drops is None else f"{handling.drops}"
        known = _said(all(band.read_in_source for band in materials.drop_heights[handling.profile]))
        table.row(handling.profile_id, height, drops, known, handling.network)
    yield _titled("Handling profiles", table)
    table = plain_table("Lifting profile", "Several at most, kg", "Heavy above, kg", "Team lift above, kg", "Read")
    for lifting in materials.lifting_profiles.values():
        kilograms = [
            "none" if each is None else f"{each:f}"
            for each in (lifting.several_at_most_kg, lifting.heavy_above_kg, lifting.team_lift_above_kg)
        ]
        table.row(lifting.profile_id, *kilograms, _said(lifting.read_in_source))
    yield _titled("Lifting profiles", table)
    table = plain_table("Fragility class", "G", "Carries at most", "Read", "Such as")
    for fragility in materials.fragility_classes.values():
        load = "" if fragility.max_load_g is None else f"{fragility.max_load_g:f} g"
        levels = f"{fragility.g_low:f} to {fragility.g_high:f}"
        table.row(fragility.fragility_class.value, levels, load, _said(fragility.read_in_source), fragility.note)
    yield _titled("Fragility classes", table)
    table = plain_table("Board", "Flute", "Caliper mm", "g per m2", "Read", "ECT kN/m", "Read")
    for board in materials.boards:
        crush = "not known" if board.edge_crush_kn_per_m is None else f"{board.edge_crush_kn_per_m:f}"
        figures = f"{board.caliper_mm:f}", f"{board.grammage_g_per_m2:f}", _said(board.read_in_source)
        table.row(board.board_id, board.flute, *figures, crush, _said(board.strength_read_in_source))
    yield _titled("Boards", table)
    table = plain_table("Tape rule", "Strips along seams", "Strips across edges", "Read")
    for tape in materials.tape_rules:
        table.row(tape.rule_id, str(tape.seam_strips), str(tape.edge_strips), _said(tape.read_in_source))
    yield _titled("Tape rules", table)
    table = plain_table("Profile", "Year", "Factors", "Read", "Licence", "GWP basis")
    for profile in materials.profiles:
        read = sum(factor.read_in_source for factor in profile.factors)
        figures = profile.year, str(len(profile.factors)), str(read)
        table.row(profile.profile_id, *figures, profile.licence, profile.gwp_basis)
    yield _titled("Accounting profiles", table)
    table = plain_table("Profile", "Standard", "Missing")
    for profile in materials.profiles:
        table.row(profile.profile_id, profile.standard, "; ".join(_missing(profile, materials)))
    yield _titled("What they follow and what they lack", table)
    table = plain_table("Carrier service", "From", "To", "Read")
    for rule in materials.carrier_rules:
        first, last = (day.isoformat() if day else "" for day in (rule.effective_from, rule.effective_to))
        table.row(rule.service_id, first, last, _said(rule.read_in_source))
    yield _titled("Carrier services", table)


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


def _titled(title: str, table: Table) -> Group:
    return Group(Text(title, style="bold"), table)


def _said(flag: bool) -> str:
    return "yes" if flag else "no"
