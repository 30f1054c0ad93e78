"""What a build makes before the package is put together: stubs of the contract, and machine code of the kernels.

Hatchling runs this hook for wheels and editable installs. The stubs land beside the package, in
``service/boxwright/v1``, and a copy in the client's package, which is also built by itself. They are not committed;
run the editable install again after a change to a ``.proto`` file.

No stubs are generated for ``google.*``: ``googleapis-common-protos`` and ``protobuf`` bring them at run time.

The machine code lands beside the kernels, for this Python and platform, which the name of the wheel says. It is made
anew only where kernels have changed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildHook(BuildHookInterface[BuilderConfig]):
    """Runs protoc over ``proto/boxwright`` for Python, gRPC and type stubs, then compiles the kernels."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make both, unless the source distribution is built: it carries the sources instead."""
        if self.target_name != "sdist":
            root = Path(self.root)
            generate(root)
            build_data["artifacts"].append(f"/{compile_kernels(root).relative_to(root).as_posix()}")
            build_data["pure_python"] = False
            build_data["infer_tag"] = True


def compile_kernels(root: Path) -> Path:
    """Compile the kernels for any CPU of this architecture, where the file of their code is not fresh.

    Parameters
    ----------
    root : Path
        Folder that holds ``service``.

    Returns
    -------
    Path
        The file, below ``root``.

    Raises
    ------
    subprocess.CalledProcessError
        If they do not compile; numba has then said why on standard error.
    """
    own = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    own.pop("PYTHONSAFEPATH", None)  # Python finds the package in the folder that it runs in
    with tempfile.TemporaryDirectory() as unused:  # what numba keeps for this machine
        own |= {"NUMBA_CPU_NAME": "generic", "NUMBA_CACHE_DIR": unused}
        # Not by PYTHONPATH: pip takes from it whatever an editable install before this one has put on the path.
        command, folder = [sys.executable, "-m", "boxwright.packing.ahead"], root / "service"
        said = subprocess.run(command, cwd=folder, env=own, stdout=subprocess.PIPE, text=True, check=True).stdout
    return Path(said.strip())


def generate(root: Path) -> list[Path]:
    """Generate the stubs.

    Parameters
    ----------
    root : Path
        Folder that holds ``proto``, ``service`` and ``clients``.

    Returns
    -------
    list of Path
        The proto files that were read, sorted.

    Raises
    ------
    RuntimeError
        If there is no proto file or protoc fails; protoc has then said why on standard error.
    """
    proto, service = root / "proto", root / "service"
    sources = sorted((proto / "boxwright").rglob("*.proto"))
    if not sources:
        raise RuntimeError(f"no proto files under {proto / 'boxwright'}")
    package = service / "boxwright" / "v1"
    for stale in package.glob("*_pb2*"):
        stale.unlink()
    services = [source for source in sources if source.stem.endswith("_service")]
    messages = [f"--python_out={service}", _mypy("mypy"), f"--mypy_out=quiet:{service}"]
    _protoc(root, messages, sources)
    stubs = [f"--grpc_python_out={service}", _mypy("mypy_grpc"), f"--mypy_grpc_out=quiet:{service}"]
    _protoc(root, stubs, services)
    _copy_for_client(package, root / "clients" / "python" / "boxwright_client" / "v1")
    return sources


def _copy_for_client(package: Path, client: Path) -> None:
    """Copy the stubs into the client's package, under its name.

    Only imports and names of modules change. The descriptors keep the names of their files and messages, so a process
    that loads both packages has each message once: protobuf takes the same file twice, and makes one class of it.
    """
    client.mkdir(parents=True, exist_ok=True)
    for stale in client.glob("*_pb2*"):
        stale.unlink()
    for stub in package.glob("*_pb2*"):
        text = re.sub(
            r"^from boxwright\.v1 import", "from boxwright_client.v1 import", stub.read_text("utf-8"), flags=re.M
        )
        text = text.replace("(DESCRIPTOR, 'boxwright.v1.", "(DESCRIPTOR, 'boxwright_client.v1.")
        (client / stub.name).write_text(text, "utf-8")


def _protoc(root: Path, options: list[str], sources: list[Path]) -> None:
    from grpc_tools import protoc

    proto = root / "proto"
    roots = (proto, proto / "third_party" / "googleapis", files("grpc_tools") / "_proto")
    paths = [f"--proto_path={path}" for path in roots]
    status = protoc.main(["protoc", *paths, *options, *map(str, sources)])
    if status != 0:
        raise RuntimeError(f"protoc failed with status {status}")


def _mypy(generator: str) -> str:
    """Return the option that names a generator of mypy-protobuf.

    An isolated build has it on the path; without isolation it may only stand beside the interpreter.
    """
    name = f"protoc-gen-{generator}"
    beside = str(Path(sys.executable).parent)
    path = shutil.which(name) or shutil.which(name, path=beside)
    if path is None:
        raise RuntimeError(f"{name} is not installed; mypy-protobuf provides it")
    return f"--plugin={name}={path}"
