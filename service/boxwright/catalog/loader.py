"""Loads a data folder into ``Materials``, once per folder and process."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from boxwright.catalog import rows
from boxwright.catalog.carriers import read_carrier
from boxwright.catalog.columns import columns_of, stated
from boxwright.catalog.files import FolderReader
from boxwright.catalog.folder import materials_folder
from boxwright.catalog.materials import Market, Materials
from boxwright.catalog.places import read_places
from boxwright.catalog.profiles import LOGARITHMS, RATIOS, complete, read_factors, read_profile, spread_of, with_range
from boxwright.domain.carrier import CarrierRule
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.factor import AccountingProfile, EmissionFactor
from boxwright.domain.fields import Ruled
from boxwright.domain.material import Board, Material, RecyclingStream
from boxwright.domain.order import FragilityClass, SpecialHandling

SETTINGS_FILE = "data.toml"
Broken = Iterator[tuple[str, str]]
"""Column and broken rule of each fault of a row."""
_PROVENANCE = ("year", "region", "source", "read_in_source", "source_grade", "note")
DUNNAGE = {
    "dunnage.csv": (
        *("dunnage_id", "kind", "material_id", "density_kg_per_m3", "cushion_factor"),
        *("min_thickness_mm", "max_thickness_mm", "min_static_stress_kpa", "max_static_stress_kpa"),
        *("multi_drop_factor", "grammage_g_per_m2", "width_mm", "seam_overlap_mm", "cushions", *_PROVENANCE),
    ),
    "blocking_and_labels.csv": (*("dunnage_id", "kind", "material_id", "density_kg_per_m3", "piece_g", *_PROVENANCE),),
}
"""Columns of the tables of dunnage, by file."""
RULE_FIGURES: dict[str, dict[str, tuple[str, ...]]] = {
    "blocking_rules.csv": {
        "kg": ("least_mass", "dense_mass", "beside_fragile_mass"),
        "mm": ("least_gap",),
        "times": ("beside_fragile",),
        "g/cm3": ("hard_density", "unit_density"),
        "ratio": ("least_share",),
    },
    "plausibility_rules.csv": {
        "g/cm3": (
            *("least_density", "most_density", "dense", "least_read_density", "most_read_density"),
            "most_light_density",
        ),
        "mm": ("least_edge", "small_edge"),
        "g": ("light_mass",),
    },
    "protection_rules.csv": {
        "ratio": (
            *("boxed_bears", "light_bears", "least_borne", "buckling_factor", "mostly_empty"),
            *("scale_goods_share", "scale_packaging_share", "wrap_cover", "slim_box", "flat_unit"),
            "stronger_carton",
        ),
        "mm": ("box_in_box_gap_mm", "compartment_play_mm", "least_pad_mm", "light_edge_mm"),
        "m per g/cm3": ("borne_pile",),
        "kg": ("several_in_mailer", "dense_in_single_wall", "apart_mass", "card_mass"),
        "cm2": ("small_in_mailer",),
    },
}
"""Required figures of rules, by file and unit."""


@dataclass(frozen=True)
class _Settings(Ruled):
    version: str
    default_drop_profile: str
    default_lifting_profile: str
    default_tape_rule: str
    default_dunnage: tuple[str, ...]


def load_materials(folder: Path | None = None) -> Materials:
    """Return the data of a folder, cached by folder.

    Parameters
    ----------
    folder : Path, optional
        Default: the folder that the environment variable BOXWRIGHT_MATERIALS names or, if it is not set, the shipped
        one.

    Raises
    ------
    DataFileError
        If a file is malformed or incomplete, with file, row and field of its faults.
    InvalidInputError
        If the folder in BOXWRIGHT_MATERIALS does not exist.
    """
    return _load(_resolved(folder or materials_folder()))


def read_materials(folder: Path) -> Materials:
    """Return the data in the present files of a folder, with postal regions; errors as for ``load_materials``."""
    materials = _read(folder.resolve())
    _ = materials.places.regions
    return materials


def forget_loaded() -> None:
    """Clear the cache after a change of a folder."""
    _load.cache_clear()
    _resolved.cache_clear()


@cache
def _resolved(folder: Path) -> Path:
    """Return the path without links; cached, since every plan needs it."""
    return folder.resolve()


def _read(folder: Path) -> Materials:
    reader = FolderReader(folder)
    settings = reader.settings(SETTINGS_FILE, _Settings)
    materials = reader.rows("materials.csv", Material, "material_id")
    reader.ids["material_id"] = {material.material_id for material in materials}
    dunnage = _dunnage(reader, settings.default_dunnage)
    boards = reader.rows("boards.csv", Board, "board_id", refers=["material_id"])
    carrier_rules = _carrier_rules(reader)
    reader.ids["carrier"] = {rule.service_id.partition("/")[0] for rule in carrier_rules}
    margins = reader.rows("carrier_margins.csv", rows.CarrierMargin, "fragility_class", "carrier", refers=["carrier"])
    drop_heights = _drop_heights(reader, settings.default_drop_profile)
    # Handling profiles and drop heights must have the same names.
    reader.ids["profile"] = {*drop_heights}
    handling = reader.rows(
        "handling_profiles.csv", rows.HandlingProfile, "profile", refers=["profile"], needed=drop_heights
    )
    ranges = {
        row.rule_id: spread_of(row)
        for row in reader.rows("range_rules.csv", rows.RangeRule, "rule_id", needed=("verified", "unverified"))
    }
    allowances = reader.rows("blank_allowances.csv", rows.BlankAllowance, "allowance_id", needed=rows.BLANK_ALLOWANCES)
    of_lifting = columns_of(rows.LiftingProfile, defaults=stated(rows.LiftingProfile), read={"licence": rows.licence})
    needed = (settings.default_lifting_profile,)
    lifting = reader.rows("lifting_profiles.csv", rows.LiftingProfile, "profile", columns=of_lifting, needed=needed)
    carbon = reader.rows("carbon_contents.csv", rows.CarbonContent, "material_id", refers=["material_id"])
    handling_rules = reader.rows(
        "special_handling.csv", rows.SpecialHandlingRule, "special_handling", needed=tuple(SpecialHandling)
    )
    return Materials(
        materials=materials,
        boards=boards,
        dunnage=dunnage,
        profiles=_profiles(reader, {True: ranges["verified"], False: ranges["unverified"]}),
        carrier_rules=carrier_rules,
        distance_adjustments=reader.rows("distance_adjustments.csv", rows.DistanceAdjustment, "mode"),
        mean_densities=reader.rows("mean_densities.csv", rows.MeanDensity, "subject", "profile_id", optional=True),
        fragility_classes=_fragility_classes(reader),
        carrier_margins={(row.carrier, row.fragility_class): row for row in margins},
        articles={row.article: row for row in reader.rows("articles.csv", rows.Article, "article")},
        special_handling={row.special_handling: row for row in handling_rules},
        drop_heights=drop_heights,
        blank_allowances={row.allowance_id: row.value_mm for row in allowances},
        markets=_markets(reader),
        strength_figures=_strength_figures(reader),
        certificate_grades=reader.rows("box_certificates.csv", rows.CertificateGrade, "grade_id"),
        parcel_limits={
            row.board: row for row in reader.rows("parcel_limits.csv", rows.ParcelLimit, "board", optional=True)
        },
        carbon_contents={row.material_id: row for row in carbon},
        tape_rules=reader.rows("tape_rules.csv", rows.TapeRule, "rule_id", needed=(settings.default_tape_rule,)),
        blocking_rules=_rule_figures(reader, "blocking_rules.csv"),
        plausibility_rules=_rule_figures(reader, "plausibility_rules.csv"),
        protection_rules=_rule_figures(reader, "protection_rules.csv"),
        handling_profiles={row.profile: row for row in handling},
        lifting_profiles={row.profile: row for row in lifting},
        mass_ranges=_mass_ranges(reader, boards, dunnage),
        epr_codes={
            (row.scheme, row.material_id): row
            for row in reader.rows(
                *("epr_codes.csv", rows.EprCode, "material_id", "scheme"), refers=["material_id"], optional=True
            )
        },
        unverified_spread=ranges["unverified"],
        places=read_places(reader),
        content_hash=reader.content_hash(),
        folder=folder,
        **asdict(settings),
    )


_load = cache(_read)


def _dunnage(reader: FolderReader, default: Iterable[str]) -> tuple[Dunnage, ...]:
    found: dict[str, Dunnage] = {}

    def check(row: Dunnage, *_: object) -> Broken:
        if row.dunnage_id in found:
            yield "dunnage_id", f"must not be in dunnage.csv too, got {row.dunnage_id!r}"

    for file, names in DUNNAGE.items():
        columns = columns_of(Dunnage, *names, defaults={**stated(Dunnage, "year", "region"), "cushions": False})
        table = reader.rows(file, Dunnage, "dunnage_id", columns=columns, refers=["material_id"], check=check)
        found |= {row.dunnage_id: row for row in table}
    with reader.faults_of(SETTINGS_FILE) as faults:
        for index, dunnage_id in enumerate(default):
            if dunnage_id not in found:
                faults.add(f"default_dunnage[{index}]", f"must be the id of known dunnage, got {dunnage_id!r}")
    return tuple(found[dunnage_id] for dunnage_id in sorted(found))


def _drop_heights(reader: FolderReader, default: str) -> dict[str, tuple[rows.DropHeight, ...]]:

    def check(band: rows.DropHeight, bands: Sequence[rows.DropHeight]) -> Broken:
        lighter = [other for other in bands if other.profile == band.profile and other.above_kg < band.above_kg]
        before = max(lighter, key=lambda other: other.above_kg, default=None)
        expected = before.up_to_kg if before else 0
        if band.above_kg != expected:
            yield "above_kg", f"must be {expected}, where the previous band of {band.profile} ends"
        if before and band.height_mm > before.height_mm:
            yield "height_mm", f"must not be above {before.height_mm}, the height of lighter parcels"

    table = reader.rows("drop_heights.csv", rows.DropHeight, "profile", "above_kg", needed=(default,), check=check)
    ordered = groupby(sorted(table, key=lambda row: (row.profile, row.above_kg)), lambda row: row.profile)
    return {profile: tuple(bands) for profile, bands in ordered}


def _fragility_classes(reader: FolderReader) -> dict[FragilityClass, rows.FragilityRule]:

    def check(row: rows.FragilityRule, table: Sequence[rows.FragilityRule]) -> Broken:
        if row.g_below is not None and [other.g_below for other in table].count(row.g_below) > 1:
            yield "g_below", f"must be unique, got {row.g_below}"

    file, kind = "fragility_classes.csv", rows.FragilityRule
    table = {
        row.fragility_class: row
        for row in reader.rows(file, kind, "fragility_class", needed=FragilityClass, check=check)
    }
    return {name: table[name] for name in FragilityClass}


def _markets(reader: FolderReader) -> tuple[Market, ...]:

    def check_rule(row: rows.MarketRule, *_: object) -> Broken:
        for column in ("material_ids", "exempt_material_ids"):
            if unknown := set(getattr(row, column)) - reader.ids["material_id"]:
                yield column, f"must be ids of known materials, got {', '.join(sorted(unknown))}"
        place = row.market_id, row.instrument, row.provision
        if rule_at.setdefault(place, row.rule_id) != row.rule_id:
            yield "provision", f"must be unique, but rule {rule_at[place]!r} has it too"

    rule_at: dict[tuple[str, str, str], str] = {}
    rules = reader.rows("market_rules.csv", rows.MarketRule, "rule_id", check=check_rule)
    names = {rule.market_id: rule.market_name for rule in rules}
    market_of: dict[str, str] = {}

    def check(row: rows.MarketCountries, *_: object) -> Broken:
        name = names.setdefault(row.market_id, row.market_name)
        if name != row.market_name:
            yield "market_name", f"must be {name!r} as in market_rules.csv, got {row.market_name!r}"
        for code in row.country_codes:
            if market_of.setdefault(code, row.market_id) != row.market_id:
                yield "country_codes", f"must not be in two markets, but {code} is in {market_of[code]!r} too"

    countries = reader.rows("markets.csv", rows.MarketCountries, "market_id", "part", check=check)

    def codes(market_id: str, *, inside: bool) -> tuple[str, ...]:
        parts = (row.country_codes for row in countries if row.market_id == market_id and row.inside is inside)
        return tuple(chain.from_iterable(parts))

    reader.ids["market_id"] = set(names)
    both = ("material_id", "market_id")
    streams = reader.rows("recycling_streams.csv", RecyclingStream, *both, refers=both)
    return tuple(
        Market(
            market_id,
            names[market_id],
            tuple(rule for rule in rules if rule.market_id == market_id),
            codes(market_id, inside=True),
            tuple(stream for stream in streams if stream.market_id == market_id),
            codes(market_id, inside=False),
        )
        for market_id in sorted(names)
    )


def _profiles(reader: FolderReader, spreads: Mapping[bool, Decimal]) -> tuple[AccountingProfile, ...]:
    documents: dict[str, tuple[str, AccountingProfile]] = {}
    for path in sorted((reader.folder / "profiles").glob("*.toml")):
        with reader.faults_of(path.name) as faults:
            profile = read_profile(path, faults)
            if profile is not None and profile.profile_id in documents:
                faults.add("profile_id", f"must be unique, {profile.profile_id!r} is repeated")
        assert profile is not None  # otherwise a fault was raised above
        documents[profile.profile_id] = (path.name, profile)
        reader.keep(path.name, [profile])
    factors = _factors(reader, documents)
    reader.ids["source"] = {factor.source for rows_of in factors.values() for factor in rows_of}
    read: dict[str, dict[str, Any]] = {
        row.source: {"read_on": str(row.read_on), "copy_sha256": row.copy_sha256}
        for row in reader.rows("documents.csv", rows.Document, "source", refers=["source"], optional=True)
    }
    profiles = []
    for profile_id, (name, profile) in sorted(documents.items()):
        with reader.faults_of(name) as faults:
            ranged = [with_range(factor, spreads[factor.read_in_source]) for factor in factors[profile_id]]
            evident = [replace(factor, **read.get(factor.source, {})) for factor in ranged]
            profiles.append(complete(profile, evident, faults))
    return tuple(profiles)


def _factors(reader: FolderReader, profile_ids: Iterable[str]) -> dict[str, list[EmissionFactor]]:
    found: dict[str, list[EmissionFactor]] = {profile_id: [] for profile_id in profile_ids}
    seen: dict[object, str] = {}
    for path in sorted((reader.folder / "factors").glob("*.csv")):
        with reader.faults_of(path.name) as faults:
            for row, factor in read_factors(path, reader.ids["material_id"], faults):
                if factor.profile_id not in found:
                    known = ", ".join(sorted(found))
                    faults.row(row).add("profile_id", f"must be one of {known}, got {factor.profile_id!r}")
                    continue
                same = (factor.profile_id, factor.subject, factor.stage, factor.recycled_content)
                for field, key in (("factor_id", factor.factor_id), ("subject", same)):
                    where = f"{path.name} row {row}"
                    if seen.setdefault(key, where) != where:
                        what = "id" if field == "factor_id" else "profile, subject and stage"
                        faults.row(row).add(field, f"must be unique, but {seen[key]} has the same {what}")
                found[factor.profile_id].append(factor)
    for profile_id, factors in found.items():
        reader.keep(f"factors of {profile_id}", factors)
    return found


def _carrier_rules(reader: FolderReader) -> tuple[CarrierRule, ...]:
    found: dict[str, str] = {}
    rules: list[CarrierRule] = []
    for path in sorted((reader.folder / "carriers").glob("*.toml")):
        with reader.faults_of(path.name) as faults:
            of_carrier = read_carrier(path, faults)
            for service_id in dict.fromkeys(rule.service_id for rule in of_carrier):
                if found.setdefault(service_id, path.name) != path.name:
                    faults.add("services", f"must be unique, {service_id!r} of {found[service_id]} is repeated")
        rules += of_carrier
        reader.keep(path.name, of_carrier)
    return tuple(sorted(rules, key=lambda rule: (rule.service_id, str(rule.effective_from or ""))))


def _mass_ranges(
    reader: FolderReader, boards: Iterable[Board], dunnage: Iterable[Dunnage]
) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    """Return, by kind and id, the ends of the ranges of grammage, density or piece mass, divided by the value."""
    values = {("board", board.board_id): (board.grammage_g_per_m2, "g/m2") for board in boards}
    for piece in dunnage:
        figures = ((piece.density_kg_per_m3, "kg/m3"), (piece.grammage_g_per_m2, "g/m2"), (piece.piece_g, "g"))
        for value, unit in figures:
            if value is not None:
                values["dunnage", piece.dunnage_id] = (value, unit)

    def check(row: rows.MassRange, *_: object) -> Broken:
        value, unit = values.get((row.kind, row.subject), (None, ""))
        if value is None:
            yield "subject", f"must be the id of known {row.kind}, got {row.subject!r}"
        elif row.unit != unit:
            yield "unit", f"must be {unit}, the unit of the value, got {row.unit}"
        elif not row.low <= value <= row.high:
            yield "low", f"must be at most the value, {value}, and high at least the value"

    found = {}
    for row in reader.rows("mass_ranges.csv", rows.MassRange, "subject", "kind", optional=True, check=check):
        value, _ = values[row.kind, row.subject]
        low, high = (LOGARITHMS.divide(end, value).quantize(RATIOS) for end in (row.low, row.high))
        found[row.kind, row.subject] = (low, high)
    return found


def _strength_figures(reader: FolderReader) -> dict[str, tuple[rows.StrengthFigure, ...]]:

    def check(row: rows.StrengthFigure, table: Sequence[rows.StrengthFigure]) -> Broken:
        others = [other for other in table if other.factor == row.factor and other is not row]
        if any(other.up_to == row.up_to for other in others):
            yield "factor", f"must have one row per step, got two of {row.factor}"
        elif any((other.up_to or 0) < (row.up_to or 0) and other.value < row.value for other in others):
            yield "value", f"must not rise with up_to for {row.factor}"

    table = reader.rows("strength.csv", rows.StrengthFigure, "row_id", check=check)
    steps = sorted(table, key=lambda row: row.up_to or 0)
    found = {factor: tuple(row for row in steps if row.factor == factor) for factor in rows.STRENGTH_FACTORS}
    with reader.faults_of("strength.csv") as faults:
        for factor in found:
            if not found[factor]:
                faults.add("factor", f"must have a row for {factor}")
    return found


def _rule_figures(reader: FolderReader, name: str) -> dict[str, rows.RuleFigure]:
    units = {rule_id: unit for unit, rule_ids in RULE_FIGURES[name].items() for rule_id in rule_ids}

    def check(row: rows.RuleFigure, *_: object) -> Broken:
        if row.unit != units.get(row.rule_id, row.unit):
            yield "unit", f"must be {units[row.rule_id]} for {row.rule_id}, got {row.unit!r}"

    reader.ids["rule_id"] = {*units}
    table = reader.rows(name, rows.RuleFigure, "rule_id", refers=["rule_id"], needed=units, check=check)
    return {row.rule_id: row for row in table}
