"""``boxwright plans``: manages the plans stored by a server."""

import datetime
import itertools
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from boxwright.cli.failures import CommandGroup, errors_reported, refusal
from boxwright.cli.files import is_device, shown, whole_binary_file, whole_file
from boxwright.cli.options import FiniteRange, file_option, with_options
from boxwright.domain.rounded import count
from boxwright.server.settings.sources import read_secret

HASHED = "Order ids are hashed in this store: give --order-id-key-file to find orders by the ids that callers sent."
_BASE_URL = re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?")


def _secret(name: str, given: dict[str, Any]) -> str:
    with errors_reported():
        return read_secret(name, os.environ, given)


def _store(context: click.Context, parameter: click.Parameter, value: str | None) -> str:
    store = _secret("store", {"store": value})
    if not store and not context.resilient_parsing:
        raise click.MissingParameter("Give it, or set BOXWRIGHT_STORE.", ctx=context, param=parameter)
    return store


def _filter(text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option("--filter", "where", default="", metavar="FILTER", help=text)


_STORE = click.option(
    "--store",
    callback=_store,
    metavar="URL",
    help="Store of the server, a URL without a password.  [default: BOXWRIGHT_STORE, or the file that"
    " BOXWRIGHT_STORE_FILE names]",
)
_KEY = click.option(
    "--order-id-key-file",
    "order_id_key",
    callback=lambda _, __, value: _secret("order_id_key", {"order_id_key_file": value}),
    metavar="FILE",
    help="File with the key by which order ids are hashed.  [default: BOXWRIGHT_ORDER_ID_KEY, or the file that"
    " BOXWRIGHT_ORDER_ID_KEY_FILE names]",
)
_FOUND = (
    _STORE,
    _filter("Filter of plans, such as 'order_id = A-1001 AND outcome = OVERRIDDEN'.  [default: all]"),
    _KEY,
)


@click.group("plans", cls=CommandGroup)
def command() -> None:
    """List, show, export and delete plans stored by a server.

    The server may be running.
    """


@command.command("list")
@with_options(*_FOUND)
@click.option("--order-by", default="", metavar="FIELD", help="Sort by create_time or order_id; add desc to reverse.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), metavar="N", help="Number of plans.")
def list_plans(store: str, where: str, order_id_key: str, order_by: str, limit: int) -> None:
    """List stored plans, newest first."""
    from boxwright.cli.output import show, table_of
    from boxwright.server.stored.plan_archive import found, summary
    from boxwright.store import opened

    with opened(store) as kept:
        listed = itertools.islice(found(kept, where, order_by, order_id_key), limit + 1)
        plans, rows = [summary(stored) for stored in listed], []
        for stored in plans[:limit]:
            plan = stored.plan
            notes = [] if plan.status == "complete" else [plan.status]
            notes += ["cut short"] * plan.cut_short + ["outcome"] * (stored.outcome is not None)
            made = f"{datetime.datetime.fromtimestamp(plan.create_us / 1_000_000, datetime.UTC):%Y-%m-%d %H:%M}"
            rows.append((f"plans/{plan.plan_id}", made, plan.order_id, ", ".join(plan.box_type_ids), ", ".join(notes)))
        show(table_of(("=Name", "=Made (UTC)", "Order", "Boxes", "?Note"), rows), unbroken=True)
        if not plans:
            _say_hashed(kept, where, order_id_key)
        if len(plans) > limit:
            click.echo(f"There are more than {limit}: --limit shows more.", err=True)


@command.command("show")
@with_options(_STORE)
@click.argument("name", metavar="NAME")
@click.option("--all", "whole", is_flag=True, help="Print request, alternatives and comparison too.")
def show_plan(store: str, name: str, whole: bool) -> None:
    """Print a stored plan as JSON, with its recorded outcome.

    NAME is the name in the response, such as plans/01m8c36zhkc9xprtetetsdkddc.
    """
    from boxwright.server.stored.plan_archive import plan_data, whole_data
    from boxwright.store import opened

    with opened(store) as kept:
        stored = kept.read.plan(name.removeprefix("plans/"))
        if stored is None:
            raise refusal("NAME", f"must name a stored plan, got {name!r}")
        data = whole_data(stored) if whole else plan_data(stored)
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))


@command.command("export")
@with_options(*_FOUND)
@file_option("--out", "out", "FILE.jsonl", "File to write.", required=True)
def export_plans(store: str, where: str, order_id_key: str, out: Path) -> None:
    """Write stored plans to a file.

    Each line is a JSON object with request, plan and outcome; the oldest plan comes first.
    """
    from boxwright.server.stored.plan_archive import found, whole_data
    from boxwright.store import opened

    with opened(store) as kept:
        number = 0
        with whole_file(out, private=True, follow=False) as file:
            for stored in found(kept, where, "create_time", order_id_key):
                file.write(json.dumps(whole_data(stored), ensure_ascii=False) + "\n")
                number += 1
        _tell(out, count(number, "plan"), "written to", kept, where, order_id_key)


@command.command("evidence")
@with_options(*_FOUND)
@file_option("--out", "out", "FILE.zip", "File to write.", required=True)
def export_evidence(store: str, where: str, order_id_key: str, out: Path) -> None:
    """Write an evidence bundle of stored plans.

    The bundle is a zip file that `boxwright verify` checks offline. It holds each plan with its order, lane, policy,
    footprints with the data behind them, certificate, versions, outcome and catalog, and the SHA-256 of every file.
    """
    from boxwright.exchange.bundle import write_bundle
    from boxwright.server.stored.plan_archive import evidence_of, found
    from boxwright.store import opened

    with opened(store) as kept:
        plans = found(kept, where, "create_time", order_id_key)
        records = (evidence_of(stored, kept.read.catalog(stored.plan.catalog_hash)) for stored in plans)
        with whole_binary_file(out, private=True, follow=False) as file:
            number = write_bundle(file, records)
        _tell(out, count(number, "plan"), "with evidence in", kept, where, order_id_key)


@command.command("orders")
@with_options(*_FOUND)
@file_option("--out", "out", "FILE.csv|FILE.parquet", "File to write.", required=True)
def export_orders(store: str, where: str, order_id_key: str, out: Path) -> None:
    """Write shipped orders as an order file.

    The file has the orders whose newest stored plan has an outcome, with the columns extra_box_used and
    extra_ship_date for `boxwright evaluate`.
    """
    from boxwright.cli.conversion import write_orders
    from boxwright.orders.write import SHIPPED_COLUMNS, shipped_rows
    from boxwright.server.stored.plan_archive import shipped_orders
    from boxwright.store import opened

    with opened(store) as kept:
        if out.suffix.lower() not in (".csv", ".parquet"):
            raise refusal("--out", f"must end in .csv or .parquet, got {out.name!r}")
        number = 0

        def rows() -> Iterator[dict[str, Any]]:
            nonlocal number
            for order, day in shipped_orders(kept, where, order_id_key):
                number += 1
                yield from shipped_rows(order, day)

        write_orders(out, rows(), SHIPPED_COLUMNS, private=True, follow=False)
        _tell(out, count(number, "order"), "with boxes used in", kept, where, order_id_key)


@command.command("link")
@click.argument("name", metavar="NAME")
@click.option(
    "--link-key-file",
    metavar="FILE",
    help="File with the key of the server's setting link_key.  [default: BOXWRIGHT_LINK_KEY, or the file that"
    " BOXWRIGHT_LINK_KEY_FILE names]",
)
@click.option(
    "--days",
    default=7.0,
    show_default=True,
    type=FiniteRange(0, 36_500, min_open=True),
    metavar="DAYS",
    help="Days until the link expires.",
)
@click.option(
    "--base-url",
    default="http://127.0.0.1:8080",
    show_default=True,
    metavar="URL",
    help="URL of the server for callers.",
)
def link_plan(name: str, link_key_file: str | None, days: float, base_url: str) -> None:
    """Print a link to the page of a stored plan.

    The link works without a token. The command does not check that the plan exists. NAME is the name in the response,
    such as plans/01m8c36zhkc9xprtetetsdkddc.
    """
    from boxwright.findings import Findings
    from boxwright.server.access.links import LEAST_KEY_CHARACTERS, signed_query
    from boxwright.server.stored.plan_record import is_plan_id

    key, plan_id = _secret("link_key", {"link_key_file": link_key_file}), name.removeprefix("plans/")
    found = Findings()
    if len(key) < LEAST_KEY_CHARACTERS:
        absent = "is required: name the file from which the server reads link_key"
        rule = f"must hold at least {LEAST_KEY_CHARACTERS} characters" if key else absent
        found.add("--link-key-file", rule)
    if not is_plan_id(plan_id):
        rule = "must be the name of a stored plan, such as plans/01m8c36zhkc9xprtetetsdkddc"
        found.add("NAME", f"{rule}, got {plan_id!r:.80}")
    if not _BASE_URL.fullmatch(base_url):
        found.add("--base-url", f"must be a URL such as https://boxwright.example, got {base_url!r:.80}")
    found.raise_any()
    signed = signed_query(key, plan_id, int(time.time() + days * 86_400))
    click.echo(f"{base_url.rstrip('/')}/plans/{plan_id}?{signed}")


@command.command("delete")
@with_options(_STORE, _KEY, _filter("Filter of plans, such as 'order_id = A-1001'; required."))
def delete_plans(store: str, where: str, order_id_key: str) -> None:
    """Delete the stored plans that match a filter.

    Also deleted are their outcomes, the responses stored for repeated calls, and catalogs that no other plan needs.
    """
    from boxwright.server.stored.plan_archive import found, hides_orders
    from boxwright.store import opened

    with opened(store) as kept:
        if not where.strip():
            raise refusal("--filter", "is required; boxwright plans prune deletes by age and size")
        if hides_orders(kept, where, order_id_key):  # `order_id != A-1` would match that order too
            raise refusal("--filter", HASHED[0].lower() + HASHED[1:])
        gone = kept.delete(stored.plan.plan_id for stored in found(kept, where, "create_time", order_id_key))
        click.echo(f"{count(gone, 'plan')} deleted")


@command.command("prune")
@with_options(_STORE)
@click.option("--keep-days", type=FiniteRange(0, min_open=True), metavar="DAYS", help="Delete older plans.")
@click.option(
    "--keep-bytes", type=click.IntRange(1), metavar="N", help="Delete the oldest plans until N bytes are left."
)
def prune_plans(store: str, keep_days: float | None, keep_bytes: int | None) -> None:
    """Delete the oldest stored plans, by age or size.

    Also deleted are their outcomes, and catalogs that no other plan needs.
    """
    from boxwright.server.stored.plan_archive import keep_of
    from boxwright.store import opened

    if keep_days is None and keep_bytes is None:
        raise refusal("--keep-days", "or --keep-bytes is required")
    with opened(store) as kept:
        gone = kept.prune(keep_of(keep_days, keep_bytes))
        left = kept.read.sizes()
        click.echo(f"{count(gone, 'plan')} deleted, {count(left.plans, 'plan')} of {left.total_bytes:,} bytes left")


def _tell(out: Path, many: str, how: str, kept: Any, where: str, order_id_key: str) -> None:
    click.echo(f"{many} {how} {shown(out)}", err=is_device(out))
    if many.startswith("0 "):
        _say_hashed(kept, where, order_id_key)


def _say_hashed(kept: Any, where: str, order_id_key: str) -> None:
    from boxwright.server.stored.plan_archive import hides_orders

    if hides_orders(kept, where, order_id_key):
        click.echo(HASHED, err=True)
