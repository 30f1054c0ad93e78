"""Generate the Python stubs of the contract when the package is built or installed.

Hatchling runs this hook for wheels and editable installs. The stubs land beside the package, in
``service/boxwright/v1``: the proto path equals the package path, so that no import is ever rewritten. They
are not committed; run the editable install again after a change to a ``.proto`` file.

No stubs are generated for ``google.*``: ``googleapis-common-protos`` and ``protobuf`` bring them at run time.
"""

from __future__ import annotations

import shutil
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ProtoBuildHook(BuildHookInterface[BuilderConfig]):
    """Runs protoc over ``proto/boxwright`` with the Python, gRPC and type stub generators."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Generate all stubs, unless the source distribution is built: it carries the protos instead."""
        if self.target_name != "sdist":
            generate(Path(self.root))


def generate(root: Path) -> list[Path]:
    """Generate the stubs.

    Parameters
    ----------
    root : Path
        Folder that holds ``proto`` and ``service``.

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
    return sources


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
