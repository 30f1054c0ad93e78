"""Loads a data folder into Materials, once per folder and process."""

import hashlib
import itertools
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from boxwright.catalog import cells
from boxwright.catalog.carriers import read_carrier
from boxwright.catalog.composition import composition_rule
from boxwright.catalog.documents import check_keys, read_document
from boxwright.catalog.dunnage_rules import LEAST_CUSHION_FACTOR, NEEDS_OF_KIND, RANGES
from boxwright.catalog.faults import Faults, row_field
from boxwright.catalog.folder import materials_folder
from boxwright.catalog.materials import (
    CarbonContent,
    CertificateGrade,
    DistanceAdjustment,
    DropHeight,
    FragilityRange,
    HandlingProfile,
    LiftingProfile,
    Market,
    MarketRule,
    Materials,
    MeanDensity,
    RuleFigure,
    StrengthFigure,
    TapeRule,
)
from boxwright.catalog.places import forget_places, place_rows
from boxwright.catalog.profiles import complete, read_factors, read_profile
from boxwright.catalog.ranges import LOGARITHMS, RATIOS, spread_of, with_ranges
from boxwright.catalog.schemas import (
    ALLOWANCE_COLUMNS,
    BLANK_ALLOWANCES,
    BOARD_COLUMNS,
    CARBON_COLUMNS,
    COUNTRY_COLUMNS,
    DENSITY_COLUMNS,
    DISTANCE_COLUMNS,
    DROP_COLUMNS,
    DUNNAGE_COLUMNS,
    FRAGILITY_COLUMNS,
    GRADE_COLUMNS,
    HANDLING_COLUMNS,
    LIFTING_COLUMNS,
    MARKET_COLUMNS,
    MASS_RANGE_COLUMNS,
    MATERIAL_COLUMNS,
    PIECE_COLUMNS,
    RANGE_COLUMNS,
    RULE_FIGURES,
    STEPPED_FACTORS,
    STREAM_COLUMNS,
    STRENGTH_COLUMNS,
    STRENGTH_FACTORS,
    TAPE_RULE_COLUMNS,
    rule_columns,
)
from boxwright.catalog.tables import REQUIRED, Column, Columns, Record, read_table, unique
from boxwright.domain.carrier import CarrierRule
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.factor import AccountingProfile, EmissionFactor
from boxwright.domain.material import Board, Collection, Material, RecyclingStream
from boxwright.domain.order import FragilityClass

SETTINGS_FILE = "data.toml"


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


def forget_loaded() -> None:
    """Forget all data read so far, after a folder has changed."""
    _load.cache_clear()
    _resolved.cache_clear()
    forget_places()


@cache
def _resolved(folder: Path) -> Path:
    """Return where a folder is, links followed: asked of the disk once, since every plan asks."""
    return folder.resolve()


@cache
def _load(folder: Path) -> Materials:
    reader = _Folder(folder)
    settings = reader.settings()
    materials = reader.materials()
    material_ids = {each.material_id for each in materials}
    dunnage = reader.dunnage(material_ids)
    boards = reader.boards(material_ids)
    drop_heights = reader.drop_heights(settings["default_drop_profile"])
    reader.check_default_dunnage(settings["default_dunnage"], dunnage)
    return Materials(
        version=settings["version"],
        materials=materials,
        boards=boards,
        dunnage=dunnage,
        profiles=reader.profiles(material_ids),
        carrier_rules=reader.carrier_rules(),
        distance_adjustments=reader.distance_adjustments(),
        mean_densities=reader.mean_densities(),
        fragility_classes=reader.fragility_classes(),
        drop_heights=drop_heights,
        default_drop_profile=settings["default_drop_profile"],
        default_dunnage=tuple(settings["default_dunnage"]),
        blank_allowances=reader.blank_allowances(),
        markets=reader.markets(material_ids),
        strength=reader.strength(),
        certificate_grades=reader.certificate_grades(),
        carbon_contents=reader.carbon_contents(material_ids),
        tape_rules=reader.tape_rules(settings["default_tape_rule"]),
        default_tape_rule=settings["default_tape_rule"],
        blocking_rules=reader.rule_figures("blocking_rules.csv"),
        plausibility_rules=reader.rule_figures("plausibility_rules.csv"),
        handling_profiles=reader.handling_profiles(drop_heights),
        lifting_profiles=reader.lifting_profiles(settings["default_lifting_profile"]),
        default_lifting_profile=settings["default_lifting_profile"],
        mass_ranges=reader.mass_ranges(boards, dunnage),
        unverified_spread=reader.spreads()[False],
        content_hash=reader.content_hash(place_rows(folder)),
    )


class _Folder:
    """Reads the files of one folder, and keeps their content for the hash."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._content: dict[str, list[str]] = {}

    def content_hash(self, more: dict[str, list[str]]) -> str:
        """Hash file by file over the rows in sorted order, so that sorting or reformatting a table changes nothing.

        ``more`` are rows of files that others read.
        """
        content = json.dumps({name: sorted(rows) for name, rows in (self._content | more).items()}, sort_keys=True)
        return f"sha256:{hashlib.sha256(content.encode()).hexdigest()}"

    def settings(self) -> dict[str, Any]:
        faults = Faults(self.folder / SETTINGS_FILE)
        document = read_document(faults.path, faults)
        if document is not None:
            names = ("version", "default_drop_profile", "default_lifting_profile", "default_tape_rule")
            required = {**dict.fromkeys(names, str), "default_dunnage": list}
            check_keys(document, required, {}, faults)
        faults.raise_any()
        assert document is not None  # a document that cannot be read is a fault, raised above
        self._keep(faults.path, [document])
        return document

    def materials(self) -> tuple[Material, ...]:
        records = self._table("materials.csv", MATERIAL_COLUMNS, "material_id")
        return tuple(Material(**record.values) for record in records)

    def boards(self, material_ids: set[str]) -> tuple[Board, ...]:
        columns = {**BOARD_COLUMNS, "material_id": _reference(material_ids)}
        records = self._table("boards.csv", columns, "board_id")
        faults = Faults(self.folder / "boards.csv")
        for record in records:
            rule = composition_rule(record.values["composition"], record.values["grammage_g_per_m2"])
            if rule is not None:
                faults.add(row_field(record.row, "composition"), rule)
        faults.raise_any()
        return tuple(Board(**record.values) for record in records)

    def dunnage(self, material_ids: set[str]) -> tuple[Dunnage, ...]:
        columns = {**DUNNAGE_COLUMNS, "material_id": _reference(material_ids)}
        pieces = {**PIECE_COLUMNS, "material_id": _reference(material_ids)}
        found: dict[str, Dunnage] = {}
        for name, kept in (("dunnage.csv", columns), ("blocking_and_labels.csv", pieces)):
            faults = Faults(self.folder / name)
            records = read_table(faults.path, kept, faults)
            unique(records, "dunnage_id", faults)
            for record in records:
                for field in NEEDS_OF_KIND[record.values["kind"]]:
                    if record.values.get(field) is None:
                        faults.add(row_field(record.row, field), f"must not be empty for {record.values['kind'].value}")
                factor = record.values.get("cushion_factor")
                if factor is not None and factor < LEAST_CUSHION_FACTOR:
                    rule = f"must be 1 or more, the bound of any cushion, got {factor}"
                    faults.add(row_field(record.row, "cushion_factor"), rule)
                for low, high in RANGES:
                    least, most = record.values.get(low), record.values.get(high)
                    if least is not None and most is not None and least > most:
                        faults.add(row_field(record.row, low), f"must not be above {high} {most}, got {least}")
                if record.values["dunnage_id"] in found:
                    faults.add(row_field(record.row, "dunnage_id"), "must be unique, dunnage.csv has it too")
            faults.raise_any()
            self._keep(faults.path, [record.values for record in records])
            found |= {each.values["dunnage_id"]: Dunnage(**each.values) for each in records}
        return tuple(found[each] for each in sorted(found))

    def check_default_dunnage(self, ids: list[str], dunnage: Iterable[Dunnage]) -> None:
        faults = Faults(self.folder / SETTINGS_FILE)
        known = {each.dunnage_id for each in dunnage}
        for index, each in enumerate(ids):
            if each not in known:
                faults.add(f"default_dunnage[{index}]", f"must be the id of known dunnage, got {each!r}")
        faults.raise_any()

    def profiles(self, material_ids: set[str]) -> tuple[AccountingProfile, ...]:
        documents: dict[str, tuple[Path, AccountingProfile]] = {}
        for path in sorted((self.folder / "profiles").glob("*.toml")):
            faults = Faults(path)
            profile = read_profile(path, faults)
            if profile is not None and profile.profile_id in documents:
                faults.add("profile_id", f"must be unique, {profile.profile_id!r} repeats")
            faults.raise_any()
            assert profile is not None  # a profile that cannot be read is a fault, raised above
            documents[profile.profile_id] = (path, profile)
            self._keep(path, [profile])
        factors = self._factors(material_ids, documents.keys())
        spreads = self.spreads()
        profiles = []
        for profile_id, (path, profile) in sorted(documents.items()):
            faults = Faults(path)
            profiles.append(complete(profile, with_ranges(factors[profile_id], spreads), faults))
            faults.raise_any()
        return tuple(profiles)

    def _factors(self, material_ids: set[str], profile_ids: Iterable[str]) -> dict[str, list[EmissionFactor]]:
        found: dict[str, list[EmissionFactor]] = {each: [] for each in profile_ids}
        seen: dict[object, str] = {}
        for path in sorted((self.folder / "factors").glob("*.csv")):
            faults = Faults(path)
            for row, factor in read_factors(path, material_ids, faults):
                if factor.profile_id not in found:
                    known = ", ".join(sorted(found))
                    field = row_field(row, "profile_id")
                    faults.add(field, f"must be one of {known}, got {factor.profile_id!r}")
                    continue
                same = (factor.profile_id, factor.subject, factor.stage, factor.recycled_content)
                for field, key in (("factor_id", factor.factor_id), ("subject", same)):
                    where = f"{path.name} row {row}"
                    if seen.setdefault(key, where) != where:
                        what = "id" if field == "factor_id" else "profile, subject and stage"
                        faults.add(row_field(row, field), f"must be unique, {seen[key]} has the same {what}")
                found[factor.profile_id].append(factor)
            faults.raise_any()
        for profile_id, factors in found.items():
            self._keep(Path(f"factors of {profile_id}"), factors)
        return found

    def carrier_rules(self) -> tuple[CarrierRule, ...]:
        found: dict[str, str] = {}
        rules: list[CarrierRule] = []
        for path in sorted((self.folder / "carriers").glob("*.toml")):
            faults = Faults(path)
            of_carrier = read_carrier(path, faults)
            for service_id in dict.fromkeys(rule.service_id for rule in of_carrier):
                if found.setdefault(service_id, path.name) != path.name:
                    faults.add("services", f"must not repeat {service_id!r} of {found[service_id]}")
            faults.raise_any()
            rules += of_carrier
            self._keep(path, of_carrier)
        return tuple(sorted(rules, key=lambda rule: (rule.service_id, str(rule.effective_from or ""))))

    def distance_adjustments(self) -> tuple[DistanceAdjustment, ...]:
        records = self._table("distance_adjustments.csv", DISTANCE_COLUMNS, "mode")
        return tuple(DistanceAdjustment(**record.values) for record in records)

    def mass_ranges(
        self, boards: Iterable[Board], dunnage: Iterable[Dunnage]
    ) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
        """Return the ends of what masses stand on over its value; a folder without the table has none."""
        faults = Faults(self.folder / "mass_ranges.csv")
        if not faults.path.exists():
            return {}
        records = read_table(faults.path, MASS_RANGE_COLUMNS, faults)
        values = {("board", each.board_id): (each.grammage_g_per_m2, "g/m2") for each in boards}
        for piece in dunnage:
            figures = ((piece.density_kg_per_m3, "kg/m3"), (piece.grammage_g_per_m2, "g/m2"), (piece.piece_g, "g"))
            for value, unit in figures:
                if value is not None:
                    values["dunnage", piece.dunnage_id] = (value, unit)
        found: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
        for record in records:
            row, key = record.values, (record.values["kind"], record.values["subject"])
            known = values.get(key)
            if known is None:
                faults.add(row_field(record.row, "subject"), f"must be the id of known {row['kind']}, got {key[1]!r}")
            elif row["unit"] != known[1]:
                faults.add(row_field(record.row, "unit"), f"must be {known[1]}, as the value is, got {row['unit']}")
            elif not row["low"] <= known[0] <= row["high"]:
                faults.add(row_field(record.row, "low"), f"must with high enclose the value {known[0]}")
            elif key in found:
                faults.add(row_field(record.row, "subject"), "must be unique within a kind")
            else:
                low, high = (LOGARITHMS.divide(end, known[0]).quantize(RATIOS) for end in (row["low"], row["high"]))
                found[key] = (low, high)
        faults.raise_any()
        self._keep(faults.path, [record.values for record in records])
        return found

    def mean_densities(self) -> tuple[MeanDensity, ...]:
        faults = Faults(self.folder / "mean_densities.csv")
        if not faults.path.exists():  # a folder without any has none: the allocation by volume then asks the caller
            return ()
        records = read_table(faults.path, DENSITY_COLUMNS, faults)
        seen: set[tuple[str, str]] = set()
        for record in records:
            key = (record.values["profile_id"], record.values["subject"])
            if key in seen:
                faults.add(row_field(record.row, "subject"), "must be unique within a profile")
            seen.add(key)
        faults.raise_any()
        self._keep(faults.path, [record.values for record in records])
        found = (MeanDensity(**record.values) for record in records)
        return tuple(sorted(found, key=lambda each: (each.profile_id, each.subject)))

    def fragility_classes(self) -> dict[FragilityClass, FragilityRange]:
        faults = Faults(self.folder / "fragility_classes.csv")
        records = read_table(faults.path, FRAGILITY_COLUMNS, faults)
        unique(records, "fragility_class", faults)
        for record in records:
            if record.values["g_low"] > record.values["g_high"]:
                faults.add(row_field(record.row, "g_low"), "must not be above g_high")
            ruled = record.values["max_load_g"] is not None or record.values["upright"]
            if ruled and not record.values["rule_source"]:
                faults.add(row_field(record.row, "rule_source"), "must say whose rules max_load_g and upright are")
        found = {record.values["fragility_class"]: FragilityRange(**record.values) for record in records}
        if not faults.violations:
            for missing in FragilityClass:
                if missing not in found:
                    faults.add("fragility_class", f"must have a row for {missing.value}")
        faults.raise_any()
        self._keep(faults.path, [record.values for record in records])
        return found

    def drop_heights(self, default_profile: str) -> dict[str, tuple[DropHeight, ...]]:
        faults = Faults(self.folder / "drop_heights.csv")
        records = read_table(faults.path, DROP_COLUMNS, faults)
        bands: dict[str, list[tuple[int, DropHeight]]] = {}
        for record in records:
            bands.setdefault(record.values["profile"], []).append((record.row, DropHeight(**record.values)))
        for profile, rows in bands.items():
            rows.sort(key=lambda row: row[1].above_kg)
            expected: object = 0
            for row, band in rows:
                if band.above_kg != expected:
                    faults.add(
                        row_field(row, "above_kg"), f"must follow the band before it ({profile}: {expected}), no gap"
                    )
                expected = band.up_to_kg
            for (_, lighter), (row, heavier) in itertools.pairwise(rows):
                if heavier.height_mm > lighter.height_mm:
                    faults.add(row_field(row, "height_mm"), f"must not be above that of lighter parcels ({profile})")
        if not faults.violations and default_profile not in bands:
            faults.add("profile", f"must have rows for the default profile {default_profile!r}")
        faults.raise_any()
        self._keep(faults.path, [record.values for record in records])
        return {profile: tuple(band for _, band in rows) for profile, rows in sorted(bands.items())}

    def handling_profiles(self, drop_heights: Mapping[str, object]) -> dict[str, HandlingProfile]:
        records = self._table("handling_profiles.csv", HANDLING_COLUMNS, "profile")
        faults = Faults(self.folder / "handling_profiles.csv")
        found = {}
        for record in records:
            profile = HandlingProfile(**record.values)
            found[profile.profile] = profile
            if profile.profile not in drop_heights:
                faults.add(
                    row_field(record.row, "profile"), f"must have rows in drop_heights.csv, got {profile.profile!r}"
                )
            for name in ("drops", "drops_per_face"):
                if record.values[name] is not None and record.values[name] < 1:
                    faults.add(row_field(record.row, name), f"must be 1 or more, got {record.values[name]}")
        for missing in drop_heights.keys() - found.keys():
            faults.add("profile", f"must have a row for {missing}, which drop_heights.csv has heights for")
        faults.raise_any()
        return found

    def lifting_profiles(self, default: str) -> dict[str, LiftingProfile]:
        records = self._table("lifting_profiles.csv", LIFTING_COLUMNS, "profile")
        faults = Faults(self.folder / "lifting_profiles.csv")
        for record in records:
            heavy, team = record.values["heavy_above_kg"], record.values["team_lift_above_kg"]
            if heavy is not None and team is not None and heavy > team:
                faults.add(row_field(record.row, "heavy_above_kg"), f"must not be above team_lift_above_kg, {team}")
        found = {record.values["profile"]: LiftingProfile(**record.values) for record in records}
        if default not in found:
            faults.add("profile", f"must have a row for the default profile {default!r}")
        faults.raise_any()
        return found

    def blank_allowances(self) -> dict[str, Decimal]:
        faults = Faults(self.folder / "blank_allowances.csv")
        records = read_table(faults.path, ALLOWANCE_COLUMNS, faults)
        unique(records, "allowance_id", faults)
        found = {record.values["allowance_id"]: record.values["value_mm"] for record in records}
        if not faults.violations:
            for missing in BLANK_ALLOWANCES:
                if missing not in found:
                    faults.add("allowance_id", f"must have a row for {missing}")
        faults.raise_any()
        self._keep(faults.path, [record.values for record in records])
        return found

    def strength(self) -> dict[str, tuple[StrengthFigure, ...]]:
        faults = Faults(self.folder / "strength.csv")
        records = read_table(faults.path, STRENGTH_COLUMNS, faults)
        unique(records, "row_id", faults)
        found: dict[str, list[StrengthFigure]] = {each: [] for each in STRENGTH_FACTORS}
        for record in records:
            figure = StrengthFigure(**record.values)
            stepped = figure.factor in STEPPED_FACTORS
            if stepped == (figure.up_to is None):
                faults.add(row_field(record.row, "up_to"), f"must be {'given' if stepped else 'empty'}")
            if not figure.factor.startswith("mckee") and figure.value > 1:
                faults.add(row_field(record.row, "value"), f"must not be above 1, got {figure.value}")
            found[figure.factor].append(figure)
        if not faults.violations:
            for factor, rows in found.items():
                rows.sort(key=lambda row: row.up_to or 0)
                steps = [row.up_to for row in rows]
                if not rows or len(set(steps)) < len(steps):
                    faults.add("factor", f"must have {'a row' if not rows else 'one row a step'} for {factor}")
                elif any(after.value > before.value for before, after in itertools.pairwise(rows)):
                    faults.add("value", f"must not rise with up_to for {factor}")
        faults.raise_any()
        self._keep(faults.path, [record.values for record in records])
        return {factor: tuple(rows) for factor, rows in found.items()}

    def certificate_grades(self) -> tuple[CertificateGrade, ...]:
        records = self._table("box_certificates.csv", GRADE_COLUMNS, "grade_id")
        return tuple(CertificateGrade(**record.values) for record in records)

    def carbon_contents(self, material_ids: set[str]) -> dict[str, CarbonContent]:
        columns = {**CARBON_COLUMNS, "material_id": _reference(material_ids)}
        records = self._table("carbon_contents.csv", columns, "material_id")
        return {record.values["material_id"]: CarbonContent(**record.values) for record in records}

    def spreads(self) -> dict[bool, Decimal]:
        """Return by what factors without a range are divided and multiplied, for verified ones and others."""
        faults = Faults(self.folder / "range_rules.csv")
        records = read_table(faults.path, RANGE_COLUMNS, faults)
        unique(records, "rule_id", faults)
        found = {record.values["rule_id"]: spread_of(record.values) for record in records}
        if not faults.violations:
            for missing in ("verified", "unverified"):
                if missing not in found:
                    faults.add("rule_id", f"must have a row for {missing}")
        faults.raise_any()
        self._keep(faults.path, [record.values for record in records])
        return {True: found["verified"], False: found["unverified"]}

    def tape_rules(self, default: str) -> tuple[TapeRule, ...]:
        records = self._table("tape_rules.csv", TAPE_RULE_COLUMNS, "rule_id")
        rules = tuple(TapeRule(**record.values) for record in records)
        if default not in {rule.rule_id for rule in rules}:
            faults = Faults(self.folder / SETTINGS_FILE)
            faults.add("default_tape_rule", f"must be the id of a known tape rule, got {default!r}")
            faults.raise_any()
        return rules

    def rule_figures(self, name: str) -> dict[str, RuleFigure]:
        needed = RULE_FIGURES[name]
        faults = Faults(self.folder / name)
        records = read_table(faults.path, rule_columns(needed), faults)
        unique(records, "rule_id", faults)
        found = {record.values["rule_id"]: RuleFigure(**record.values) for record in records}
        for rule_id, unit in needed.items():
            if not faults.violations and (rule_id not in found or found[rule_id].unit != unit):
                faults.add("rule_id", f"must have a row for {rule_id}, in {unit}")
        faults.raise_any()
        self._keep(faults.path, [record.values for record in records])
        return found

    def markets(self, material_ids: set[str]) -> tuple[Market, ...]:
        records = self._table("market_rules.csv", MARKET_COLUMNS, "rule_id")
        names: dict[str, str] = {}
        rules: dict[str, list[MarketRule]] = {}
        for record in records:
            market_id = record.values["market_id"]
            names[market_id] = record.values.pop("market_name")
            rules.setdefault(market_id, []).append(MarketRule(**record.values))
        countries = self._countries(names)
        streams = self._streams(material_ids, set(names))
        return tuple(
            Market(each, names[each], tuple(rules.get(each, ())), countries.get(each, ()), tuple(streams.get(each, ())))
            for each in sorted(names)
        )

    def _countries(self, names: dict[str, str]) -> dict[str, tuple[str, ...]]:
        """Return the countries of each market, and add to ``names`` the markets that have no rules."""
        faults = Faults(self.folder / "markets.csv")
        records = read_table(faults.path, COUNTRY_COLUMNS, faults)
        unique(records, "market_id", faults)
        found: dict[str, tuple[str, ...]] = {}
        taken: dict[str, str] = {}
        for record in records:
            market_id, name = record.values["market_id"], record.values["market_name"]
            if names.setdefault(market_id, name) != name:
                rule = f"must be {names[market_id]!r} as in market_rules.csv, got {name!r}"
                faults.add(row_field(record.row, "market_name"), rule)
            found[market_id] = record.values["country_codes"]
            for code in found[market_id]:
                if taken.setdefault(code, market_id) != market_id:
                    rule = f"must name a country once, {code} is in {taken[code]!r} already"
                    faults.add(row_field(record.row, "country_codes"), rule)
        faults.raise_any()
        self._keep(faults.path, [record.values for record in records])
        return found

    def _streams(self, material_ids: set[str], market_ids: set[str]) -> dict[str, list[RecyclingStream]]:
        """Return how materials are collected, by market."""
        columns = {
            **STREAM_COLUMNS,
            "material_id": _reference(material_ids),
            "market_id": Column(cells.known(market_ids, "market"), REQUIRED),
        }
        faults = Faults(self.folder / "recycling_streams.csv")
        records = read_table(faults.path, columns, faults)
        found: dict[str, list[RecyclingStream]] = {}
        seen: dict[tuple[str, str], int] = {}
        for record in records:
            stream = RecyclingStream(**record.values)
            first = seen.setdefault((stream.material_id, stream.market_id), record.row)
            if first != record.row:
                faults.add(row_field(record.row, "material_id"), f"must be unique in its market, row {first} has both")
            if (stream.collection is Collection.NOT_COLLECTED) == bool(stream.stream):
                faults.add(row_field(record.row, "stream"), "must be named where it is collected, and only there")
            found.setdefault(stream.market_id, []).append(stream)
        faults.raise_any()
        self._keep(faults.path, [record.values for record in records])
        return {each: sorted(streams, key=lambda one: one.material_id) for each, streams in found.items()}

    def _table(self, name: str, columns: Columns, key: str) -> list[Record]:
        """Read a table whose rows need no check beyond their cells; sorted by ``key``, which must be unique."""
        faults = Faults(self.folder / name)
        records = read_table(faults.path, columns, faults)
        unique(records, key, faults)
        faults.raise_any()
        self._keep(faults.path, [record.values for record in records])
        return sorted(records, key=lambda record: str(record.values[key]))

    def _keep(self, path: Path, rows: Iterable[object]) -> None:
        self._content[path.name] = [repr(row) for row in rows]


def _reference(material_ids: set[str]) -> Column:
    return Column(cells.known(material_ids, "material"), REQUIRED)
