"""Asks public databases for known vulnerabilities of the packages in the image and in the JavaScript clients.

    python deploy/audit.py [--osv-url URL] [--python-only]

Packages of Python are those of the lock files, asked for by ``pip-audit``; those of JavaScript are in the lock files of
``clients/``, asked for by ``npm audit``. It ends with 0 where every package was looked up and none has a known
vulnerability, with 1 where one has, and with 3 where a database did not answer for all: then nothing is known.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ("deploy/requirements.lock", "deploy/build.lock")
JAVASCRIPT = ("clients/node", "clients/typescript")
CLEAN, VULNERABLE, NOT_KNOWN = 0, 1, 3


def of_python(lock: str, osv_url: str) -> int:
    """Audit a lock file of Python, print the findings, and return the status."""
    service = ["--vulnerability-service", "osv", "--osv-url", osv_url] if osv_url else []
    options = ["--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off", *service]
    command = [sys.executable, "-m", "pip_audit", "--requirement", lock, *options]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        packages: list[dict[str, Any]] = json.loads(said.stdout)["dependencies"]
    except ValueError:
        last = (said.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1]
        return _not_known(lock, last)
    for each in packages:
        for found in each.get("vulns", []):
            better = ", ".join(found["fix_versions"]) or "no version"
            print(f"{lock}: {each['name']} {each['version']} has {found['id']}; it is mended in {better}")
    if any(each.get("vulns") for each in packages):
        return VULNERABLE
    missed = [each["name"] for each in packages if "skip_reason" in each]
    if missed:
        return _not_known(lock, f"the database did not answer for {len(missed)} of {len(packages)} packages")
    print(f"{lock}: {len(packages)} packages, none with a known vulnerability")
    return CLEAN


def of_javascript(folder: str) -> int:
    """Audit the packages of a JavaScript client, print the findings, and return the status."""
    command = ["npm", "audit", "--package-lock-only", "--omit=dev", "--json"]
    try:
        said = subprocess.run(command, cwd=ROOT / folder, capture_output=True, text=True, check=False)
        found = json.loads(said.stdout)
    except (OSError, ValueError) as error:
        return _not_known(folder, f"npm audit said nothing that can be read: {error}")
    if "vulnerabilities" not in found:
        return _not_known(folder, str(found.get("message") or "the database did not answer"))
    for name, each in found["vulnerabilities"].items():
        print(f"{folder}: {name} {each['range']} is vulnerable ({each['severity']})")
    if not found["vulnerabilities"]:
        print(f"{folder}: none with a known vulnerability")
    return VULNERABLE if found["vulnerabilities"] else CLEAN


def _not_known(what: str, why: str) -> int:
    print(f"{what}: NOT AUDITED: {why}")
    return NOT_KNOWN


def main() -> None:
    """Audit everything, and exit with the worst status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--osv-url", default="", help="an OSV service to ask in place of the index of packages")
    parser.add_argument("--python-only", action="store_true", help="leave out the clients in JavaScript")
    given = parser.parse_args()
    ended = [of_python(lock, given.osv_url) for lock in PYTHON]
    ended += [] if given.python_only else [of_javascript(folder) for folder in JAVASCRIPT]
    sys.exit(VULNERABLE if VULNERABLE in ended else max(ended))


if __name__ == "__main__":
    main()
