"""The packages of the image: pinned with hashes, of known licences, and audited if a database is reached."""

import json
import re
import runpy
import subprocess
import sys
import threading
import tomllib
import venv
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = runpy.run_path(str(ROOT / "deploy" / "lock.py"))
LICENCES = runpy.run_path(str(ROOT / "deploy" / "licences.py"))
SBOM = runpy.run_path(str(ROOT / "deploy" / "sbom.py"))
REHEARSE = runpy.run_path(str(ROOT / "deploy" / "rehearse.py"))
RULES = tomllib.loads((ROOT / "deploy" / "licences.toml").read_text(encoding="utf-8"))
IMAGE = {"python_version": LOCK["PYTHON"], "python_full_version": f"{LOCK['PYTHON']}.0", "sys_platform": "linux"}
AUDIT = runpy.run_path(str(ROOT / "deploy" / "audit.py"))


def pins(path):
    """Return the requirements of a lock file with their hashes, by name."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / path).read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = {}
    for entry in text.replace("\\\n", " ").splitlines():
        stated, *hashes = entry.split("--hash=")
        requirement = Requirement(stated)
        found[canonicalize_name(requirement.name)] = requirement, [each.strip() for each in hashes]
    return found


RUNTIME, BUILD = (pins(LOCK[name]) for name in ("RUNTIME", "BUILD"))


def unsatisfied(wanted, locked):
    """Return the requirements that a lock file does not satisfy on the image."""
    missed = []
    for requirement in map(Requirement, wanted):
        if requirement.marker is None or requirement.marker.evaluate(IMAGE):
            pin = locked.get(canonicalize_name(requirement.name))
            versions = [each.version for each in pin[0].specifier] if pin else []
            if not versions or not requirement.specifier.contains(versions[0], prereleases=True):
                missed.append(str(requirement))
    return missed


def test_the_lock_files_satisfy_pyproject():
    """The lock files have versions that pyproject.toml allows; if not, run python deploy/lock.py."""
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = PROJECT["project"]["dependencies"] + [each for name in LOCK["EXTRAS"] for each in extras[name]]
    assert unsatisfied(wanted, RUNTIME) == []
    assert unsatisfied([*PROJECT["build-system"]["requires"], *LOCK["BUILD_TOOLS"]], BUILD) == []
    assert unsatisfied(["grpcio>=9999", "nobody-has-this"], RUNTIME) == ["grpcio>=9999", "nobody-has-this"]


@pytest.mark.parametrize("locked", [RUNTIME, BUILD], ids=["requirements.lock", "build.lock"])
def test_every_package_has_one_version_and_hashes(locked):
    """Each entry is name==version from an index, with SHA-256 hashes."""
    for requirement, hashes in locked.values():
        assert [each.operator for each in requirement.specifier] == ["=="], requirement
        assert requirement.url is None
        assert hashes
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in hashes), requirement


def test_the_image_is_built_by_what_it_runs_with():
    """Packages in both lock files have the same version, since kernels are machine code for one numba."""
    shared = RUNTIME.keys() & BUILD.keys()
    assert {"numba", "numpy", "llvmlite"} <= shared
    assert [name for name in shared if RUNTIME[name][0].specifier != BUILD[name][0].specifier] == []


def test_nothing_gets_into_the_image_without_a_hash():
    """Each install command of the Dockerfile checks hashes, or installs what was checked before."""
    steps = REHEARSE["instructions"]((ROOT / "Dockerfile").read_text(encoding="utf-8"))
    commands = [each for word, rest in steps if word == "RUN" for each in rest.split("&&")]
    pips = [each for each in commands if re.search(r"pip\S*( --python \S+)? (install|wheel|download)", each)]
    assert len(pips) == 4
    assert [each for each in pips if "--require-hashes" not in each and "--no-index" not in each] == []
    assert [each for each in pips if "--no-deps" not in each and "--require-hashes" not in each] == []


def test_every_licence_is_known_and_allowed_or_explained():
    """A package with an unknown licence fails here: see deploy/licences.toml."""
    rows = list(LICENCES["rows"](RULES))
    assert [(name, licence) for name, licence, _, allowed in rows if not allowed] == []
    assert {name for name, *_ in rows} >= {"click", "grpcio", "psycopg", "opentelemetry-sdk"}
    assert RULES["reasons"].keys() <= {name for name, *_ in rows}


def test_the_licence_of_each_package_of_the_image_is_known():
    """The licences cover all packages of the image."""
    assert RUNTIME.keys() - {name for name, *_ in LICENCES["rows"](RULES)} == set()


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("BSD-3-Clause AND (MIT OR Apache-2.0)", True),
        ("", False),
        ("GPL-3.0-only", False),
        ("MIT AND AGPL-3.0-or-later", False),
        ("UNKNOWN", False),
    ],
)
def test_what_is_not_on_the_list_is_not_allowed(licence, allowed):
    """Unknown, missing and restrictive licences need a reason."""
    assert LICENCES["is_allowed"](licence, "some-package", RULES) is allowed


def test_a_reason_holds_for_one_licence_alone():
    """A package whose licence changes needs a new reason."""
    assert LICENCES["is_allowed"]("LGPL-3.0-only", "psycopg", RULES)
    assert not LICENCES["is_allowed"]("GPL-3.0-only", "psycopg", RULES)


def environment(folder, metadata):
    """Return the Python of a new environment with one package that has this metadata."""
    venv.create(folder, with_pip=False)
    (site,) = folder.glob("lib/python*/site-packages")
    package = site / "thing-2.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text(f"Metadata-Version: 2.4\nName: thing\nVersion: 2.0\n{metadata}\n")
    return folder / "bin" / "python"


def made_of(python, target, *wheels):
    """Run the command that writes a bill of materials, and return its result."""
    command = [sys.executable, str(ROOT / "deploy" / "sbom.py"), str(python), str(target), *map(str, wheels)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_bill_of_materials_names_licences_and_hashes(tmp_path):
    """The file is valid CycloneDX; each component has a licence and the hash of its wheel."""
    (tmp_path / "thing-2.0-py3-none-any.whl").write_bytes(b"wheel")
    ended = made_of(environment(tmp_path / "env", "License-Expression: MIT"), tmp_path / "bom.json", tmp_path)
    assert ended.returncode == 0, ended.stderr
    bom = json.loads((tmp_path / "bom.json").read_text())
    (thing,) = bom["components"]
    assert (thing["name"], thing["purl"]) == ("thing", "pkg:pypi/thing@2.0")
    assert thing["licenses"][0]["license"]["id"] == "MIT"
    assert thing["hashes"][0]["content"].startswith("ba59926159d2aa25")  # the SHA-256 of "wheel"
    assert bom["metadata"]["component"]["name"] == "boxwright"


def test_a_package_without_a_licence_makes_no_bill_of_materials():
    """The error names the package."""
    ours = {"name": "boxwright", "licenses": [{}]}
    with pytest.raises(SystemExit, match=r"^thing "):
        SBOM["completed"]({"metadata": {"component": ours}, "components": [{"name": "thing"}]}, None)


@pytest.fixture
def osv():
    """Return the address of a service that answers like OSV, and the packages that it reports as vulnerable."""
    vulnerable = set()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found = {
                "id": "OSV-1",
                "summary": "Anybody gets in.",
                "details": "Anybody gets in.",
                "modified": "2026-01-01T00:00:00Z",
                "affected": [
                    {"package": asked["package"], "ranges": [{"type": "ECOSYSTEM", "events": [{"fixed": "99"}]}]}
                ],
            }
            body = json.dumps({"vulns": [found]} if asked["package"]["name"] in vulnerable else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1/query", vulnerable
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def lock(tmp_path):
    """A lock file of one package."""
    path = tmp_path / "one.lock"
    requirement, hashes = RUNTIME["starlette"]
    path.write_text(f"{requirement} {' '.join(f'--hash={each}' for each in hashes)}\n")
    return str(path)


def test_an_audit_names_what_is_vulnerable(osv, lock, capsys):
    """The output of pip-audit names the vulnerable package and the fixed version."""
    address, vulnerable = osv
    assert AUDIT["of_python"](lock, address) == AUDIT["CLEAN"]
    vulnerable.add("starlette")
    assert AUDIT["of_python"](lock, address) == AUDIT["VULNERABLE"]
    assert re.search(r"starlette \S+ .*OSV-1.* 99", capsys.readouterr().out)


def test_an_audit_that_reaches_no_database_does_not_pass(osv, lock):
    """If no database is reached, the audit has its own exit status."""
    nowhere = osv[0].rpartition(":")[0] + ":9/v1/query"
    assert AUDIT["of_python"](lock, nowhere) == AUDIT["NOT_KNOWN"]
