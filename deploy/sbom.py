"""Writes a bill of materials (CycloneDX, JSON) of what is installed in a Python environment, with hashes of its wheels.

    python deploy/sbom.py PYTHON FILE [WHEELS]

Components, licences and what requires what come from ``cyclonedx-py``, which reads the environment of ``PYTHON``. A
component whose wheel is in the folder ``WHEELS`` gets its SHA-256. Licences that packages do not state in a form that
tools read are those of ``deploy/licences.toml``. The file is written once it is valid by the schema of CycloneDX.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).resolve().parents[1]
VERSION = SchemaVersion.V1_6


def described(python: str) -> dict[str, Any]:
    """Return the bill of materials of an environment, as made by the tool.

    Raises
    ------
    SystemExit
        If the tool fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "sbom.json"
        tool = [sys.executable, "-m", "cyclonedx_py", "environment", "--pyproject", str(ROOT / "pyproject.toml")]
        options = [
            "--output-reproducible",
            "--no-validate",
            "--spec-version",
            VERSION.to_version(),
            "--output-file",
            str(target),
        ]
        ended = subprocess.run([*tool, *options, python], stderr=subprocess.PIPE, text=True, check=False)
        if ended.returncode:
            raise SystemExit(f"cyclonedx-py failed: {ended.stderr}")
        found: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
        return {"components": [], **found}


def completed(found: dict[str, Any], wheels: Path | None) -> dict[str, Any]:
    """Add to components the hashes of their wheels, and licences that they state only as text.

    Raises
    ------
    SystemExit
        If a component has no licence.
    """
    read: dict[str, str] = tomllib.loads((ROOT / "deploy" / "licences.toml").read_text(encoding="utf-8"))["read"]
    files: dict[tuple[str, str], Path] = {}
    for wheel in sorted(wheels.glob("*.whl")) if wheels else []:
        name, version, *_ = parse_wheel_filename(wheel.name)
        files[name, str(version)] = wheel
    for component in (found["metadata"]["component"], *found["components"]):
        name = canonicalize_name(component["name"])
        file = files.get((name, component.get("version", "")))
        if file is not None:
            component["hashes"] = [{"alg": "SHA-256", "content": hashlib.sha256(file.read_bytes()).hexdigest()}]
        if name in read:
            component["licenses"] = [{"license": {"id": read[name]}}]
        if not component.get("licenses"):
            raise SystemExit(f"{name} states no licence: read it, and write it down in deploy/licences.toml")
    return found


def main() -> None:
    """Write the file; exit with 1 and the reason if it would not be valid."""
    python, target, *wheels = sys.argv[1:]
    text = json.dumps(completed(described(python), Path(wheels[0]) if wheels else None), indent=1, sort_keys=True)
    error = JsonStrictValidator(VERSION).validate_str(text)
    if error is not None:
        raise SystemExit(f"not valid by the schema of CycloneDX {VERSION.to_version()}: {error}")
    Path(target).write_text(text + "\n", encoding="utf-8")
    print(f"{target}: {len(json.loads(text)['components'])} components, CycloneDX {VERSION.to_version()}, valid")


if __name__ == "__main__":
    main()
