"""``boxwright design``: which box sizes to stock."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boxwright.cli.failures import BAD_INPUT, Outputs, refusal, told_to_users
from boxwright.cli.files import FileName, check_folder, fetched, shown
from boxwright.cli.option_rows import POLICY_ROWS
from boxwright.cli.options import (
    LANE,
    OF_A_YEAR,
    POLICY,
    take_catalog,
    take_lane,
    take_policy,
    take_profiles,
    with_options,
    yearly_of,
)

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

    from boxwright.design import Design, Suite, Wishes
    from boxwright.domain.box import Catalog

STOPPED = 130
"""Exit code where the user ends it, as shells have it for an interrupt."""
_SETTLED = {
    "objectives": (),
    "allow_partial": False,
    "max_parcels": None,
    "max_effort": None,
    "engine": "boxwright",
    "prefer_reusable": False,
}
"""Options of plans that a design settles itself."""
_RULES = tuple(option for option, row in zip(POLICY, POLICY_ROWS, strict=True) if row.field not in _SETTLED)
_OPTIONS = {
    "sizes": "--sizes",
    "add": "--add",
    "drop": "--drop",
    "lock": "--lock",
    "step_mm": "--step",
    "smallest_mm": "--smallest",
    "largest_mm": "--largest",
    "max_aspect": "--max-aspect",
    "max_sheet_mm": "--max-sheet",
    "board_ids": "--board",
    "box_price": "--price-per-box",
    "per_piece_minor": "--price-per-box",
    "per_m2_minor": "--price-per-m2",
    "currency": "--currency",
    "pallets_mm": "--pallet",
    "pallet_share": "--pallet-share",
    "min_pieces": "--min-pieces",
    "candidates": "--candidates",
    "sample": "--sample",
    "judged_share": "--judged-share",
    "seed": "--seed",
    "today": "--today",
    "keep": "--keep",
    "also": "--also",
    "orders": "--orders",
}
"""What is typed for what the room calls its fields."""
_SIZES = (
    click.option("--sizes", metavar="N|FROM-TO", help="How many box types the catalog is to have, such as 12 or 4-28."),
    click.option(
        "--objective",
        type=click.Choice(["cost", "litres", "emissions"]),
        default="litres",
        show_default=True,
        help="What to minimise: packaging and carriage, outer volume, or g CO2e of the first profile.",
    ),
    click.option(
        "--out",
        "out_file",
        metavar="FILE.toml",
        type=FileName(written=True),
        help="Write the catalog; of a range one file for each number, such as FILE-12.toml.",
    ),
    click.option(
        "--today", metavar="NAME|FILE", help="Catalog of today's: what to compare with, and not to fall below."
    ),
    click.option("--keep", metavar="NAME|FILE", help="Catalog whose boxes stay; with --add, --drop or --sizes."),
    click.option("--add", type=int, metavar="N", help="New sizes to add to the kept catalog."),
    click.option("--drop", type=int, metavar="N", help="Boxes that the kept catalog is to lose."),
    click.option(
        "--lock", multiple=True, metavar="BOX", help="Box type of --keep or --today that stays; may be repeated."
    ),
    click.option(
        "--also", multiple=True, metavar="NAME|FILE", help="Catalog of other boxes to choose from; may be repeated."
    ),
    click.option("--dunnage", metavar="NAME|FILE", help="Catalog whose dunnage is stocked.  [default: eu-stock]"),
    click.option(
        "--may-lose-orders",
        is_flag=True,
        help="Do not design for an order that fills each of the largest boxes of --today.",
    ),
)
_NEW = (
    click.option(
        "--board",
        "boards",
        multiple=True,
        metavar="ID",
        help="Board of new sizes (see `boxwright materials list`); repeat it for a choice.  [default: b-flute, an"
        " assumption]",
    ),
    click.option(
        "--step",
        type=float,
        default=10.0,
        show_default=True,
        metavar="MM",
        help="New inner edges are multiples of this; the default is an assumption.",
    ),
    click.option("--smallest", metavar="LxWxH", help="Least inner edges of new sizes, in mm, such as for the label."),
    click.option("--largest", metavar="LxWxH", help="Greatest inner edges of new sizes, in mm."),
    click.option("--max-aspect", type=float, metavar="N", help="Most times the longest inner edge is the shortest."),
    click.option("--max-sheet", metavar="LxW", help="Largest blank that the maker cuts, in mm."),
    click.option(
        "--price-per-box", type=float, metavar="MINOR", help="Price of a new box whatever its size, in minor units."
    ),
    click.option(
        "--price-per-m2", type=float, metavar="MINOR", help="Price of each square metre of its blank, in minor units."
    ),
    click.option(
        "--min-pieces",
        type=int,
        metavar="N",
        help="Fewest boxes of each new size that all of the orders would use, such as a maker's minimum.",
    ),
    click.option(
        "--pallet",
        "pallets",
        multiple=True,
        metavar="LxW",
        help="Pallet, in mm, whose layers the boxes cover; may be repeated.  [default: 1200x800 and 1200x1000]",
    ),
    click.option(
        "--pallet-share",
        type=float,
        metavar="SHARE",
        help="Share of a layer that each new size covers on one of the pallets at least, such as 0.85.",
    ),
    click.option(
        "--cut-to-size", is_flag=True, help="Also price boxes that a machine cuts for each order, to the millimetre."
    ),
    click.option("--currency", metavar="CODE", help="Currency of these prices, as EUR.  [default: that of --prices]"),
    click.option(
        "--candidates", type=int, default=1_200, show_default=True, metavar="N", help="Most new sizes to choose from."
    ),
)
_JUDGED = (
    click.option(
        "--judged-share",
        type=float,
        default=0.5,
        show_default=True,
        metavar="SHARE",
        help="Share of the orders that the design is judged on and does not see.",
    ),
    click.option(
        "--date-column",
        default="extra_ship_date",
        show_default=True,
        metavar="NAME",
        help="Column of dates: where 95 % of the orders have one, the later orders judge. none: they are drawn.",
    ),
    OF_A_YEAR,
    click.option(
        "--sample", type=int, default=3_000, show_default=True, metavar="N", help="Most different orders of a half."
    ),
    click.option("--seed", type=int, default=1, show_default=True, metavar="N", help="Of halves and samples."),
    click.option("--workers", type=int, metavar="N", help="Processes.  [default: one per core]"),
    click.option("--json", "as_json", is_flag=True, help="Print figures and boxes as JSON."),
    click.option(
        "--html",
        "html_file",
        metavar="FILE.html",
        type=FileName(written=True),
        help="Also plan the judged orders with --today and with each design, and write the page of `evaluate` with the"
        " saving by number of sizes and its bound.",
    ),
)


@click.command("design")
@click.option(
    "--orders",
    "orders_file",
    required=True,
    metavar="FILE",
    type=FileName(),
    help="Past orders in a .csv, .jsonl or .parquet file.",
)
@with_options(*_SIZES, *_NEW, *_JUDGED, *_RULES, *LANE)
def command(orders_file: Path, out_file: Path | None, html_file: Path | None, as_json: bool, **given: Any) -> None:
    """Choose which box sizes to stock.

    Finds the catalog of so many box types in which past orders cost, take up or emit least, each in one parcel. What
    fits is decided by packing. Prints what the design makes of the orders that it was designed for, a bound that no
    choice among the candidates undercuts, and what it makes of other orders. Catalogs are written before the page is
    made, and a file that cannot be written keeps no other from being written. Ctrl-C ends it with exit code 130, and
    says what is written by then.
    """
    outputs = Outputs(said=not as_json)
    try:
        with told_to_users():
            _design(orders_file, out_file, html_file, outputs, as_json=as_json, given=given)
            if outputs.failed:
                raise SystemExit(BAD_INPUT)
    except KeyboardInterrupt:
        there = f" but {', '.join(outputs.there)}" if outputs.there else ""
        click.echo(f"stopped; nothing{there} is written", err=True)
        raise SystemExit(STOPPED) from None


def _design(
    orders_file: Path,
    out_file: Path | None,
    html_file: Path | None,
    outputs: Outputs,
    *,
    as_json: bool,
    given: dict[str, Any],
) -> None:
    from boxwright.cli.output import counting, spent_since
    from boxwright.orders import read_orders

    catalogs = _take_catalogs(given)
    _check(out_file, html_file, given, compared=catalogs["today"] is not None)
    lane, column, workers = take_lane(given), given.pop("date_column"), given.pop("workers")
    per_year = given.pop("orders_per_year")
    # The heaviest imports, after what can be refused without them.
    from boxwright.cli.order_remarks import order_remarks
    from boxwright.design import design
    from boxwright.findings import Findings

    found = Findings()
    with found.at("", _OPTIONS):
        wishes = _take_wishes(given, lane.price_tables[0].currency if lane and lane.price_tables else "")
    found.raise_any()
    start_s = time.monotonic()
    policy = take_policy({**given, **_SETTLED, "objectives": (wishes.objective.of_plans.value,)})
    profiles = take_profiles(given)
    dates = _dates(orders_file, column)
    with found.at("", _OPTIONS):
        made = design(
            read_orders(orders_file),
            wishes,
            policy,
            lane,
            profiles,
            **catalogs,
            dates=dates,
            workers=workers,
            progress=counting,
        )
    found.raise_any()
    yearly = None if made.today is None else yearly_of(orders_file, per_year, None if column == "none" else column)
    made, remarks = replace(_called_as_files(made, out_file), yearly=yearly), order_remarks(orders_file, lane)
    _tell(made, remarks, outputs, out_file, as_json=as_json)
    if html_file is not None:
        with outputs.attempt(html_file):
            outputs.write(html_file, _report(made, policy, lane, profiles, workers, remarks))
        outputs.tell()
    click.echo(spent_since(start_s), err=True)


def _check(out_file: Path | None, html_file: Path | None, given: dict[str, Any], *, compared: bool) -> None:
    """Refuse options that are wrong whatever the design is, and outputs that cannot be made or written."""
    if given["workers"] is not None and given["workers"] < 1:
        raise refusal("--workers", f"must be a whole number of 1 or more, got {given['workers']}")
    if given["orders_per_year"] is not None and not compared:
        raise refusal("--orders-per-year", "needs --today: figures of a year are changes from it")
    if out_file is not None:
        if out_file.suffix.lower() != ".toml":
            raise refusal("--out", f"must end in .toml, got {shown(out_file)!r}")
        check_folder("--out", out_file)
    if html_file is not None:
        if not compared:
            raise refusal("--html", "needs --today: the report compares with it")
        check_folder("--html", html_file)
        from boxwright.evaluation import page_template

        page_template()  # what it lacks is said now, not after the design


def _dates(orders_file: Path, column: str) -> dict[str, datetime.date]:
    """Return the day of each order, having checked all orders."""
    from boxwright.orders import DATE_COLUMN, count_orders, ship_dates

    count_orders(fetched(orders_file))
    dates = ship_dates(orders_file, column)
    if not dates and column not in (DATE_COLUMN, "none"):
        raise refusal("--date-column", f"must be none, or a column with dates of a CSV or Parquet file, got {column!r}")
    return dates


def _called_as_files(made: Design, out_file: Path | None) -> Design:
    """Return the design with each catalog called as its file, so that the page and the files name it alike."""
    if out_file is None:
        return made
    suites = (
        replace(suite, catalog=replace(suite.catalog, catalog_id=path.stem)) for suite, path in _files(made, out_file)
    )
    return replace(made, suites=tuple(suites))


def _files(made: Design, out_file: Path) -> Iterator[tuple[Suite, Path]]:
    """Yield each catalog with its file: of several, the file's name with the number of sizes."""
    for suite in made.suites:
        yield suite, out_file if len(made.suites) == 1 else out_file.with_stem(f"{out_file.stem}-{suite.sizes}")


def _tell(made: Design, remarks: tuple[str, ...], outputs: Outputs, out_file: Path | None, *, as_json: bool) -> None:
    """Write the catalogs; then print the design and which orders it is of: a terminal that fails loses neither."""
    from boxwright.catalog import load_materials
    from boxwright.design import catalog_toml, premises

    for suite, path in _files(made, out_file) if out_file is not None else ():
        text = catalog_toml(suite.catalog, load_materials(), ("Made by boxwright design.", *premises(made)))
        outputs.write(path, text)
    _print(made, remarks, as_json=as_json)
    outputs.tell()


def _print(made: Design, remarks: tuple[str, ...], *, as_json: bool) -> None:
    from boxwright.cli.output import output
    from boxwright.design import design_dict, summary

    if as_json:
        click.echo(json.dumps({**design_dict(made), "remarks": [*remarks]}, indent=2))
        return
    output().print(summary(made))
    for each in remarks:
        output().print(each)


def _take_catalogs(given: dict[str, Any]) -> dict[str, Any]:
    """Take the options that name catalogs out of a command's parameters, and load them."""
    from boxwright.errors import DataFileError, InvalidInputError

    def load(option: str, name: str) -> Catalog:
        try:
            return take_catalog(name)
        except DataFileError:
            raise  # names the file and the row
        except InvalidInputError as error:
            raise refusal(option, error.violations[0].rule) from None

    asked = {name: given.pop(name) for name in ("today", "keep", "dunnage")}
    found: dict[str, Any] = {name: None if value is None else load(f"--{name}", value) for name, value in asked.items()}
    return {**found, "also": [load("--also", each) for each in given.pop("also")]}


def _take_wishes(given: dict[str, Any], currency: str) -> Wishes:
    """Take the options of the design out of a command's parameters."""
    from boxwright.design import BoxPrice, Wishes

    pallets = given.pop("pallets")
    per_box, per_m2 = given.pop("price_per_box"), given.pop("price_per_m2")
    named = given.pop("currency")
    if named is not None and per_box is None and per_m2 is None:
        raise refusal("--currency", "needs --price-per-box or --price-per-m2")
    price = None if per_box is None and per_m2 is None else BoxPrice(named or currency, per_box or 0.0, per_m2 or 0.0)
    return Wishes(
        sizes=_sizes(given.pop("sizes")),
        add=given.pop("add"),
        drop=given.pop("drop"),
        lock=given.pop("lock"),
        objective=given.pop("objective"),
        may_lose_orders=given.pop("may_lose_orders"),
        step_mm=given.pop("step"),
        smallest_mm=_edges("--smallest", given.pop("smallest"), 3),
        largest_mm=_edges("--largest", given.pop("largest"), 3),
        max_aspect=given.pop("max_aspect"),
        max_sheet_mm=_edges("--max-sheet", given.pop("max_sheet"), 2),
        board_ids=given.pop("boards") or ("b-flute",),
        box_price=price,
        min_pieces=given.pop("min_pieces"),
        pallet_share=given.pop("pallet_share"),
        cut_to_size=given.pop("cut_to_size"),
        candidates=given.pop("candidates"),
        **({"pallets_mm": tuple(_edges("--pallet", each, 2) for each in pallets)} if pallets else {}),
        sample=given.pop("sample"),
        judged_share=given.pop("judged_share"),
        seed=given.pop("seed"),
    )


def _sizes(text: str | None) -> tuple[int, ...]:
    """Return the numbers that ``12`` or ``4-28`` means."""
    if text is None:
        return ()
    first, dash, last = text.partition("-")
    try:
        numbers = tuple(range(int(first), int(last or first) + 1))
    except ValueError:
        numbers = ()
    if not numbers or (dash and not last):
        raise refusal("sizes", f"must be a number, or two as FROM-TO, such as 12 or 4-28, got {text!r}")
    return numbers


def _edges(option: str, text: str | None, count: int) -> Any:
    """Return the lengths that ``400x300x200`` means; None for none."""
    if text is None:
        return None
    try:
        edges = tuple(float(each) for each in text.lower().split("x"))
    except ValueError:
        edges = ()
    if len(edges) != count:
        form = "x".join(("400", "300", "200")[:count])
        raise refusal(option, f"must be {count} lengths in mm, such as {form}, got {text!r}")
    return edges


def _report(made: Design, policy: Any, lane: Any, profiles: Any, workers: int | None, remarks: tuple[str, ...]) -> str:
    """Return the page that compares the designs with today's catalog, over the orders that judge them."""
    from boxwright.cli.output import counting
    from boxwright.design.page import box_panels, panel
    from boxwright.evaluation import StudyOptions, evaluate, report
    from boxwright.evaluation.verdict import main_comparison

    orders = made.halves.judged.every
    assert made.today is not None  # refused before
    rules, options = replace(policy, objectives=(made.wishes.objective.of_plans,)), StudyOptions(yearly=made.yearly)
    with counting("Planning", len(orders)) as progress:
        catalogs = [made.today, *(each.catalog for each in made.suites)]
        evaluation = evaluate(
            orders, catalogs, rules, lane, profiles, workers=workers, progress=progress, options=options
        )
    shown = main_comparison(evaluation)
    boxes = box_panels(made, shown.second - 1 if shown is not None else 0)
    return report(replace(evaluation, remarks=remarks), panels=[panel(made), *boxes])
