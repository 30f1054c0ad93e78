"""``boxwright catalog push``: a file on its way to a live server."""

import re

import pytest
from click.testing import CliRunner

from boxwright.cli import main
from boxwright_client import Client, line, pack_request

pytest.importorskip("sqlalchemy", reason="a server needs the store to keep catalogs")

HALL = """catalog_id = "hall"
version = "{version}"

[[box_types]]
box_type_id = "S"
inner_length_mm = 300
inner_width_mm = 200
inner_height_mm = {height_mm}
board_id = "b-flute"
"""


@pytest.fixture
def file(tmp_path):
    """A catalog file."""
    path = tmp_path / "hall.toml"
    path.write_text(HALL.format(version=1, height_mm=150))
    return path


def push(file, server, *options, code=0):
    """Run the command, and return its output."""
    result = CliRunner().invoke(main, ["catalog", "push", str(file), "--server", server, *options])
    assert result.exit_code == code, result.output
    return result.output


def test_a_file_is_created_then_replaced(targets, file):
    """An upload works over gRPC and HTTP; the next order is planned with the catalog."""
    first = push(file, targets["grpc"])
    found = re.fullmatch(r"catalogs/hall@1: 1 box types, sha256:[0-9a-f]{64}, etag (1-[0-9a-f]{12})\n", first)
    assert push(file, targets["grpc"]) == first
    file.write_text(HALL.format(version=2, height_mm=160))
    assert push(file, targets["http"], "--etag", found[1]).startswith("catalogs/hall@2: ")
    push(file, targets["grpc"], "--etag", found[1], code=1)
    with Client(targets["grpc"]) as client:
        order = [line("a", 210, 148, 25, 400)]
        asked = pack_request("o", order, catalog="catalogs/hall", read_mask=["plan.versions"])
        assert client.pack(asked).plan.versions.catalog_version == "2"


def test_what_is_wrong_is_said_as_of_the_file(targets, file):
    """Errors name the file and field, wrong suffixes, missing files and an absent server."""
    file.write_text(HALL.format(version=1, height_mm=-1))
    said = push(file, targets["grpc"], code=2)
    assert said.startswith("hall.toml: box_types[0].inner_height_mm:")
    other = file.with_suffix(".csv")
    other.write_text("box_type_id\n")
    assert "hall.csv" in push(other, targets["grpc"], code=2)
    assert "none.toml" in push(file.with_name("none.toml"), targets["grpc"], code=2)
    file.write_text(HALL.format(version=1, height_mm=150))
    assert push(file, "127.0.0.1:1", code=1).startswith("Error: ")
