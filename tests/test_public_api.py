"""The public Python API is small, documented, and light to import."""

import importlib
import inspect
import re
import subprocess
import sys

import pytest
from google.longrunning import operations_pb2

import boxwright
import boxwright_client
from boxwright.v1 import catalog_service_pb2, evaluation_service_pb2, footprint_service_pb2, packing_service_pb2


def test_the_api_is_sorted_and_complete() -> None:
    """Each public name can be imported, and ``dir`` shows no other."""
    assert sorted(boxwright.__all__) == boxwright.__all__ == dir(boxwright)
    for name in boxwright.__all__:
        assert getattr(boxwright, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A name that is not public is refused, as in any module."""
    with pytest.raises(AttributeError, match="'pack'"):
        boxwright.pack  # noqa: B018 - the access is what is tested


@pytest.mark.parametrize("name", boxwright.__all__)
def test_public_names_are_explained(name: str) -> None:
    """Each public name has its own docstring."""
    thing = getattr(boxwright, name)
    assert thing.__doc__
    assert not thing.__doc__.startswith(f"{name}("), "a dataclass without a docstring shows its signature"


@pytest.mark.parametrize("module", ["boxwright", "boxwright_client.aio"])
def test_importing_is_light(module: str) -> None:
    """Package and client load neither numpy nor numba, so a client starts fast."""
    importlib.import_module(module)
    code = (
        f"import sys, {module}; print([name for name in ('numpy', 'numba', 'py3dbp', 'rich') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_the_contract_is_light() -> None:
    """The messages of every service load neither numpy nor numba."""
    code = """
import importlib, pkgutil, sys
import boxwright.v1
for module in pkgutil.iter_modules(boxwright.v1.__path__):
    importlib.import_module(f"boxwright.v1.{module.name}")
print(len(boxwright.v1.__path__) == 1, [name for name in ("numpy", "numba", "boxwright.domain") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True []"


@pytest.mark.parametrize("kind", [boxwright_client.Client, boxwright_client.AsyncClient])
def test_the_client_has_every_call(kind: type) -> None:
    """Both clients have a method per RPC, with the same parameters."""
    modules = (packing_service_pb2, catalog_service_pb2, footprint_service_pb2, evaluation_service_pb2, operations_pb2)
    services = [service for module in modules for service in module.DESCRIPTOR.services_by_name.values()]
    names = {re.sub("(?<!^)(?=[A-Z])", "_", each.name).lower() for service in services for each in service.methods}
    public = {name for name in vars(kind) if not name.startswith("_")}
    assert names - {"wait_operation"} == public - {"close", "wait"}
    for name in public - {"close", "stream_pack"}:
        ours, other = (inspect.signature(getattr(each, name)) for each in (kind, boxwright_client.Client))
        assert ours.parameters == other.parameters, name
