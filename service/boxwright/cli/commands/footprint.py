"""``boxwright footprint``: how a plan's grams came about, two plans compared, reuse against single use."""

from pathlib import Path
from typing import Any

import click

from boxwright.cli.commands.footprint_parcel import box_named, compare_modes, estimate_parcel
from boxwright.cli.failures import refusal, told_to_users
from boxwright.cli.options import CATALOG, POLICY, take_policy, with_options

PROFILES = click.option(
    "--profile",
    "profiles",
    multiple=True,
    metavar="ID",
    help="Accounting profile, such as uk-desnz or us-epa@2025; may be repeated.  [default: all there are]",
)


@click.group("footprint")
def command() -> None:
    """Explain grams of CO2e, compare plans and modes, and weigh reuse against single use."""


@command.command("explain")
@click.argument("plan_file", metavar="PLAN.json", type=click.Path(path_type=Path))
@PROFILES
def explain(plan_file: Path, profiles: tuple[str, ...]) -> None:
    """Show how a plan's grams came about, line by line.

    PLAN.json is what `boxwright pack --json` prints. Each line is amount x factor = grams, with the rule that makes the
    amount, the factor's range and whether it was read in its source; below stand the sources, with addresses.
    """
    with told_to_users():
        from boxwright.catalog import load_materials
        from boxwright.checking.footprints import wrong_footprints
        from boxwright.cli.console import output
        from boxwright.cli.explain_view import print_explanation
        from boxwright.cli.plan_file import read_figures
        from boxwright.errors import FieldViolation, InvalidInputError

        plan, materials = read_figures(plan_file), load_materials()
        wanted = {materials.profile(name).profile_id for name in profiles}
        shown = [each for each in plan.footprints if not wanted or each.profile_id in wanted]
        if not shown:
            stated = ", ".join(sorted({each.profile_id for each in plan.footprints})) or "none"
            raise refusal("--profile", f"must be a profile that the plan states ({stated})")
        if wrong := list(wrong_footprints(plan)):
            raise InvalidInputError([FieldViolation(f"{plan_file.name}: footprints", each.detail) for each in wrong])
        print_explanation(output(), shown, materials, plan.derived_legs)


@command.command("compare")
@click.argument("plan_file", metavar="PLAN.json", type=click.Path(path_type=Path))
@click.argument("other_file", metavar="OTHER.json", type=click.Path(path_type=Path))
@with_options(CATALOG, *POLICY)
def compare_plans(plan_file: Path, other_file: Path, **given: Any) -> None:
    """Say whether a plan is better than another of the same order.

    Both are what `boxwright pack --json` prints, made with the catalog and policy given. Each emission factor is drawn
    once for both plans; a difference inside the range of the draws means nothing.
    """
    with told_to_users():
        from boxwright.catalog import load_catalog
        from boxwright.cli.comparison_view import print_comparison
        from boxwright.cli.console import output
        from boxwright.cli.plan_file import read_figures
        from boxwright.domain.policy import COSTS
        from boxwright.planning import compare

        plan, other = read_figures(plan_file), read_figures(other_file)
        if plan.order_id != other.order_id:
            raise refusal(
                f"{other_file.name}: order_id",
                f"must be {plan.order_id!r} as in {plan_file.name}, got {other.order_id!r}",
            )
        policy, catalog = take_policy(given), load_catalog(given["catalog"])
        for file, each in ((plan_file, plan), (other_file, other)):
            if each.catalog_hash not in ("", catalog.content_hash) and COSTS.intersection(policy.objectives):
                made = f"{each.catalog_id} {each.catalog_version}, of which {file.name} is"
                raise refusal("--catalog", f"must be {made}, where prices are compared, got {catalog.catalog_id}")
        print_comparison(output(), compare(plan, other, catalog, policy, baseline=other_file.name))


@command.command("break-even")
@click.option("--reusable", required=True, metavar="CATALOG:BOX_TYPE", help="The box that is used again.")
@click.option("--single", required=True, metavar="CATALOG:BOX_TYPE", help="The box that is used once.")
@PROFILES
def break_even_of(reusable: str, single: str, profiles: tuple[str, ...]) -> None:
    """State after how many trips a reusable box emits less than boxes used once.

    CATALOG is the name of a shipped catalog or a file. Counted are making, end of life, idle stock, way back and
    washing of the packaging; not the way out.
    """
    with told_to_users():
        from boxwright.catalog import load_materials
        from boxwright.cli.comparison_view import print_break_even
        from boxwright.cli.console import output
        from boxwright.footprint import break_even

        materials = load_materials()
        again, once = _component("reusable", reusable), _component("single", single)
        chosen = [materials.profile(name) for name in profiles] or list(materials.profiles)
        found = [break_even(again, once, profile, materials) for profile in chosen]
        print_break_even(output(), reusable, single, found)


command.add_command(estimate_parcel)
command.add_command(compare_modes)


def _component(option: str, text: str) -> Any:
    """Return the packaging component of the box type that ``CATALOG:BOX_TYPE`` names."""
    from boxwright.domain.box_component import box_component

    return box_component(box_named(option, text))
