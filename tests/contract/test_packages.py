"""Every file of the contract names the packages of its stubs."""

import importlib
from pathlib import Path

import pytest

PROTO = Path(__file__).parents[2] / "proto" / "boxwright" / "v1"
PACKAGES = {
    "csharp_namespace": "Boxwright.V1",
    "go_package": "boxwright/v1;boxwrightv1",
    "java_package": "boxwright.v1",
    "php_namespace": "Boxwright\\V1",
    "ruby_package": "Boxwright::V1",
}


@pytest.mark.parametrize("path", sorted(PROTO.glob("*.proto")), ids=lambda path: path.stem)
def test_every_file_of_the_contract_names_its_packages(path):
    """Stubs of each language land in one package, whichever file a message stands in."""
    options = importlib.import_module(f"boxwright.v1.{path.stem}_pb2").DESCRIPTOR.GetOptions()
    assert {option: getattr(options, option) for option in PACKAGES} == PACKAGES
    assert options.java_multiple_files
