"""What is loaded and served: software, catalogs, data, certificates; and how reading them anew went."""

from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any, Protocol

from prometheus_client import Counter, Gauge, Histogram

from boxwright.catalog import Materials
from boxwright.domain.box import Catalog
from boxwright.server.metrics.described import AskedGauge, Described, Instruments

RELOAD_BUCKETS_S = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)


class Loaded(Protocol):
    """Catalogs and data, as far as metrics show them."""

    @property
    def materials(self) -> Materials:
        """Data."""

    @property
    def catalogs(self) -> Mapping[str, Catalog]:
        """Catalogs by id."""


class Valid(Protocol):
    """A certificate, as far as metrics show it."""

    @property
    def begins_s(self) -> float:
        """From when on it is valid, in seconds since 1970."""

    @property
    def expires_s(self) -> float:
        """When it ends, in seconds since 1970."""


class Shown(Valid, Protocol):
    """The certificate that the doors show, and whom they trust."""

    @property
    def authority(self) -> Valid | None:
        """The authority of callers that ends first; None where callers need no certificate."""


class LoadedMetrics(Instruments):
    """What runs, with what."""

    build = Described(
        Gauge,
        "boxwright_build_info",
        "Always 1; the labels say what runs: software and data versions.",
        "version data_version",
    )
    loaded = Described(
        Gauge,
        "boxwright_loaded_info",
        "Always 1; one for the data and one for each catalog that plans are made with now: kind (data, catalog), id,"
        " version and content hash.",
        "kind id version content_hash",
    )
    ready = Described(
        Gauge,
        "boxwright_ready",
        "1 while ``/healthz`` answers SERVING: once kernels are warm, while planning gets on, and until the server"
        " drains; else 0.",
    )
    alive = Described(
        Gauge,
        "boxwright_planning_alive",
        "1 while ``/livez`` answers 200, 0 once nothing plans for longer than half a minute: only a"
        " new start helps then.",
    )
    reloads = Described(
        Counter,
        "boxwright_reload_attempts_total",
        "Times that catalogs and data were read anew, by outcome (changed, unchanged, failed). After a failure those"
        " loaded before go on.",
        "outcome",
        known=("changed", "unchanged", "failed"),
    )
    reload_failing = Described(
        Gauge,
        "boxwright_reload_failing",
        "1 while the files read last are not served because they are at fault, else 0.",
    )
    reload_success = Described(
        Gauge,
        "boxwright_reload_last_success_timestamp_seconds",
        "When catalogs and data were last read without a fault, at the start or since, in seconds since 1970.",
    )
    reload_seconds = Described(
        Histogram,
        "boxwright_reload_duration_seconds",
        "Time from the begin of a reload until it is served, or failed, by why it was begun (signal, files, store,"
        " write).",
        "cause",
        RELOAD_BUCKETS_S,
        known=("signal", "files", "store", "write"),
    )
    access_failing = Described(
        Gauge,
        "boxwright_access_reload_failing",
        "1 while certificates or tokens, or some of them, are not taken over because they are at fault or out of reach,"
        " else 0, by what they are (certificates, tokens, stored tokens).",
        "what",
    )
    certificate_end = Described(
        Gauge,
        "boxwright_certificate_expiry_timestamp_seconds",
        "When a certificate ends, in seconds since 1970, by the setting that names it (tls_certificate, client_ca): the"
        " one that the doors show, and of the authorities of callers that are valid now the one that ends first. 0"
        " where there is none.",
        "setting",
        known=("tls_certificate", "client_ca"),
    )
    certificate_begin = Described(
        Gauge,
        "boxwright_certificate_begin_timestamp_seconds",
        "From when on that certificate is valid, in seconds since 1970; 0 where there is none.",
        "setting",
        known=("tls_certificate", "client_ca"),
    )
    token_end = Described(
        AskedGauge,
        "boxwright_token_expiry_timestamp_seconds",
        "When the last valid token of a caller ends, in seconds since 1970, by caller. A caller with a valid token"
        " without an end is not among them, nor one whose tokens have all ended.",
        "principal",
    )
    token_begin = Described(
        AskedGauge,
        "boxwright_token_begin_timestamp_seconds",
        "When that token was made, in seconds since 1970, by caller.",
        "principal",
    )

    _shown: dict[Any, set[tuple[str, ...]]]
    """Rows by metric that are shown now."""

    def watch_certificate(self, certificate: Shown) -> None:
        """Read from when until when certificates are valid whenever metrics are scraped."""

        def read(setting: str, valid: Callable[[], Valid | None]) -> None:
            self.certificate_begin.labels(setting).set_function(lambda: each.begins_s if (each := valid()) else 0.0)
            self.certificate_end.labels(setting).set_function(lambda: each.expires_s if (each := valid()) else 0.0)

        read("tls_certificate", lambda: certificate)
        read("client_ca", lambda: certificate.authority)

    def watch_tokens(self, ending: Callable[[], Mapping[str, tuple[float, float]]]) -> None:
        """Ask whenever metrics are scraped from when until when each caller is let in, in seconds since 1970."""
        self.token_begin.rows = lambda: {(who,): begins_s for who, (begins_s, _) in ending().items()}
        self.token_end.rows = lambda: {(who,): expires_s for who, (_, expires_s) in ending().items()}

    def show_loaded(self, dataset: Loaded) -> None:
        """Say what is loaded by now, in place of what was."""
        data = dataset.materials
        now: dict[Any, set[tuple[str, ...]]] = {
            self.build: {(version("boxwright"), data.version)},
            self.loaded: {
                ("data", "", data.version, data.content_hash),
                *(("catalog", each.catalog_id, each.version, each.content_hash) for each in dataset.catalogs.values()),
            },
        }
        for metric, rows in now.items():
            for row in rows:
                metric.labels(*row).set(1)
            for row in self._shown.get(metric, set()) - rows:
                metric.remove(*row)
            metric.labels.cache_clear()  # it holds what was removed
        self._shown = now
