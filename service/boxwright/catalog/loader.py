"""Loads a data folder into Materials, once per folder and process."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from boxwright.catalog.carriers import read_carrier
from boxwright.catalog.columns import columns_of, read_noun, stated
from boxwright.catalog.documents import read_document
from boxwright.catalog.dunnage_rules import figure_rules
from boxwright.catalog.folder import materials_folder
from boxwright.catalog.folder_reader import FolderReader, Table
from boxwright.catalog.handling import (
    ARTICLES,
    read_drop_heights,
    read_fragility,
    read_handling,
    read_lifting,
    read_margins,
)
from boxwright.catalog.markets import read_markets
from boxwright.catalog.materials import Materials
from boxwright.catalog.places import place_rows
from boxwright.catalog.profiles import complete, read_factors, read_profile
from boxwright.catalog.ranges import LOGARITHMS, RATIOS, spread_of, with_ranges
from boxwright.catalog.rows import (
    BLANK_ALLOWANCES,
    STRENGTH_FACTORS,
    BlankAllowance,
    CarbonContent,
    CertificateGrade,
    DistanceAdjustment,
    MassRange,
    MeanDensity,
    ParcelLimit,
    RangeRule,
    RuleFigure,
    StrengthFigure,
    TapeRule,
)
from boxwright.domain.carrier import CarrierRule
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.factor import AccountingProfile, EmissionFactor
from boxwright.domain.fields import Ruled
from boxwright.domain.material import Board, Material

SETTINGS_FILE = "data.toml"


_PROVENANCE = ("year", "region", "source", "read_in_source", "source_grade", "note")
MATERIALS = Table("materials.csv", Material, ("material_id",))
BOARDS = Table("boards.csv", Board, ("board_id",), refers=("material_id",))
DUNNAGE = Table(
    "dunnage.csv",
    Dunnage,
    ("dunnage_id",),
    columns_of(
        Dunnage,
        *("dunnage_id", "kind", "material_id", "density_kg_per_m3", "cushion_factor"),
        *("min_thickness_mm", "max_thickness_mm", "min_static_stress_kpa", "max_static_stress_kpa"),
        *("multi_drop_factor", "grammage_g_per_m2", "width_mm", "seam_overlap_mm", "cushions", *_PROVENANCE),
        defaults={**stated(Dunnage, "year", "region"), "cushions": False},
    ),
    refers=("material_id",),
)
PIECES = Table(
    "blocking_and_labels.csv",
    Dunnage,
    ("dunnage_id",),
    columns_of(
        Dunnage,
        *("dunnage_id", "kind", "material_id", "density_kg_per_m3", "piece_g", *_PROVENANCE),
        defaults={**stated(Dunnage, "year", "region"), "cushions": False},
    ),
    refers=("material_id",),
)
DISTANCES = Table("distance_adjustments.csv", DistanceAdjustment, ("mode",))
DENSITIES = Table("mean_densities.csv", MeanDensity, ("subject", "profile_id"), optional=True)
ALLOWANCES = Table("blank_allowances.csv", BlankAllowance, ("allowance_id",), needed=BLANK_ALLOWANCES)
STRENGTH = Table("strength.csv", StrengthFigure, ("row_id",))
GRADES = Table("box_certificates.csv", CertificateGrade, ("grade_id",))
PARCEL_LIMITS = Table("parcel_limits.csv", ParcelLimit, ("board",), optional=True)
CARBON = Table("carbon_contents.csv", CarbonContent, ("material_id",), refers=("material_id",))
TAPE_RULES = Table("tape_rules.csv", TapeRule, ("rule_id",))
RANGE_RULES = Table("range_rules.csv", RangeRule, ("rule_id",), needed=("verified", "unverified"))
MASS_RANGES = Table("mass_ranges.csv", MassRange, ("subject", "kind"), optional=True)
RULE_FIGURES: dict[str, dict[str, tuple[str, ...]]] = {
    "blocking_rules.csv": {"kg": ("least_mass",), "mm": ("least_gap",)},
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
            *("boxed_bears", "least_borne", "buckling_factor", "mostly_empty"),
            *("scale_goods_share", "scale_packaging_share"),
        ),
        "mm": ("box_in_box_gap_mm", "compartment_play_mm", "least_pad_mm"),
        "m per g/cm3": ("borne_pile",),
    },
}
"""Figures of a rule by their units, by file: each must have a row."""


@dataclass(frozen=True)
class _Settings(Ruled):
    """What the settings of a folder say: its version, and what is used where nobody names another."""

    version: str
    default_drop_profile: str
    default_lifting_profile: str
    default_tape_rule: str
    default_dunnage: tuple[str, ...]


def load_materials(folder: Path | None = None) -> Materials:
    """Return the data of a folder; read once, then kept.

    Parameters
    ----------
    folder : Path, optional
        Default: the folder that the environment variable BOXWRIGHT_MATERIALS names, else the shipped one.

    Raises
    ------
    DataFileError
        If a file is malformed or incomplete; names file, row and field of every fault of it.
    InvalidInputError
        If the environment names a folder that does not exist.
    """
    return _load(_resolved(folder or materials_folder()))


def read_materials(folder: Path) -> Materials:
    """Return the data of a folder as they are now, with all that others read late; nothing of it is kept.

    Raises
    ------
    DataFileError
        If a file is malformed or incomplete, also among those that only derived legs need.
    """
    materials = _read(folder.resolve())
    _ = materials.places
    return materials


def forget_loaded() -> None:
    """Forget all data read so far, after a folder has changed."""
    _load.cache_clear()
    _resolved.cache_clear()


@cache
def _resolved(folder: Path) -> Path:
    """Return where a folder is, links followed: asked of the disk once, since every plan asks."""
    return folder.resolve()


@cache
def _load(folder: Path) -> Materials:
    return _read(folder)


def _read(folder: Path) -> Materials:
    reader = FolderReader(folder)
    settings = _settings(reader)
    materials = tuple(reader.rows(MATERIALS))
    reader.ids["material_id"] = {each.material_id for each in materials}
    dunnage = _dunnage(reader, settings.default_dunnage)
    boards = tuple(reader.rows(BOARDS))
    drop_heights = read_drop_heights(reader, settings.default_drop_profile)
    spreads = _spreads(reader)
    carrier_rules = _carrier_rules(reader)
    return Materials(
        version=settings.version,
        materials=materials,
        boards=boards,
        dunnage=dunnage,
        profiles=_profiles(reader, spreads),
        carrier_rules=carrier_rules,
        distance_adjustments=tuple(reader.rows(DISTANCES)),
        mean_densities=tuple(reader.rows(DENSITIES)),
        fragility_classes=read_fragility(reader),
        carrier_margins=read_margins(reader, (each.service_id for each in carrier_rules)),
        articles={row.article: row for row in reader.rows(ARTICLES)},
        drop_heights=drop_heights,
        default_drop_profile=settings.default_drop_profile,
        default_dunnage=settings.default_dunnage,
        blank_allowances={row.allowance_id: row.value_mm for row in reader.rows(ALLOWANCES)},
        markets=read_markets(reader),
        strength_figures=_strength_figures(reader),
        certificate_grades=tuple(reader.rows(GRADES)),
        parcel_limits={row.board: row for row in reader.rows(PARCEL_LIMITS)},
        carbon_contents={row.material_id: row for row in reader.rows(CARBON)},
        tape_rules=_tape_rules(reader, settings.default_tape_rule),
        default_tape_rule=settings.default_tape_rule,
        blocking_rules=_rule_figures(reader, "blocking_rules.csv"),
        plausibility_rules=_rule_figures(reader, "plausibility_rules.csv"),
        protection_rules=_rule_figures(reader, "protection_rules.csv"),
        handling_profiles=read_handling(reader, drop_heights),
        lifting_profiles=read_lifting(reader, settings.default_lifting_profile),
        default_lifting_profile=settings.default_lifting_profile,
        mass_ranges=_mass_ranges(reader, boards, dunnage),
        unverified_spread=spreads[False],
        content_hash=reader.content_hash(place_rows(folder)),
        folder=folder,
    )


def _settings(reader: FolderReader) -> _Settings:
    settings = None
    with reader.faults_of(SETTINGS_FILE) as faults:
        document = read_document(reader.folder / SETTINGS_FILE, faults)
        if document is not None:
            settings = read_noun(_Settings, document, faults)
    assert settings is not None  # what cannot be read is a fault, raised above
    reader.keep(SETTINGS_FILE, [document])
    return settings


def _dunnage(reader: FolderReader, default: Iterable[str]) -> tuple[Dunnage, ...]:
    """Return the dunnage of both tables, after a look at whether that of the settings is among it."""
    found: dict[str, Dunnage] = {}
    for table in (DUNNAGE, PIECES):
        with reader.faults_of(table.file) as faults:
            rows = reader.read(table, faults)
            for number, row in rows:
                for field, rule in figure_rules(row):
                    faults.row(number).add(field, rule)
                if row.dunnage_id in found:
                    faults.row(number).add("dunnage_id", f"must be unique, {DUNNAGE.file} has it too")
        found |= {row.dunnage_id: row for _, row in rows}
    with reader.faults_of(SETTINGS_FILE) as faults:
        for index, each in enumerate(default):
            if each not in found:
                faults.add(f"default_dunnage[{index}]", f"must be the id of known dunnage, got {each!r}")
    return tuple(found[each] for each in sorted(found))


def _profiles(reader: FolderReader, spreads: Mapping[bool, Decimal]) -> tuple[AccountingProfile, ...]:
    documents: dict[str, tuple[str, AccountingProfile]] = {}
    for path in sorted((reader.folder / "profiles").glob("*.toml")):
        with reader.faults_of(f"profiles/{path.name}") as faults:
            profile = read_profile(path, faults)
            if profile is not None and profile.profile_id in documents:
                faults.add("profile_id", f"must be unique, {profile.profile_id!r} repeats")
        assert profile is not None  # a profile that cannot be read is a fault, raised above
        documents[profile.profile_id] = (f"profiles/{path.name}", profile)
        reader.keep(path.name, [profile])
    factors = _factors(reader, documents)
    profiles = []
    for profile_id, (name, profile) in sorted(documents.items()):
        with reader.faults_of(name) as faults:
            profiles.append(complete(profile, with_ranges(factors[profile_id], spreads), faults))
    return tuple(profiles)


def _factors(reader: FolderReader, profile_ids: Iterable[str]) -> dict[str, list[EmissionFactor]]:
    found: dict[str, list[EmissionFactor]] = {each: [] for each in profile_ids}
    seen: dict[object, str] = {}
    for path in sorted((reader.folder / "factors").glob("*.csv")):
        with reader.faults_of(f"factors/{path.name}") as faults:
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
                        faults.row(row).add(field, f"must be unique, {seen[key]} has the same {what}")
                found[factor.profile_id].append(factor)
    for profile_id, factors in found.items():
        reader.keep(f"factors of {profile_id}", factors)
    return found


def _carrier_rules(reader: FolderReader) -> tuple[CarrierRule, ...]:
    found: dict[str, str] = {}
    rules: list[CarrierRule] = []
    for path in sorted((reader.folder / "carriers").glob("*.toml")):
        with reader.faults_of(f"carriers/{path.name}") as faults:
            of_carrier = read_carrier(path, faults)
            for service_id in dict.fromkeys(rule.service_id for rule in of_carrier):
                if found.setdefault(service_id, path.name) != path.name:
                    faults.add("services", f"must not repeat {service_id!r} of {found[service_id]}")
        rules += of_carrier
        reader.keep(path.name, of_carrier)
    return tuple(sorted(rules, key=lambda rule: (rule.service_id, str(rule.effective_from or ""))))


def _mass_ranges(
    reader: FolderReader, boards: Iterable[Board], dunnage: Iterable[Dunnage]
) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    """Return the ends of what masses stand on over its value; a folder without the table has none."""
    values = {("board", each.board_id): (each.grammage_g_per_m2, "g/m2") for each in boards}
    for piece in dunnage:
        figures = ((piece.density_kg_per_m3, "kg/m3"), (piece.grammage_g_per_m2, "g/m2"), (piece.piece_g, "g"))
        for value, unit in figures:
            if value is not None:
                values["dunnage", piece.dunnage_id] = (value, unit)
    found: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
    with reader.faults_of(MASS_RANGES.file) as faults:
        for number, row in reader.read(MASS_RANGES, faults):
            value, unit = values.get((row.kind, row.subject), (None, ""))
            if value is None:
                faults.row(number).add("subject", f"must be the id of known {row.kind}, got {row.subject!r}")
            elif row.unit != unit:
                faults.row(number).add("unit", f"must be {unit}, as the value is, got {row.unit}")
            elif not row.low <= value <= row.high:
                faults.row(number).add("low", f"must with high enclose the value {value}")
            else:
                low, high = (LOGARITHMS.divide(end, value).quantize(RATIOS) for end in (row.low, row.high))
                found[row.kind, row.subject] = (low, high)
    return found


def _strength_figures(reader: FolderReader) -> dict[str, tuple[StrengthFigure, ...]]:
    """Return the figures by factor, those of steps in ascending order."""
    found: dict[str, list[StrengthFigure]] = {each: [] for each in STRENGTH_FACTORS}
    with reader.faults_of(STRENGTH.file) as faults:
        for _, figure in reader.read(STRENGTH, faults):
            found[figure.factor].append(figure)
        for factor, rows in () if faults else found.items():
            rows.sort(key=lambda row: row.up_to or 0)
            steps = [row.up_to for row in rows]
            if not rows or len(set(steps)) < len(steps):
                faults.add("factor", f"must have {'a row' if not rows else 'one row a step'} for {factor}")
            elif any(after.value > before.value for before, after in itertools.pairwise(rows)):
                faults.add("value", f"must not rise with up_to for {factor}")
    return {factor: tuple(rows) for factor, rows in found.items()}


def _spreads(reader: FolderReader) -> dict[bool, Decimal]:
    """Return by what factors without a range are divided and multiplied, for verified ones and others."""
    found = {row.rule_id: spread_of(row) for row in reader.rows(RANGE_RULES)}
    return {True: found["verified"], False: found["unverified"]}


def _tape_rules(reader: FolderReader, default: str) -> tuple[TapeRule, ...]:
    rules = tuple(reader.rows(TAPE_RULES))
    with reader.faults_of(SETTINGS_FILE) as faults:
        if default not in {rule.rule_id for rule in rules}:
            faults.add("default_tape_rule", f"must be the id of a known tape rule, got {default!r}")
    return rules


def _rule_figures(reader: FolderReader, name: str) -> dict[str, RuleFigure]:
    units = {rule_id: unit for unit, rule_ids in RULE_FIGURES[name].items() for rule_id in rule_ids}
    with reader.faults_of(name) as faults:
        found = {}
        for number, row in reader.read(Table(name, RuleFigure, ("rule_id",), needed=units), faults):
            found[row.rule_id] = row
            if row.rule_id not in units:
                faults.row(number).add("rule_id", f"must be one of {', '.join(units)}, got {row.rule_id!r}")
            elif row.unit != units[row.rule_id]:
                faults.row(number).add("unit", f"must be {units[row.rule_id]} for {row.rule_id}, got {row.unit!r}")
    return found
