"""``boxwright serve``: the service."""

import os
import sys
from collections.abc import Mapping
from typing import Any

import click

from boxwright.cli.failures import FOUND_WANTING, told_to_users, warn
from boxwright.cli.options import with_options
from boxwright.errors import DataFileError, InvalidInputError

OPTIONS: tuple[tuple[str, type, str, str], ...] = (
    ("address", str, "HOST:PORT", "Where gRPC listens.  [default: 127.0.0.1:50051]"),
    ("http_address", str, "HOST:PORT", "Where JSON over HTTP is served; empty: nowhere.  [default: 127.0.0.1:8080]"),
    ("http_origins", str, "ORIGINS", "Sites whose pages may call over HTTP, separated by commas."),
    ("trusted_proxies", str, "NETWORKS", "Reverse proxies whose X-Forwarded-For says who calls over HTTP."),
    ("tls_certificate", str, "FILE", "Certificate that each port shows, in PEM; empty: no TLS."),
    ("tls_key", str, "FILE", "Private key of the certificate."),
    ("client_ca", str, "FILE", "Authorities that certificates of callers must come from; empty: they need none."),
    ("tokens_file", str, "FILE", "Tokens that let callers in, as `boxwright tokens` writes it; empty: they need none."),
    ("tokens_in_store", bool, "", "Let callers in by tokens that the store keeps, too."),
    ("allow_unauthenticated", bool, "", "Let anybody call at addresses other than loopback."),
    ("max_calls_per_s", float, "N", "Calls a second that one caller may make; 0: any number.  [default: 0]"),
    ("admin_address", str, "HOST:PORT", "Where metrics and health are served over HTTP.  [default: 127.0.0.1:9464]"),
    ("default_catalog", str, "ID", "For requests that name none; without it they are refused."),
    ("sites", str, "FILE", "Sites that requests may name: catalog, availability, profiles and limits of each."),
    ("default_profile", str, "ID", "For requests that name none.  [default: uk-desnz]"),
    ("materials", str, "FOLDER", "Data folder to use instead of the shipped one."),
    ("watch_files_s", float, "S", "How often to look for changed catalogs and data; 0: never.  [default: 5]"),
    ("watch_store_s", float, "S", "How often to look for catalogs that other servers wrote; 0: never.  [default: 2]"),
    ("workers", str, "N", "Processes that plan, or auto for one per core.  [default: auto]"),
    ("max_worker_bytes", int, "N", "Most memory of a planning process.  [default: 2147483648]"),
    ("max_cpu_s_per_order", float, "S", "Most CPU time for an order.  [default: 30]"),
    ("max_units_per_order", int, "N", "Most units of an order.  [default: 2000]"),
    ("max_orders_per_batch", int, "N", "Most orders of a BatchPack.  [default: 1000]"),
    ("max_answer_bytes", int, "N", "Most bytes of one answer.  [default: 16777216]"),
    ("max_unsent_bytes", int, "N", "Most bytes of answers that wait for callers.  [default: 268435456]"),
    ("max_unsent_bytes_per_caller", int, "N", "The same for one address.  [default: 67108864]"),
    ("max_orders_per_stream", int, "N", "Orders of a StreamPack under way at once.  [default: 16]"),
    ("max_streams", int, "N", "StreamPack calls open at once.  [default: 1024]"),
    ("max_streams_per_caller", int, "N", "StreamPack calls of one address at once.  [default: 128]"),
    ("stream_idle_s", float, "S", "When an idle StreamPack ends.  [default: 1800]"),
    ("stream_age_s", float, "S", "When a StreamPack ends in any case.  [default: 43200]"),
    ("connection_age_s", float, "S", "When a connection over gRPC takes no new calls.  [default: 1800]"),
    ("max_batches", int, "N", "BatchPack calls at once.  [default: 64]"),
    ("max_batches_per_caller", int, "N", "BatchPack calls of one address at once.  [default: 16]"),
    ("max_drawn_units", int, "N", "Most units of an order whose pictures may be asked for.  [default: 200]"),
    ("max_message_bytes", int, "N", "Largest request.  [default: 16777216]"),
    ("remembered_answers", int, "N", "Answers kept for calls with a request id.  [default: 10000]"),
    ("remembered_bytes", int, "N", "Most bytes of remembered answers.  [default: 67108864]"),
    ("store", str, "URL", "Database that keeps plans, such as sqlite:////folder/plans.db; empty: none."),
    ("store_file", str, "FILE", "File with the URL of the store, where it has a password."),
    ("persist_plans", bool, "", "Store plans of shipments where the request does not say."),
    ("store_wait_s", float, "S", "When a record that is not stored yet counts as failed.  [default: 2]"),
    ("keep_plans_days", float, "DAYS", "When stored plans are deleted; 0: never.  [default: 90]"),
    ("keep_plans_bytes", int, "N", "Most bytes of stored plans; 0: no limit.  [default: 10737418240]"),
    ("keep_answers_days", float, "DAYS", "How long stored answers serve repeated calls.  [default: 2]"),
    ("store_texts", bool, "", "Store SKUs, descriptions and barcodes of lines."),
    ("order_id_key_file", str, "FILE", "File with the key by which order ids are hashed before they are stored."),
    ("link_key_file", str, "FILE", "File with the key that links to pages of stored plans must be signed by."),
    ("drain_delay_s", float, "S", "Seconds at a stop in which calls are taken while health says no.  [default: 0]"),
    ("grace_s", float, "S", "Seconds that calls under way get at a stop.  [default: 20]"),
    ("traces_endpoint", str, "URL", "Collector that takes traces by OTLP; needs the extra tracing."),
    ("log_format", str, "FORMAT", "plain or json.  [default: plain]"),
    ("log_level", str, "LEVEL", "DEBUG, INFO, WARNING or ERROR.  [default: INFO]"),
)
"""Name of the setting, type, placeholder and help of each option; a test holds them to the server's settings.

Secrets have none: everybody on the machine sees options. They are named by the file that holds them.
"""


@click.command("serve")
@click.option(
    "--config",
    metavar="FILE",
    help="Settings in TOML, such as workers = 4; options and the environment win.  [default: BOXWRIGHT_CONFIG]",
)
@click.option(
    "--catalog",
    "catalogs",
    multiple=True,
    metavar="FILE",
    help="Catalog file to offer with the shipped ones; may be repeated.",
)
@click.option("--check", is_flag=True, help="Say what keeps a server with these settings from running well, and end.")
@with_options(
    *(
        click.option(f"--{name.replace('_', '-')}", name, help=text, is_flag=True, default=None)
        if kind is bool
        else click.option(f"--{name.replace('_', '-')}", name, help=text, type=kind, metavar=placeholder)
        for name, kind, placeholder, text in OPTIONS
    )
)
def command(check: bool, **given: Any) -> None:
    """Serve planning over gRPC and HTTP until SIGTERM or SIGINT.

    Each setting comes from its option, else from the environment, such as BOXWRIGHT_ADDRESS for --address, else from
    the settings file. The page on settings says more about each; `boxwright config show` shows what holds. Away from
    loopback it starts only where callers are known (--tokens-file, --client-ca), or where anybody may call
    (--allow-unauthenticated).

    With --check it changes nothing: it prints a line, ok, warn or fail, for settings, ports, certificates, tokens,
    files that others may read, store, catalogs and limits. The exit code is 1 where anything fails.
    """
    # Before gRPC is loaded: else it writes lines of its own, which are no JSON, for what callers send that is no call.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    with told_to_users():
        from boxwright.server import serve
        from boxwright.server.settings import Settings
        from boxwright.server.settings_sources import read_settings

        sourced = read_settings(Settings, os.environ, taken(given))
        warn(sourced.warnings)
        if check:
            _check(sourced.settings)
            return
        try:
            serve(sourced.settings)
        except DataFileError:
            raise
        except InvalidInputError as error:
            raise sourced.named(error) from None  # each setting as it is called where it comes from


def taken(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that were given: one that may be repeated and was not is none."""
    return {name: value for name, value in given.items() if value not in (None, ())}


def _check(settings: Any) -> None:
    from boxwright.server.start_checks import check_all

    failed = False
    click.echo("ok    settings      all are valid")
    for line in check_all(settings):
        failed = failed or line.level == "fail"
        click.echo(f"{line.level:<5} {line.what:<13} {line.text}")
    if failed:
        sys.exit(FOUND_WANTING)
