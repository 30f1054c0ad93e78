"""The compose file: valid by the Compose specification, tight, and in step with what it runs."""

import re
from pathlib import Path

import pytest
import yaml
from compose_spec import PyOptions

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
TEXT = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]


def read(text):
    """Read a compose file as its specification says; raises ValueError where it says otherwise."""
    options = PyOptions()
    options.apply_merge = True
    return options.from_yaml(text)


def test_it_is_valid_by_the_specification_of_compose():
    """No key that there is not, and every network and volume that is named is there."""
    read(TEXT).validate()
    with pytest.raises(ValueError, match="read_onlyy"):
        read(TEXT.replace("read_only:", "read_onlyy:"))


@pytest.mark.parametrize("name", SERVICES)
def test_no_container_may_do_more_than_it_has_to(name):
    """Its own files cannot be written, it has no capability, and its memory has an end."""
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["image"].partition(":")[2] not in ("", "latest")


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_published_on_loopback_alone(name):
    """Nothing here asks who calls."""
    assert all(each.startswith("127.0.0.1:") for each in SERVICES[name].get("ports", []))


def test_what_is_mounted_is_there_and_volumes_are_declared():
    """Files of this folder are mounted to be read; what is written goes into a volume or into memory."""
    named = set()
    for service in SERVICES.values():
        for source, _, *mode in (each.split(":") for each in service.get("volumes", [])):
            if source.startswith("./"):
                assert (DEPLOY / source).exists(), source
                assert mode == ["ro"]
            else:
                named.add(source)
    assert named == set(COMPOSE["volumes"])


def test_each_finds_the_other_by_its_name():
    """Prometheus the service and its rules, Grafana Prometheus."""
    prometheus = yaml.safe_load((DEPLOY / "prometheus.yml").read_text(encoding="utf-8"))
    (job,) = prometheus["scrape_configs"]
    assert job["dns_sd_configs"][0]["names"] == ["boxwright"]
    assert str(job["dns_sd_configs"][0]["port"]) in SERVICES["boxwright"]["expose"]
    mounted = [each.split(":")[1] for each in SERVICES["prometheus"]["volumes"]]
    assert all(f"/etc/prometheus/{name}" in mounted for name in prometheus["rule_files"])
    (source,) = (DEPLOY / "grafana" / "provisioning" / "datasources").glob("*.yaml")
    (where,) = yaml.safe_load(source.read_text(encoding="utf-8"))["datasources"]
    assert re.fullmatch(r"http://(\w+):9090", where["url"])[1] in SERVICES


def test_the_database_is_reached_by_the_service_alone():
    """It is started where it is asked for, on a network that leads nowhere else."""
    database = SERVICES["postgresql"]
    assert database["profiles"] == ["postgresql"]
    assert database["networks"] == ["store"]
    assert COMPOSE["networks"]["store"]["internal"]
    assert [name for name, each in SERVICES.items() if "store" in each.get("networks", [])] == [
        "boxwright",
        "postgresql",
    ]
    assert "ports" not in database
