"""Writes the lock files of the image: every package that it installs or is built by, at one version, with its hashes.

    python deploy/lock.py [--extras NAME,NAME] [--upgrade]

``deploy/requirements.lock`` is what the service runs with, its extras included; ``deploy/build.lock`` is what builds it
and writes its bill of materials. Versions that still do stay as they are, unless ``--upgrade`` is given. Both hold for
the Python of the image, on every platform that the packages are published for.
"""

import argparse
import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXTRAS = ("postgres", "routing", "solver", "tracing")
"""Extras that the image has."""

PYTHON = "3.13"
"""Python of the image."""

RUNTIME, BUILD = Path("deploy/requirements.lock"), Path("deploy/build.lock")
BUILD_TOOLS = ("setuptools", "cyclonedx-bom")
"""Beside what pyproject.toml names: the first builds packages that have no wheel, the second writes the SBOM."""


def compiled(target: Path, sources: list[str], wanted: str, remade_by: str, upgrade: bool) -> None:
    """Write one lock file.

    Parameters
    ----------
    target : Path
        The file, below the root.
    sources : list of str
        Where requirements are, and options that go with them.
    wanted : str
        Requirements, one a line, for the source ``-``.
    remade_by : str
        The command that the head of the file names.
    upgrade : bool
        Whether newer versions replace those in the file.

    Raises
    ------
    subprocess.CalledProcessError
        If no versions satisfy all; uv has then said why.
    """
    options = ["--universal", "--python-version", PYTHON, "--generate-hashes", "--no-config", "--quiet"]
    options += ["--custom-compile-command", remade_by, "--output-file", str(target)]
    options += ["--upgrade"] if upgrade else []
    own = {name: value for name, value in os.environ.items() if not name.startswith("UV_EXTRA")}
    command = [sys.executable, "-m", "uv", "pip", "compile", *options, *sources]
    subprocess.run(command, input=wanted, text=True, cwd=ROOT, env=own, check=True)


def main() -> None:
    """Write both lock files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--extras", default=",".join(EXTRAS), help="extras of the image (default: %(default)s)")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that satisfy pyproject.toml")
    given = parser.parse_args()
    extras = [word for name in given.extras.split(",") if name for word in ("--extra", name)]
    remade_by = "python deploy/lock.py" + (f" --extras {given.extras}" if given.extras != ",".join(EXTRAS) else "")
    compiled(RUNTIME, ["pyproject.toml", *extras], "", remade_by, given.upgrade)
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    wanted = "\n".join([*build, *BUILD_TOOLS])
    compiled(BUILD, ["-", "--constraints", str(RUNTIME)], wanted, remade_by, given.upgrade)


if __name__ == "__main__":
    main()
