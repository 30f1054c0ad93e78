"""``boxwright design``: designs the set of box sizes to stock."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boxwright.cli.failures import BAD_INPUT, INTERRUPTED, Command, Outputs, refusal
from boxwright.cli.files import FileName, check_folder, digest_of, fetched, shown
from boxwright.cli.option_rows import POLICY_ROWS, Row
from boxwright.cli.options import (
    DESTINATIONS,
    LANE,
    OF_A_YEAR,
    POLICY,
    field_option,
    take_catalog,
    take_lane,
    take_policy,
    taken,
    with_options,
    yearly_of,
)
from boxwright.domain.wishes import BoxPrice, Wishes

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from boxwright.design import Design
    from boxwright.domain.box import Catalog
    from boxwright.findings import Findings

_SETTLED = {
    "objectives": (),
    "allow_partial": False,
    "max_parcels": None,
    "max_effort": None,
    "engine": "boxwright",
    "prefer_reusable": False,
}
"""Options of plans that a design sets."""
_RULES = tuple(option for option, row in zip(POLICY, POLICY_ROWS, strict=True) if row.field not in _SETTLED)
_WISHES = (
    Row("sizes", "Number of box types in the catalog, such as 12, 4-28 or 6,8,12.", "N|FROM-TO|N,N"),
    Row("objective", "Figure to minimise: cost of packaging and carriage, volume, or g CO2e of the first profile."),
    Row("add", "New sizes to add to the kept catalog.", "N"),
    Row("drop", "Boxes to drop from the kept catalog.", "N"),
    Row("lock", "Box type of --keep or --today that stays; repeatable.", "BOX"),
    Row("may_lose_orders", "Allow designs without a box for orders that fill the largest boxes of --today."),
    Row(
        "board_ids",
        "Board of new sizes (see `boxwright materials list`); repeatable.  [default: b-flute, an assumption]",
        "ID",
    ),
    Row("step_mm", "New inner edges are multiples of this; the default is an assumption.", "MM"),
    Row("smallest_mm", "Smallest inner edges of new sizes, in mm, such as those that a label needs.", "LxWxH"),
    Row("largest_mm", "Largest inner edges of new sizes, in mm.", "LxWxH"),
    Row("max_aspect", "Largest ratio of the longest inner edge to the shortest.", "N"),
    Row(
        "max_depth",
        "Largest ratio of the depth of a new size to the shorter edge of its opening; 10000 for no limit. The default"
        " is the maintainers' rule.",
        "N",
    ),
    Row("max_sheet_mm", "Largest blank that the maker cuts, in mm.", "LxW"),
    Row(
        "min_pieces",
        "Minimum number of boxes of each new size that the orders use: the maker's minimum order.",
        "N",
    ),
    Row(
        "pallets_mm",
        "Size of a pallet, in mm; repeatable.  [default: 1200x800 and 1200x1000]",
        "LxW",
        "--pallet",
    ),
    Row(
        "pallet_share",
        "Minimum share of a layer on one of the pallets that boxes of a new size cover, such as 0.85.",
        "SHARE",
    ),
    Row("cut_to_size", "Also state the price with boxes that a machine cuts to size for each order."),
    Row("candidates", "Maximum number of new sizes to choose from.", "N"),
    Row("judged_share", "Share of the orders that are held out to evaluate the design.", "SHARE"),
    Row("sample", "Maximum number of different orders taken from each half.", "N"),
    Row("seed", "Random seed of halves and samples.", "N"),
)
_PRICE = (
    Row(
        "per_piece_minor",
        "Price of a new box whatever its size, in minor units.  [default: none]",
        "MINOR",
        "--price-per-box",
    ),
    Row(
        "per_m2_minor",
        "Price of each square metre of its blank, in minor units.  [default: none]",
        "MINOR",
        "--price-per-m2",
    ),
    Row(
        "per_size_minor",
        "One-time cost of a new size (tool, sample, place in stock), in minor units.  [default: none]",
        "MINOR",
        "--price-per-size",
    ),
    Row("currency", "Currency of these prices, such as EUR.  [default: that of --prices]", "CODE"),
)
_OPTIONS = {
    **{row.field: row.flag for row in (*_WISHES, *_PRICE)},
    **{name: f"--{name}" for name in ("today", "keep", "also", "orders")},
    "box_price": "--price-per-box",
}
"""Options by the fields that errors of a design name."""
_OTHERS = (
    click.option(
        "--today",
        metavar="NAME|FILE",
        help="Current catalog to compare with; orders that fit its largest boxes must fit the design.",
    ),
    click.option("--keep", metavar="NAME|FILE", help="Catalog whose boxes stay; with --add, --drop or --sizes."),
    click.option(
        "--also", multiple=True, metavar="NAME|FILE", help="Catalog of other boxes to choose from; repeatable."
    ),
    click.option("--dunnage", metavar="NAME|FILE", help="Catalog with the dunnage.  [default: eu-stock]"),
    click.option(
        "--date-column",
        default="extra_ship_date",
        show_default=True,
        metavar="NAME",
        help="Column of dates: if 95 % of the orders have one, the later half is held out. With none, halves are"
        " drawn at random.",
    ),
    OF_A_YEAR,
    click.option("--workers", type=click.IntRange(min=1), metavar="N", help="Processes.  [default: one per core]"),
    click.option(
        "--out",
        "out_file",
        metavar="FILE.toml",
        type=FileName(written=True),
        help="Write the catalog; for several --sizes one file each, such as FILE-12.toml.",
    ),
    click.option("--json", "as_json", is_flag=True, help="Print figures and boxes as JSON."),
    click.option(
        "--html",
        "html_file",
        metavar="FILE.html",
        type=FileName(written=True),
        help="Also write the page of `evaluate` on the held-out orders, with the purchase list and payback time.",
    ),
)


@click.command("design", cls=Command)
@click.option(
    "--orders",
    "orders_file",
    required=True,
    metavar="FILE",
    type=FileName(),
    help="Past orders in a .csv, .jsonl or .parquet file.",
)
@with_options(
    *(field_option(row, Wishes) for row in _WISHES),
    *(field_option(row, BoxPrice) for row in _PRICE),
    *_OTHERS,
    *_RULES,
    *LANE,
    DESTINATIONS,
)
def command(orders_file: Path, out_file: Path | None, html_file: Path | None, as_json: bool, **given: Any) -> None:
    """Choose which box sizes to stock.

    Finds the catalog with the given number of box types that minimises cost, volume or emissions of past orders, each
    in one parcel; packing decides what fits. Half of the orders are held out to evaluate the design. Prints the figures
    on the orders designed for, a lower bound for any choice among the candidates, and the saving by plans of the
    held-out orders.

    Catalogs are written before these plans are made. A file that cannot be written does not stop the others. On Ctrl-C
    the command lists the files written so far and exits with code 130.
    """
    outputs = Outputs(quiet=as_json)
    try:
        _design(orders_file, out_file, html_file, outputs, as_json=as_json, given=given)
    except KeyboardInterrupt:
        click.echo(f"Interrupted; written: {', '.join(outputs.written) or 'nothing'}", err=True)
        raise SystemExit(INTERRUPTED) from None
    if outputs.failed:
        raise SystemExit(BAD_INPUT)


def _design(
    orders_file: Path,
    out_file: Path | None,
    html_file: Path | None,
    outputs: Outputs,
    *,
    as_json: bool,
    given: dict[str, Any],
) -> None:
    from boxwright.cli.output import counting, show
    from boxwright.orders import DATE_COLUMN, count_orders, read_orders, ship_dates

    catalogs = _take_catalogs(given)
    _check(out_file, html_file, given, compared=catalogs["today"] is not None)
    lane, column, workers = take_lane(given), given.pop("date_column"), given.pop("workers")
    per_year = given.pop("orders_per_year")
    # The slowest imports come after all checks that do not need them.
    from boxwright.cli.order_remarks import order_remarks
    from boxwright.design import design, design_dict, judge
    from boxwright.design.page import panels
    from boxwright.design.wording import gain
    from boxwright.evaluation import StudyOptions
    from boxwright.evaluation import report as evaluation_page
    from boxwright.evaluation.verdict import main_comparison
    from boxwright.findings import Findings

    found = Findings()
    with found.at("", _OPTIONS):
        wishes = _take_wishes(given, lane.price_tables[0].currency if lane and lane.price_tables else "", found)
    found.raise_any()
    policy = take_policy({**given, **_SETTLED, "objectives": (wishes.objective.of_plans.value,)})
    profiles = given["profiles"] or None
    count_orders(fetched(orders_file))  # this reports every bad row
    dates = ship_dates(orders_file, column)
    if not dates and column not in (DATE_COLUMN, "none"):
        raise refusal("--date-column", f"must be none, or a column with dates of a CSV or Parquet file, got {column!r}")
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
    yearly = yearly_of(orders_file, per_year, None if column == "none" else column)
    page = StudyOptions(yearly=yearly) if html_file else StudyOptions(pictures=0, worth=False, yearly=yearly)
    made = judge(_written(made, orders_file, outputs, out_file), workers=workers, progress=counting, options=page)
    remarks = order_remarks(orders_file, lane)
    if as_json:
        click.echo(json.dumps({**design_dict(made), "remarks": [*remarks]}, indent=2))
    else:
        show(summary(made), *remarks)
    if html_file is not None:
        assert made.evaluation is not None  # judge() made it
        evaluation, main = replace(made.evaluation, remarks=remarks), main_comparison(made.evaluation)
        shown = 0 if main is None else main.second - 1
        extra, lead = panels(made, shown), gain(made, made.suites[shown])
        outputs.write(html_file, lambda: evaluation_page(evaluation, panels=extra, lead=lead))


def _check(out_file: Path | None, html_file: Path | None, given: dict[str, Any], *, compared: bool) -> None:
    if given["orders_per_year"] is not None and not compared:
        raise refusal("--orders-per-year", "needs --today, since yearly figures are changes from the current catalog")
    if out_file is not None:
        if out_file.suffix.lower() != ".toml":
            raise refusal("--out", f"must end in .toml, got {shown(out_file)!r}")
        check_folder("--out", out_file)
    if html_file is not None:
        if not compared:
            raise refusal("--html", "needs --today, since the page compares with the current catalog")
        check_folder("--html", html_file)
        from boxwright.evaluation import page_template

        page_template()  # reports a missing package before the design, not after it


def _written(made: Design, orders_file: Path, outputs: Outputs, out_file: Path | None) -> Design:
    """Write a catalog file for each number of sizes; return the design with catalogs named after their files."""
    from boxwright.catalog import load_materials
    from boxwright.design import catalog_toml, premises

    if out_file is None:
        return made
    source = (
        f"boxwright design, from {made.halves.of:,} orders in a file with the BLAKE2b hash {digest_of(orders_file)}"
    )
    several, suites = len(made.suites) > 1, []
    for suite in made.suites:
        path = out_file.with_stem(f"{out_file.stem}-{suite.sizes}") if several else out_file
        suites.append(replace(suite, catalog=replace(suite.catalog, catalog_id=path.stem, source=source)))
        comments = ("Made by boxwright design.", *premises(made))
        outputs.write(path, partial(catalog_toml, suites[-1].catalog, load_materials(), comments))
    return replace(made, suites=tuple(suites))


def summary(made: Design) -> Group:
    """Return the premises of a design, a row per number of sizes and, if there is one number, the purchase list."""
    from rich.console import Group
    from rich.text import Text

    from boxwright.cli.output import table_of
    from boxwright.design import notes, premises
    from boxwright.design.boxes import layer_share
    from boxwright.design.buying import buying
    from boxwright.design.wording import gain, origin, table, to_buy
    from boxwright.domain.rounded import percent
    from boxwright.units import to_mm

    names, lines = table(made)
    curve = table_of([f">{name}".replace(", ", "\n") for name in names], lines)
    gains = [words for suite in made.suites if (words := gain(made, suite))] if len(made.suites) > 1 else []
    parts: list[Text | Table] = [*map(Text, premises(made)), Text(), curve, Text(), *map(Text, [*gains, *notes(made)])]
    if len(made.suites) == 1:
        (suite,), pallets = made.suites, made.wishes.pallets_mm
        found = buying(made, suite)
        a_year = [purchase.a_year for purchase in found.purchases] if found else [None] * len(suite.catalog.box_types)
        names = ["Box type", ">Inner, mm", ">Tare, g", *(f">{length:g}x{width:g}" for length, width in pallets)]
        rows = [
            [
                box.box_type_id,
                " x ".join(f"{to_mm(edge):g}" for edge in box.inner_um),
                f"{box.tare_g:,.0f}",
                *(percent(layer_share(box, pallet)) for pallet in pallets),
                *([] if pieces is None else [f"{pieces:,.0f}"]),
                origin(made, suite, box),
            ]
            for box, pieces in sorted(
                zip(suite.catalog.box_types, a_year, strict=True), key=lambda pair: pair[0].inner_volume_um3
            )
        ]
        names += [*([] if None in a_year else [">A year"]), ""]
        parts += [*map(Text, to_buy(made, suite)), Text("Boxes, and how much of a pallet's layer they cover")]
        parts.append(table_of(names, rows))
    return Group(*parts)


def _take_catalogs(given: dict[str, Any]) -> dict[str, Any]:
    """Return, by option, the loaded catalogs; remove these options from the parameters."""
    from boxwright.errors import DataFileError, InvalidInputError

    def load(option: str, name: str) -> Catalog:
        try:
            return take_catalog(name)
        except DataFileError:
            raise  # this error names file and row
        except InvalidInputError as error:
            raise refusal(option, error.violations[0].rule) from None

    named = {name: given.pop(name) for name in ("today", "keep", "dunnage")}
    found: dict[str, Any] = {name: None if value is None else load(f"--{name}", value) for name, value in named.items()}
    return {**found, "also": [load("--also", name) for name in given.pop("also")]}


def _take_wishes(given: dict[str, Any], currency: str, found: Findings) -> Wishes:
    fields, price = taken(given, _WISHES, found), taken(given, _PRICE, found)
    found.raise_any()
    if price.keys() == {"currency"}:
        raise refusal("--currency", "needs --price-per-box or --price-per-m2")
    return Wishes(**fields, box_price=BoxPrice(**{"currency": currency, **price}) if price else None)
