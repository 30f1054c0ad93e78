"""Dockerfile, compose file and settings agree, as far as this can be tested without a container engine."""

import re
import runpy
from pathlib import Path

import pytest

from boxwright.errors import InvalidInputError
from boxwright.server.settings import Settings

ROOT = Path(__file__).parents[2]
REHEARSE = runpy.run_path(str(ROOT / "deploy" / "rehearse.py"))
STEPS = REHEARSE["instructions"]((ROOT / "Dockerfile").read_text(encoding="utf-8"))
COMPOSE = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")


def environment(stage):
    """Return the variables that a stage sets; stages count from 0."""
    found, number = {}, -1
    for word, rest in STEPS:
        number += word == "FROM"
        if word == "ENV" and number == stage:
            found |= dict(pair.split("=", 1) for pair in rest.split())
    return found


def test_the_image_uses_the_kernels_of_the_package():
    """No stage sets a CPU for numba, and the user may write only to the folder of stored plans."""
    assert not [name for stage in (0, 1) for name in environment(stage) if "NUMBA" in name]
    assert not [rest for word, rest in STEPS if word == "RUN" and "chown" in rest]
    folders = [rest.split()[-1] for word, rest in STEPS if word == "RUN" and " -o " in rest]
    assert folders == ["/var/lib/boxwright"]
    assert f"BOXWRIGHT_STORE: ${{BOXWRIGHT_STORE:-sqlite:///{folders[0]}/" in COMPOSE
    assert f"plans:{folders[0]}\n" in COMPOSE


def test_the_ports_of_the_settings_are_exposed():
    """EXPOSE has all ports, and the settings of the image are valid."""
    given = {name: value for name, value in environment(1).items() if name.startswith("BOXWRIGHT_")}
    settings = Settings.from_environment(given, allow_unauthenticated=True)
    ports = [
        address.rpartition(":")[2] for address in (settings.address, settings.http_address, settings.admin_address)
    ]
    assert ("EXPOSE", " ".join(ports)) in STEPS
    assert f'"127.0.0.1:{ports[0]}:{ports[0]}"' in COMPOSE
    assert f'"boxwright:{ports[-1]}"' in (ROOT / "deploy" / "prometheus.yml").read_text(encoding="utf-8")


def test_the_image_admits_no_caller_without_a_rule():
    """The image listens publicly, so it does not start until callers are authenticated or allowed."""
    given = {name: value for name, value in environment(1).items() if name.startswith("BOXWRIGHT_")}
    with pytest.raises(InvalidInputError, match="_ADDRESS"):
        Settings.from_environment(given)
    assert all('- "127.0.0.1:' in line for line in COMPOSE.splitlines() if re.search(r'- ".*:\d+:\d+"', line))


def test_the_container_runs_without_root_and_checks_its_health():
    """USER comes before ENTRYPOINT, and the health check is the probe."""
    words = [word for word, _ in STEPS]
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert next(rest for word, rest in STEPS if word == "USER") not in ("root", "0")
    assert "boxwright.server.health" in next(rest for word, rest in STEPS if word == "HEALTHCHECK")


def test_the_engine_waits_longer_than_the_server_drains():
    """The stop grace period of the container exceeds the grace of the server."""
    (waits,) = re.findall(r"stop_grace_period: (\d+)s", COMPOSE)
    assert float(waits) > Settings().grace_s


def test_the_build_context_holds_what_is_copied_and_nothing_else():
    """Every COPY source has files; stubs and virtual environments are excluded."""
    files = REHEARSE["context_files"]()
    sources = [word for step, rest in STEPS if step == "COPY" and "--from" not in rest for word in rest.split()[:-1]]
    roots = [Path(source) for source in sources]
    assert all(any(path == root or root in path.parents for path in files) for root in roots)
    assert all(any(path == root or root in path.parents for root in roots) for path in files)
    assert not [path for path in files if "_pb2" in path.name or "__pycache__" in path.parts]
