"""The Kubernetes manifests are valid, grant few rights, and agree with the server that they run."""

import base64
import json
import re
import ssl
import subprocess
import tomllib
import urllib.request
from pathlib import Path

import jsonschema
import kubernetes_validate
import pytest
import yaml
from tests.interop.running_server import running_server

from boxwright.server.metrics import Metrics
from boxwright.server.settings.sources import IN_FILE, SECRETS, read_settings
from server.authority import Authority

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "kubernetes"
NOT_RESOURCES = {"prometheus_adapter.yaml", "prometheus_scrape.yaml", "pod_monitor.yaml"}
"""Parts of the configuration of other programs, and kinds that only the Prometheus Operator defines."""


def documents(name):
    """Return the documents of a file."""
    return list(yaml.safe_load_all((FOLDER / name).read_text(encoding="utf-8")))


KUSTOMIZATION = documents("kustomization.yaml")[0]
RESOURCES = [document for name in KUSTOMIZATION["resources"] for document in documents(name)]


def resource(kind, name="boxwright"):
    """Return a resource."""
    (found,) = [entry for entry in RESOURCES if (entry["kind"], entry["metadata"]["name"]) == (kind, name)]
    return found


POD = resource("Deployment")["spec"]["template"]["spec"]
(CONTAINER,) = POD["containers"]
TOML = resource("ConfigMap", "boxwright-settings")["data"]["boxwright.toml"]
SETTINGS = tomllib.loads(TOML)


def test_every_file_is_a_resource_of_the_kustomization():
    """The kustomization lists every manifest and nothing else."""
    files = {file.name for file in FOLDER.glob("*.yaml")}
    assert files == {"kustomization.yaml", *KUSTOMIZATION["resources"], *NOT_RESOURCES}


@pytest.mark.parametrize("version", ["1.30", kubernetes_validate.latest_version()])
@pytest.mark.parametrize("made", RESOURCES, ids=lambda made: f"{made['kind']}-{made['metadata']['name']}")
def test_resources_are_valid_by_the_schemas_of_kubernetes(made, version):
    """Manifests have only fields of the oldest supported and the newest known version."""
    kubernetes_validate.validate(made, version, strict=True)
    with pytest.raises(kubernetes_validate.ValidationError, match="metadataa"):
        kubernetes_validate.validate({**made, "metadataa": {}}, version, strict=True)
    assert made["kind"] == "Namespace" or made["metadata"]["namespace"] == KUSTOMIZATION["namespace"]


def test_the_pod_has_no_rights():
    """The pod meets the policy "restricted", with a read-only root and no service account token."""
    assert POD["securityContext"]["runAsNonRoot"]
    assert POD["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert CONTAINER["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert POD["automountServiceAccountToken"] is False
    assert POD["enableServiceLinks"] is False
    assert all(mount["readOnly"] for mount in CONTAINER["volumeMounts"])
    labels = resource("Namespace")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    user = re.search(r"useradd --uid (\d+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    assert str(POD["securityContext"]["runAsUser"]) == user[1]


def test_ports_are_those_of_the_settings():
    """Container, services and network policy use the ports of the settings; probes use the admin port."""
    ports = {
        name: int(SETTINGS[f"{key}address"].rpartition(":")[2])
        for name, key in (("grpc", ""), ("http", "http_"), ("admin", "admin_"))
    }
    assert {port["name"]: port["containerPort"] for port in CONTAINER["ports"]} == ports
    for name in ("boxwright", "boxwright-replicas"):
        for port in resource("Service", name)["spec"]["ports"]:
            assert port["port"] == ports[port["targetPort"]]
    callers, prometheus = resource("NetworkPolicy")["spec"]["ingress"]
    assert {caller["port"] for caller in callers["ports"]} == {ports["grpc"], ports["http"]}
    assert {port["port"] for port in prometheus["ports"]} == {ports["admin"]}
    probes = [CONTAINER[name]["httpGet"] for name in ("startupProbe", "readinessProbe", "livenessProbe")]
    assert {probe["port"] for probe in probes} == {"admin"}


def test_selectors_find_the_pods():
    """Services, disruption budget, network policy and spread constraints select the pods."""
    labels = resource("Deployment")["spec"]["template"]["metadata"]["labels"]
    spread = POD["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"]
    for chosen in (
        resource("Deployment")["spec"]["selector"]["matchLabels"],
        resource("Service")["spec"]["selector"],
        resource("Service", "boxwright-replicas")["spec"]["selector"],
        resource("PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
        resource("NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
        spread,
    ):
        assert chosen
        assert chosen.items() <= labels.items()


def test_files_of_the_settings_are_mounted():
    """Every path in the settings is below a mount, and every mount has a volume."""
    mounts = {mount["mountPath"]: mount["name"] for mount in CONTAINER["volumeMounts"]}
    assert set(mounts.values()) == {volume["name"] for volume in POD["volumes"]}
    paths = [value for value in SETTINGS.values() if isinstance(value, str) and value.startswith("/")]
    paths += [variable["value"] for variable in CONTAINER["env"]]
    assert len(paths) == 6
    assert all(str(Path(path).parent) in mounts for path in paths)


def test_the_monitor_of_the_operator_is_valid_and_finds_the_pods():
    """The PodMonitor is valid, and its job has the name that alerts and dashboards use."""
    (monitor,) = documents("pod_monitor.yaml")
    schema = json.loads(Path(__file__).with_name("pod_monitor.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(monitor, schema)
    with pytest.raises(jsonschema.ValidationError, match="joblabel"):
        jsonschema.validate({**monitor, "spec": {**monitor["spec"], "joblabel": "x"}}, schema)
    labels = resource("Deployment")["spec"]["template"]["metadata"]["labels"]
    assert monitor["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert labels[monitor["spec"]["jobLabel"]] == "boxwright"
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
    assert endpoint["port"] in {port["name"] for port in CONTAINER["ports"]}
    (scrape,) = documents("prometheus_scrape.yaml")[0]["scrape_configs"]
    assert (endpoint["scheme"], endpoint["tlsConfig"]["serverName"]) == (
        scrape["scheme"],
        scrape["tls_config"]["server_name"],
    )


def test_the_rules_of_the_operator_are_those_of_the_alerts():
    """The documented command makes one PrometheusRule with all groups of the alerts."""
    page = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"^  (\(printf .*\)) \| kubectl apply -f -$", page, re.MULTILINE)
    piped = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    rule = yaml.safe_load(piped)
    assert rule["kind"] == "PrometheusRule"
    assert rule["spec"] == yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text(encoding="utf-8"))


def test_memory_and_time_are_enough():
    """The memory limit covers all processes, and the grace period covers the drain."""
    limit = int(CONTAINER["resources"]["limits"]["memory"].removesuffix("Gi")) * 2**30
    assert (SETTINGS["workers"] + 1) * SETTINGS["max_worker_bytes"] + 400 * 2**20 < limit
    assert CONTAINER["resources"]["requests"]["cpu"] == str(SETTINGS["workers"])
    sleeps = CONTAINER["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert POD["terminationGracePeriodSeconds"] > sleeps + SETTINGS["grace_s"] + 5


def test_the_autoscaler_reads_a_metric_of_the_server_by_the_rule_of_the_adapter():
    """Server, adapter and autoscaler use the same name of the metric, in a query that Prometheus accepts."""
    (metric,) = resource("HorizontalPodAutoscaler")["spec"]["metrics"]
    name = metric["pods"]["metric"]["name"]
    assert name in {family.name for family in Metrics().registry.collect()}
    (rule,) = documents("prometheus_adapter.yaml")[0]["rules"]
    assert rule["name"]["as"] == name
    assert rule["seriesQuery"].startswith(f"{name}{{")
    target = resource("HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]
    assert (target["kind"], target["name"]) == ("Deployment", resource("Deployment")["metadata"]["name"])
    assert "replicas" not in resource("Deployment")["spec"]  # otherwise each apply undoes the work of the autoscaler


def test_prometheus_takes_query_and_job(promtool, tmp_path):
    """Prometheus accepts the adapter's query and the scrape job."""
    (rule,) = documents("prometheus_adapter.yaml")[0]["rules"]
    query = rule["metricsQuery"].replace("<<.GroupBy>>", "pod").replace("<<.Series>>", rule["name"]["as"])
    query = query.replace("<<.LabelMatchers>>", 'namespace="boxwright",pod=~"a|b"')
    rules = {"groups": [{"name": "adapter", "rules": [{"record": "asked", "expr": query}]}]}
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(rules))
    subprocess.run([promtool, "check", "rules", str(tmp_path / "rules.yaml")], check=True, capture_output=True)
    scrape = FOLDER / "prometheus_scrape.yaml"
    subprocess.run([promtool, "check", "config", "--syntax-only", str(scrape)], check=True, capture_output=True)


@pytest.fixture
def etc(openssl, tmp_path):
    """Return a folder with the mounted files."""
    authority = Authority(tmp_path)
    pair = authority.sign("server")
    for name in ("settings", "tls", "secrets"):
        (tmp_path / name).mkdir()
    (tmp_path / "settings" / "boxwright.toml").write_text(TOML.replace("/etc/boxwright", str(tmp_path)))
    pair.certificate.rename(tmp_path / "tls" / "tls.crt")
    pair.key.rename(tmp_path / "tls" / "tls.key")
    (tmp_path / "secrets" / "store").write_text(f"sqlite:///{tmp_path}/plans.db\n")
    (tmp_path / "secrets" / "link-key").write_text(base64.b64encode(b"not a secret of anybody").decode())
    (tmp_path / "secrets" / "tokens.json").write_text('{"tokens": []}')
    return tmp_path


def test_a_server_with_these_settings_answers_its_probes(etc):
    """A server starts with the settings of the ConfigMap, and its probes need no token."""
    sourced = read_settings({"BOXWRIGHT_CONFIG": str(etc / "settings" / "boxwright.toml")}, {})
    assert set(SETTINGS) <= {*sourced.origins, *(name + IN_FILE for name in SECRETS)}
    trusting = ssl.create_default_context(cafile=str(etc / "authority.pem"))
    with running_server(config=etc / "settings" / "boxwright.toml", workers=1) as server:
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            asked = CONTAINER[probe]["httpGet"]
            url = f"{asked['scheme'].lower()}://{server.admin_address}{asked['path']}"
            with urllib.request.urlopen(url, context=trusting, timeout=30) as answer:
                assert answer.status == 200
