"""``boxwright footprint``: explains and compares the emissions of plans, parcels and reusable packaging."""

import dataclasses
import datetime
import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boxwright.cli.failures import CommandGroup, refusal, warn
from boxwright.cli.options import CATALOG, LANE, PATH, POLICY, take_lane, take_policy, with_options

if TYPE_CHECKING:
    from boxwright.catalog import Materials
    from boxwright.domain.box import BoxType
    from boxwright.domain.factor import AccountingProfile
    from boxwright.domain.lane import Lane
    from boxwright.domain.warning import PlanWarning
    from boxwright.planning import WeighedParcel

PROFILES = click.option(
    "--profile", "profiles", multiple=True, metavar="ID", help="Accounting profile, repeatable.  [default: all]"
)

PARCEL = (
    click.option("--net-g", type=float, required=True, help="Mass of the goods in g; 0 for an empty parcel."),
    click.option("--box", metavar="CATALOG:BOX_TYPE", help="Box of the parcel, for tare and outer size."),
    click.option("--outer-mm", type=float, nargs=3, metavar="L W H", help="Outer edges, in place of --box."),
)


@click.group("footprint", cls=CommandGroup)
def command() -> None:
    """Explain and compare emissions of plans, parcels and reuse."""


@command.command("explain")
@click.argument("plan_file", metavar="PLAN.json", type=PATH)
@PROFILES
@click.option(
    "--evidence",
    "with_evidence",
    is_flag=True,
    help="Show the source of each figure as the plan states it: document, table, row, date and SHA-256 of the copy.",
)
def explain(plan_file: Path, profiles: tuple[str, ...], with_evidence: bool) -> None:
    """Show how the grams of a plan are computed, line by line.

    PLAN.json is the output of `boxwright pack --json`. Each line is amount x factor = grams, with the rule behind the
    amount, the factor's range, and a mark if the factor was not read in its source. A list of the sources follows.
    """
    from boxwright.catalog import load_materials
    from boxwright.checking.footprints import wrong_footprints
    from boxwright.cli.emissions_view import explanation
    from boxwright.cli.output import show
    from boxwright.cli.plan_file import read_figures, read_plan
    from boxwright.contract.json import plain
    from boxwright.contract.names import profile_name
    from boxwright.errors import FieldViolation, InvalidInputError
    from boxwright.exchange.evidence import evidence, in_words, unnamed_scope

    stated_plan, plan, materials = plain(read_plan(plan_file)), read_figures(plan_file), load_materials()
    wanted = {materials.profile(name).profile_id for name in profiles}
    shown = [footprint for footprint in plan.footprints if not wanted or footprint.profile_id in wanted]
    if not shown:
        stated = ", ".join(sorted({footprint.profile_id for footprint in plan.footprints})) or "none"
        raise refusal("--profile", f"must be a profile that the plan states ({stated})")
    if wrong := list(wrong_footprints(plan)):
        raise InvalidInputError([FieldViolation(f"{plan_file.name}: footprints", fault.detail) for fault in wrong])
    if unnamed := list(unnamed_scope(stated_plan, materials)):
        raise InvalidInputError([FieldViolation(f"{plan_file.name}: {lack.field}", lack.rule) for lack in unnamed])
    show(*explanation(shown, materials, plan.legs))
    if with_evidence:
        from boxwright.cli.output import lines, titled

        names = {profile_name(footprint.profile_id) for footprint in shown}
        kept = [footprint for footprint in stated_plan["footprints"] if footprint["accounting_profile"] in names]
        show(titled("Evidence", *lines(map(in_words, evidence({"footprints": kept})))))


@command.command("compare")
@click.argument("plan_file", metavar="PLAN.json", type=PATH)
@click.argument("other_file", metavar="OTHER.json", type=PATH)
@with_options(CATALOG, *POLICY)
def compare_plans(plan_file: Path, other_file: Path, **given: Any) -> None:
    """Compare a plan with another of the same order.

    Both files are outputs of `boxwright pack --json`. Give the catalog and policy that the plans were made with. Each
    draw takes random emission factors from their ranges, the same for both plans. A difference whose range over the
    draws includes 0 is not meaningful.
    """
    from boxwright.catalog import load_catalog
    from boxwright.cli.emissions_view import comparison_view
    from boxwright.cli.output import show
    from boxwright.cli.plan_file import read_figures
    from boxwright.domain.policy import COSTS
    from boxwright.planning import compare

    plan, other = read_figures(plan_file), read_figures(other_file)
    if plan.order_id != other.order_id:
        rule = f"must be {plan.order_id!r} as in {plan_file.name}, got {other.order_id!r}"
        raise refusal(f"{other_file.name}: order_id", rule)
    policy, catalog = take_policy(given), load_catalog(given["catalog"])
    for file, compared in ((plan_file, plan), (other_file, other)):
        if compared.catalog_hash not in ("", catalog.content_hash) and COSTS.intersection(policy.objectives):
            made = f"{compared.catalog_id} {compared.catalog_version}, the catalog of {file.name}"
            raise refusal("--catalog", f"must be {made}, so that prices can be compared, got {catalog.catalog_id}")
    show(comparison_view(compare(plan, other, catalog, policy, baseline=other_file.name)))


@command.command("break-even")
@click.option("--reusable", required=True, metavar="CATALOG:BOX_TYPE", help="Reusable box.")
@click.option("--single", required=True, metavar="CATALOG:BOX_TYPE", help="Single-use box.")
@PROFILES
def break_even_of(reusable: str, single: str, profiles: tuple[str, ...]) -> None:
    """Find the number of trips that a reusable box needs to emit less.

    The comparison is with single-use boxes. It counts production, end of life, idle stock, return transport and
    washing, but not outbound transport. CATALOG is the name of a shipped catalog or a file.
    """
    from boxwright.catalog import load_materials
    from boxwright.cli.emissions_view import break_even_view
    from boxwright.cli.output import show
    from boxwright.domain.box import box_component
    from boxwright.footprint import break_even

    materials = load_materials()
    again, once = box_component(_box("--reusable", reusable)), box_component(_box("--single", single))
    chosen = [materials.profile(name) for name in profiles] or list(materials.profiles)
    found = [break_even(again, once, profile, materials) for profile in chosen]
    show(break_even_view(reusable, single, found))


@command.command("estimate")
@with_options(*PARCEL, *LANE)
def estimate_parcel(**given: Any) -> None:
    """Compute the emissions of one parcel and its transport.

    Give the legs of transport (--leg), or two places from which legs are derived (--from and --to). Factors that a
    profile lacks are named, and the total is then incomplete.
    """
    from boxwright.cli.emissions_view import footprint_table, legs_text
    from boxwright.cli.output import show
    from boxwright.errors import InvalidInputError
    from boxwright.footprint import estimate, flight_warnings, idle_way_warnings, lane_rules, offered_allocations
    from boxwright.routing import derivation_warnings, derive

    lane, profiles, materials = _lane(given)
    way = derive(lane, materials)
    if broken := lane_rules(way, profiles, materials):
        raise InvalidInputError(broken)
    parcel = _parcel(given, lane, materials)
    stated = [
        estimate(
            *(parcel.packaging, parcel.gross_mg, parcel.chargeable, way, profile, allocation, materials),
            *(parcel.outer_um3, parcel.data),
        )
        for profile in profiles
        for allocation in offered_allocations(lane)
    ]
    derived = any(leg.derivation for leg in way.legs)
    show(*([legs_text(way.legs, how=True)] if derived else []), footprint_table(stated))
    _warn(lane, [*derivation_warnings(way, materials), *flight_warnings(way, profiles), *idle_way_warnings(way)])


@command.command("modes")
@with_options(*PARCEL, *LANE)
def compare_modes(**given: Any) -> None:
    """Compare modes of transport for one parcel.

    Give two places (--from and --to). The modes are road, rail, sea, air and vans. For each profile the table states
    emissions of the vehicle (TTW) and of its fuel supply (WTT), or of both in one figure (WTW), on request radiative
    forcing and hubs, and the range of the total. Factors that a mode lacks are named.
    """
    from boxwright.cli.emissions_view import modes_table
    from boxwright.cli.output import show
    from boxwright.footprint import offered_allocations
    from boxwright.planning import mode_alternatives, mode_warnings

    lane, profiles, materials = _lane(given)
    if lane.main_mode is not None:
        raise refusal("--by", "must not be given, since this command compares all modes")
    bare = dataclasses.replace(lane, derive_legs=False)
    found = mode_alternatives(_parcel(given, lane, materials), bare, profiles, offered_allocations(lane), materials)
    show(modes_table(found))
    _warn(lane, mode_warnings(found, bare, profiles, materials))


def _lane(given: dict[str, Any]) -> "tuple[Lane, list[AccountingProfile], Materials]":
    from boxwright.catalog import load_materials
    from boxwright.planning.request import DEFAULT_PROFILES

    if given["price_tables"] is not None:
        raise refusal("--prices", "must not be given, since only plans have a price of carriage")
    lane, names, materials = take_lane(given), given["profiles"], load_materials()
    return lane, [materials.profile(name) for name in names or DEFAULT_PROFILES], materials


def _parcel(given: dict[str, Any], lane: "Lane", materials: "Materials") -> "WeighedParcel":
    from boxwright import units
    from boxwright.domain.box import box_component
    from boxwright.footprint import data_of_box
    from boxwright.planning import WeighedParcel
    from boxwright.shipping import chargeable_weight

    net_g, outer_um, packaging, data, billed = given["net_g"], None, [], [], None
    if rule := units.mass_rule(net_g):
        raise refusal("--net-g", rule)
    if given["box"] and given["outer_mm"]:
        raise refusal("--outer-mm", "must not be given with --box")
    if given["box"]:
        box = _box("--box", given["box"])
        packaging, outer_um, data = [box_component(box)], box.outer_um, [data_of_box(box, materials)]
    elif given["outer_mm"]:
        if rule := next(filter(None, map(units.length_rule, given["outer_mm"])), None):
            raise refusal("--outer-mm", rule)
        length, width, height = map(units.to_um, given["outer_mm"])
        outer_um = (length, width, height)
    elif lane.carrier_service or lane.include_volume_share:
        raise refusal("--outer-mm", "or --box is required with --carrier-service and --volume-share")
    gross_mg = units.to_mg(net_g) + sum(part.mass_mg for part in packaging)
    if lane.carrier_service and outer_um is not None:
        day = lane.ship_date or datetime.date.today()
        billed = chargeable_weight(outer_um, gross_mg, lane.carrier_service, day, materials, lane.zone)
    volume_um3 = None if outer_um is None else math.prod(outer_um)
    return WeighedParcel(tuple(packaging), gross_mg, billed, volume_um3, tuple(data))


def _warn(lane: "Lane", warnings: "Iterable[PlanWarning]") -> None:
    """Print warnings, and a warning if the carrier service is not offered on the lane."""
    from boxwright.catalog import load_materials
    from boxwright.domain.warning import PlanWarning, WarningCode
    from boxwright.shipping import offered_elsewhere

    if lane.carrier_service:
        rule = load_materials().carrier_rule(lane.carrier_service, lane.ship_date or datetime.date.today())
        if text := offered_elsewhere(rule, lane):
            warn([PlanWarning(WarningCode.CARRIER_ELSEWHERE, "lane.carrier_service", text)])
    warn(warnings)


def _box(option: str, text: str) -> "BoxType":
    from boxwright.catalog import load_catalog

    name, colon, box_type_id = text.rpartition(":")
    if not colon:
        raise refusal(option, f"must be CATALOG:BOX_TYPE, such as eu-stock:box-1, got {text!r}")
    catalog = load_catalog(name)
    box = next((box for box in catalog.box_types if box.box_type_id == box_type_id), None)
    if box is None:
        raise refusal(option, f"must name a box type of catalog {catalog.catalog_id!r}, got {box_type_id!r}")
    return box
