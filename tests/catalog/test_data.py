"""The shipped data: sources, licences, ranges, flags and golden values."""

import csv
import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from boxwright.catalog import Materials, catalog_names, describe, load_catalog
from boxwright.catalog.folder import shipped_folder
from boxwright.catalog.rows import ALLOWED_LICENCES, CITED_FACT
from boxwright.domain.dunnage import DunnageKind
from boxwright.domain.factor import Component, Coverage, EmissionFactor, Stage
from boxwright.domain.lane import TransportMode
from boxwright.domain.material import Collection, Compostability
from boxwright.domain.order import FragilityClass
from boxwright.errors import InvalidInputError

FILES = sorted(path for path in shipped_folder().rglob("*") if path.is_file())


def factors(materials: Materials) -> Iterator[EmissionFactor]:
    """Return the factors of all profiles."""
    for profile in materials.profiles:
        yield from profile.factors


def test_no_file_praises_a_material() -> None:
    """Data state grams and do not advertise."""
    for path in FILES:
        text = path.read_text(encoding="utf-8").lower()
        assert "eco-friendly" not in text, path.name
        assert "green " not in text, path.name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_row_of_a_barred_data_set_is_shipped(path: Path) -> None:
    """No row comes from a data set under the GPL, without a licence, or for non-commercial use only.

    Single cited facts of a data set are not a copy of it; a note may name the origin of a publisher's figure, and
    the list of documents has citations only.
    """
    if path.name == "documents.csv":
        return
    barred = ("wic-base", "oregon", "cpcd", "carboncalculator", "olist", "glec")
    if path.parent.name == "factors":
        with path.open(encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if not row["licence"].startswith(CITED_FACT)]
        text = " ".join(row["source"] for row in rows).lower()
    else:
        # A table by profile only names profiles; it is not a row of one.
        text = path.read_text(encoding="utf-8").lower().replace("cn-cpcd@2024", "")
        if path.parent.name == "profiles" and f'licence = "{CITED_FACT}' in text:
            return
    for source in barred:
        assert source not in text, source


def test_every_factor_has_source_licence_and_flag(materials: Materials) -> None:
    """Each factor has a source and an allowed licence; verified factors have an address, unverified ones a reason."""
    for factor in factors(materials):
        assert factor.source, factor.factor_id
        assert factor.licence in ALLOWED_LICENCES or factor.licence.startswith(CITED_FACT), factor.factor_id
        if factor.read_in_source:
            assert factor.url.startswith("https://"), factor.factor_id
        else:
            assert factor.note, factor.factor_id


def test_every_proxy_is_an_explicit_unverified_row(materials: Materials) -> None:
    """A factor that replaces that of another material says so in its note, and is never called verified."""
    for factor in factors(materials):
        says = "proxy" in factor.data_quality or factor.data_quality in ("estimate", "other publisher")
        assert says == factor.note.startswith("proxy: "), factor.factor_id
        if says:
            assert not factor.read_in_source, factor.factor_id


def test_every_factor_has_a_range_and_says_whether_it_is_assumed(materials: Materials) -> None:
    """A range without a source is flagged and follows the data-quality rule: value / spread to value x spread.

    Spread of verified factors: exp(sqrt(2 ln(1.03)^2 + ln(1.18)^2)) = exp(0.170701) = 1.1861.
    """
    for factor in factors(materials):
        assert factor.low is not None, factor.factor_id
        assert factor.high is not None, factor.factor_id
        assert factor.low <= factor.value <= factor.high, factor.factor_id
        assert factor.range_assumed or factor.read_in_source, factor.factor_id
    lorry = materials.profile("uk-desnz@2025").factor("hgv_avg", Stage.TRANSPORT_TTW)
    assert lorry is not None
    # 0.10163 / 1.1861 and 0.10163 x 1.1861
    assert (lorry.low, lorry.high) == (Decimal("0.085684175"), Decimal("0.120543343"))
    assert lorry.range_assumed
    board = materials.profile("fr-ademe").factor("corrugated-board", Stage.END_OF_LIFE)
    assert board is not None
    assert (board.low, board.high, board.range_assumed) == (Decimal("0.5896"), Decimal("0.8844"), False)


def test_carbon_contents_are_of_known_materials(materials: Materials) -> None:
    """Each material whose biogenic share is 0 has no biogenic carbon, and each of fibre has some."""
    for material_id, content in materials.carbon_contents.items():
        share = materials.material(material_id).biogenic_share
        assert share is None or (share == 0) == (content.biogenic_share == 0), material_id


def test_shipped_catalogs_have_factors_in_the_default_profiles(materials: Materials) -> None:
    """Boxes and dunnage of the shipped catalogs have production and end of life in both default profiles."""
    missing = set()
    for name in catalog_names():
        catalog = load_catalog(name)
        used = {box.material_id for box in catalog.box_types} | {dunnage.material_id for dunnage in catalog.dunnage}
        for profile in (materials.profile("uk-desnz"), materials.profile("us-epa")):
            for material_id in used:
                for stage in (Stage.PRODUCTION, Stage.END_OF_LIFE):
                    if profile.factor(material_id, stage) is None:
                        missing.add((profile.profile_id, material_id, stage))
    assert not missing


@pytest.mark.parametrize(
    ("profile_id", "subject", "stage", "value"),
    [
        ("uk-desnz@2025", "corrugated-board", Stage.PRODUCTION, "1.19972542"),
        ("uk-desnz@2025", "corrugated-board", Stage.END_OF_LIFE, "0.00468568"),
        ("uk-desnz@2025", "hgv_avg", Stage.TRANSPORT_TTW, "0.10163"),
        ("uk-desnz@2025", "hgv_avg", Stage.TRANSPORT_WTT, "0.02359"),
        ("uk-desnz@2025", "air_longhaul", Stage.TRANSPORT_TTW, "0.5313"),
        ("us-epa@2025", "corrugated-board", Stage.PRODUCTION, "0.98311"),
        ("fr-ademe@2024", "corrugated-board", Stage.END_OF_LIFE, "0.737"),
        ("fr-ademe@2024", "articulated_34_40t", Stage.TRANSPORT_TTW, "0.0627"),
        ("cn-cpcd@2024", "truck_heavy_diesel", Stage.TRANSPORT_WTW, "0.0978"),
        ("eu-industry@2022", "corrugated-board", Stage.CRADLE_TO_GRAVE, "0.491"),
    ],
)
def test_golden_factors(materials: Materials, profile_id: str, subject: str, stage: Stage, value: str) -> None:
    """Factors have the publisher's value to the last digit."""
    factor = materials.profile(profile_id).factor(subject, stage)
    assert factor is not None
    assert factor.value == Decimal(value)


@pytest.mark.parametrize(
    ("profile_id", "virgin", "recycled"),
    [
        ("uk-desnz@2025", "1.19972542", "1.09811442"),
        ("us-epa@2025", "0.91138", "0.98311"),
        ("fr-ademe@2024", "0.39", "0.67"),
    ],
)
def test_golden_factors_of_board_by_recycled_content(
    materials: Materials, profile_id: str, virgin: str, recycled: str
) -> None:
    """Virgin and recycled board have the publisher's values; in the US and in France recycled board emits more."""
    profile = materials.profile(profile_id)
    for content, value in (("0", virgin), ("1", recycled)):
        factor = profile.factor_of_content("corrugated-board", Stage.PRODUCTION, Decimal(content))
        assert factor is not None
        assert factor.value == Decimal(value)


def test_epa_transport_is_converted_from_short_ton_miles(materials: Materials) -> None:
    """Each US transport factor follows from the gases in its note, AR5 warming and 1.459972 tkm per short ton-mile."""
    seen = 0
    for factor in materials.profile("us-epa").factors:
        if factor.stage is not Stage.TRANSPORT_TTW:
            continue
        gases = re.match(r"([\d.]+) kg CO2, ([\d.]+) g CH4 and ([\d.]+) g N2O", factor.note)
        assert gases is not None, factor.factor_id
        co2, ch4, n2o = (Decimal(gas) for gas in gases.groups())
        per_tkm = (co2 + ch4 * 28 / 1000 + n2o * 265 / 1000) / Decimal("1.459972")
        assert abs(per_tkm - factor.value) < Decimal("0.000001"), factor.factor_id
        seen += 1
    assert seen == 4


def test_us_end_of_life_does_not_credit_stored_carbon(materials: Materials) -> None:
    """No end of life of the US profile is negative, although its ranges include net figures that credit storage."""
    for factor in materials.profile("us-epa").factors:
        if factor.stage is Stage.END_OF_LIFE:
            assert factor.value > 0, factor.factor_id


@pytest.mark.parametrize("profile_id", ["uk-desnz@2025", "us-epa@2025"])
def test_coverage_says_what_the_factors_hold(materials: Materials, profile_id: str) -> None:
    """Every component and stage has a cell; a stage of transport without factors is missing and never zero."""
    profile = materials.profile(profile_id)
    assert len(profile.coverage) == len(Component) * len(Stage)
    stages = {factor.stage for factor in profile.factors}
    for stage in (Stage.TRANSPORT_TTW, Stage.TRANSPORT_WTT):
        expected = Coverage.FACTOR if stage in stages else Coverage.MISSING
        assert profile.cell(Component.TRANSPORT, stage).coverage is expected
        assert profile.cell(Component.BOX, stage).coverage is Coverage.INCLUDED
    assert profile.cell(Component.TRANSPORT, Stage.PRODUCTION).coverage is Coverage.OUTSIDE
    for mode in TransportMode:
        assert profile.factor(profile.vehicle(mode), Stage.TRANSPORT_TTW) is not None


def test_a_profile_name_without_version_is_its_newest(materials: Materials) -> None:
    """``uk-desnz`` is ``uk-desnz@2026``."""
    assert materials.profile("uk-desnz").profile_id == "uk-desnz@2026"


@pytest.mark.parametrize("lookup", ["material", "profile"])
def test_an_unknown_id_is_refused(materials: Materials, lookup: str) -> None:
    """The error lists the known ids."""
    with pytest.raises(InvalidInputError, match=f"{lookup}_id"):
        getattr(materials, lookup)("nothing")


def test_a_day_without_a_rule_is_an_error(materials: Materials) -> None:
    """A ship date before the first known rule of a service is refused, with the days that are covered."""
    with pytest.raises(InvalidInputError, match=r"ship_date"):
        materials.carrier_rule("ups/us-retail", datetime.date(2020, 1, 1))


def test_drop_heights_of_ista_1a_and_2a(materials: Materials) -> None:
    """Up to 10 kg ISTA 1A drops from 760 mm and 2A from 970 mm, and 2A is higher in every band."""
    one, two = materials.drop_heights["ista-1a"], materials.drop_heights["ista-2a"]
    assert [band.height_mm for band in one] == [760, 610, 460, 310, 200]
    assert [band.height_mm for band in two] == [970, 810, 660, 510, 310]
    assert materials.default_drop_profile in materials.drop_heights


def test_more_fragile_classes_are_kept_further_away(materials: Materials) -> None:
    """From ship_ready to very_fragile requirements never fall; a G-level below 60 is fragile, below 115 boxed."""
    rules = [materials.fragility_classes[name] for name in FragilityClass]
    for sturdier, fragile in pairwise(rules):
        assert fragile.half_gap_mm + fragile.wall_margin_mm >= sturdier.half_gap_mm + sturdier.wall_margin_mm
        assert fragile.wrap_layers >= sturdier.wrap_layers
        assert sturdier.mailer or not fragile.mailer
    assert {rule.fragility_class: rule.g_below for rule in rules if rule.g_below} == {"fragile": 60, "boxed": 115}


def test_unverified_rules_of_protection_are_marked(materials: Materials) -> None:
    """Own rules of classes are marked by rule_source, other rows by read_in_source and grade."""
    for row in materials.fragility_classes.values():
        assert "own rule" in row.rule_source or row.fragility_class is FragilityClass.SHIP_READY
    figures = materials.protection_rules
    assert [name for name, row in figures.items() if row.read_in_source] == ["box_in_box_gap_mm"]
    assert figures["buckling_factor"].source_grade == "memory"
    assert not materials.fragility_classes[FragilityClass.BOXED].read_in_source


def test_articles_have_the_class_of_their_usual_packaging(materials: Materials) -> None:
    """Electronics are in their retail box unless the name says bare; each row says why."""
    for name, row in materials.articles.items():
        assert row.reason
        assert name.endswith("_bare") <= (row.fragility_class is FragilityClass.FRAGILE)
    for name in ("laptop", "phone", "monitor", "hard_drive"):
        assert materials.articles[name].fragility_class is FragilityClass.BOXED
        assert f"{name}_bare" in materials.articles
    packs = {name for name, row in materials.articles.items() if row.pack_from == 1}
    assert packs == {"stemware", "wine_bottle", "spirit_bottle", "beer_bottle", "eggs"}


def test_cushion_and_fill_constants_are_marked_unverified(materials: Materials) -> None:
    """No cushion constant or fill density is called verified, since none was read in a source."""
    for dunnage in materials.dunnage:
        assert not dunnage.read_in_source or dunnage.kind is DunnageKind.LABEL, dunnage.dunnage_id
    assert {dunnage.kind for dunnage in materials.dunnage} == set(DunnageKind)


def test_every_material_has_a_source_that_an_outsider_can_open(materials: Materials) -> None:
    """Verified data name an address; unverified data name their origin."""
    for material in materials.materials:
        assert material.source.strip(), material.material_id
        assert not material.read_in_source or "https://" in material.source, material.material_id
    for market in materials.markets:
        for stream in market.streams:
            assert stream.source.strip(), stream
            assert stream.url.startswith(("https://", "http://")), stream


def test_streams_are_of_markets_with_countries(materials: Materials) -> None:
    """Four markets state how materials are collected; the EU covers members and territories."""
    known = {market.market_id: market for market in materials.markets if market.streams}
    assert set(known) == {"cn", "eu", "gb", "us"}
    codes = [code for market in known.values() for code in market.country_codes]
    assert len(set(codes)) == len(codes) == 37
    assert len(known["eu"].country_codes) == 34
    for code in ("DE", "FR", "IE"):
        assert materials.market_of(code) is known["eu"]
    assert materials.market_of("JP") is None


def test_compostable_materials_name_their_certificate(materials: Materials) -> None:
    """Only compostable materials name a certificate, and composting is among their routes of disposal."""
    for material in materials.materials:
        composts = material.compostability in (Compostability.INDUSTRIAL, Compostability.HOME)
        assert composts == bool(material.compostability_certificate), material.material_id
        assert not composts or "composting" in material.disposal, material.material_id
        assert material.disposal, material.material_id
        assert bool(material.recycling_stream) == ("recycling" in material.disposal), material.material_id


def test_collected_materials_have_a_stream_somewhere(materials: Materials) -> None:
    """A material that some market collects has a stream of recycling; only EPS may lack one."""
    recycled = {material.material_id for material in materials.materials if material.recycling_stream}
    for market in materials.markets:
        for stream in market.streams:
            if stream.collection is Collection.COLLECTED:
                assert stream.material_id in recycled | {"eps"}, stream


@pytest.mark.parametrize("name", catalog_names())
def test_every_box_type_has_a_source(name: str) -> None:
    """Each shipped box type or its catalog names the source of its size; unverified rows say so."""
    catalog = load_catalog(name)
    for box in catalog.box_types:
        assert box.source.strip() or catalog.source.strip(), box.box_type_id
        assert box.read_in_source or "unverified" in describe(catalog)
        assert 5 < box.tare_g < 5_000, box.box_type_id
        assert box.inner_volume_um3 < 1_000_000**3, box.box_type_id
