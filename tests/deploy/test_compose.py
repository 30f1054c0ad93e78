"""Compose file and Dockerfile are valid, grant few rights, and agree with the programs that they run."""

import re
import runpy
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from compose_spec import PyOptions

from boxwright.errors import InvalidInputError
from boxwright.server.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
TEXT = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
REHEARSE = runpy.run_path(str(DEPLOY / "rehearse.py"))
STEPS = REHEARSE["instructions"]((ROOT / "Dockerfile").read_text(encoding="utf-8"))


def read(text):
    """Return the content of a compose file; raise ValueError if it breaks the Compose specification."""
    options = PyOptions()
    options.apply_merge = True
    return options.from_yaml(text)


def test_it_is_valid_by_the_specification_of_compose():
    """Every key is known, and every network and volume that is named is declared."""
    read(TEXT).validate()
    with pytest.raises(ValueError, match="read_onlyy"):
        read(TEXT.replace("read_only:", "read_onlyy:"))


@pytest.mark.parametrize("name", SERVICES)
def test_no_container_may_do_more_than_it_has_to(name):
    """Root file systems are read-only, capabilities are dropped, and memory is limited."""
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["image"].partition(":")[2] not in ("", "latest")


def test_planning_processes_stay_below_the_limit_of_memory():
    """The workers and the server together stay below the container's limit."""
    given = SERVICES["boxwright"]["environment"]
    limit = int(SERVICES["boxwright"]["mem_limit"].removesuffix("g")) * 2**30
    most = (int(given["BOXWRIGHT_WORKERS"]) + 1) * int(given["BOXWRIGHT_MAX_WORKER_BYTES"])
    assert most + 400 * 2**20 < limit


def test_plans_are_kept_as_they_are_elsewhere():
    """Compose, systemd and Kubernetes all store plans of shipments."""
    unit = tomllib.loads((DEPLOY / "systemd" / "boxwright.toml").read_text(encoding="utf-8"))
    config = yaml.safe_load((DEPLOY / "kubernetes" / "settings.yaml").read_text(encoding="utf-8"))
    pod = tomllib.loads(next(iter(config["data"].values())))
    given = SERVICES["boxwright"]["environment"]["BOXWRIGHT_PERSIST_PLANS"]
    assert [given == "true", unit["persist_plans"], pod["persist_plans"]] == [True] * 3


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_published_on_loopback_alone(name):
    """The example has no authentication, so its ports are published on loopback only."""
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


def test_what_is_mounted_is_there_and_volumes_are_declared():
    """Files of this folder are mounted read-only; data go to a volume or to memory."""
    named = set()
    for service in SERVICES.values():
        for source, _, *mode in (volume.split(":") for volume in service.get("volumes", [])):
            if source.startswith("./"):
                assert (DEPLOY / source).exists(), source
                assert mode == ["ro"]
            else:
                named.add(source)
    assert named == set(COMPOSE["volumes"])


def test_each_finds_the_other_by_its_name():
    """Prometheus reaches the service and its rules, and Grafana reaches Prometheus."""
    prometheus = yaml.safe_load((DEPLOY / "prometheus.yml").read_text(encoding="utf-8"))
    (job,) = prometheus["scrape_configs"]
    (static,) = job["static_configs"]
    (target,) = static["targets"]
    name, _, port = target.partition(":")
    assert port in SERVICES[name]["expose"]
    assert SERVICES["prometheus"]["depends_on"][name]["condition"] == "service_started"
    mounted = [volume.split(":")[1] for volume in SERVICES["prometheus"]["volumes"]]
    assert all(f"/etc/prometheus/{name}" in mounted for name in prometheus["rule_files"])
    (source,) = (DEPLOY / "grafana" / "provisioning" / "datasources").glob("*.yaml")
    (where,) = yaml.safe_load(source.read_text(encoding="utf-8"))["datasources"]
    assert re.fullmatch(r"http://(\w+):9090", where["url"])[1] in SERVICES


def test_the_password_of_the_database_is_written_once(openssl, tmp_path):
    """The documented command writes a private file with the password also in the URL, and overwrites nothing."""
    page = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    block = re.search(r"```sh\n(password=.*?)docker compose", page, re.DOTALL)[1]
    (tmp_path / "deploy").mkdir()
    file = tmp_path / "deploy" / ".env"
    command = ["bash", "-euc", block]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert file.stat().st_mode & 0o777 == 0o600
    written = dict(line.split("=", 1) for line in file.read_text().splitlines())
    password = written.pop("POSTGRES_PASSWORD")
    assert re.fullmatch(r"[0-9a-f]{48}", password)
    url = f"postgresql://boxwright:{password}@postgresql/boxwright"
    assert written == {"COMPOSE_PROFILES": "postgresql", "BOXWRIGHT_STORE": url}
    again = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert again.returncode != 0
    assert "cannot overwrite" in again.stderr
    assert password in file.read_text()


def test_the_database_is_reached_by_the_service_alone():
    """The database starts on request, on a separate network without access to others."""
    database = SERVICES["postgresql"]
    assert database["profiles"] == ["postgresql"]
    assert database["networks"] == ["store"]
    assert COMPOSE["networks"]["store"]["internal"]
    assert [name for name, service in SERVICES.items() if "store" in service.get("networks", [])] == [
        "boxwright",
        "postgresql",
    ]
    assert "ports" not in database
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "deploy/.env" in ignored  # the file holds the password of the database


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
    given = SERVICES["boxwright"]
    assert given["environment"]["BOXWRIGHT_STORE"].startswith(f"${{BOXWRIGHT_STORE:-sqlite:///{folders[0]}/")
    assert f"plans:{folders[0]}" in given["volumes"]


def test_the_ports_of_the_settings_are_exposed():
    """EXPOSE has all ports, and the settings of the image are valid."""
    given = {name: value for name, value in environment(1).items() if name.startswith("BOXWRIGHT_")}
    settings = Settings.from_environment(given, allow_unauthenticated=True)
    ports = [
        address.rpartition(":")[2] for address in (settings.address, settings.http_address, settings.admin_address)
    ]
    assert ("EXPOSE", " ".join(ports)) in STEPS
    assert f"127.0.0.1:{ports[0]}:{ports[0]}" in SERVICES["boxwright"]["ports"]
    assert f'"boxwright:{ports[-1]}"' in (DEPLOY / "prometheus.yml").read_text(encoding="utf-8")


def test_the_image_admits_no_caller_without_a_rule():
    """The image listens publicly, so it does not start until callers are authenticated or allowed."""
    given = {name: value for name, value in environment(1).items() if name.startswith("BOXWRIGHT_")}
    with pytest.raises(InvalidInputError, match="_ADDRESS"):
        Settings.from_environment(given)


def test_the_container_runs_without_root_and_checks_its_health():
    """USER comes before ENTRYPOINT, and the health check is the probe."""
    words = [word for word, _ in STEPS]
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert next(rest for word, rest in STEPS if word == "USER") not in ("root", "0")
    assert "boxwright.server.health" in next(rest for word, rest in STEPS if word == "HEALTHCHECK")


def test_the_engine_waits_longer_than_the_server_drains():
    """The stop grace period of the container exceeds the grace of the server."""
    assert float(SERVICES["boxwright"]["stop_grace_period"].removesuffix("s")) > Settings().grace_s


def test_the_build_context_holds_what_is_copied_and_nothing_else():
    """Every COPY source has files; stubs and virtual environments are excluded."""
    files = REHEARSE["context_files"]()
    sources = [word for step, rest in STEPS if step == "COPY" and "--from" not in rest for word in rest.split()[:-1]]
    roots = [Path(source) for source in sources]
    assert all(any(path == root or root in path.parents for path in files) for root in roots)
    assert all(any(path == root or root in path.parents for root in roots) for path in files)
    assert not [path for path in files if "_pb2" in path.name or "__pycache__" in path.parts]
