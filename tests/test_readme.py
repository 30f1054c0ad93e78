"""What the README shows is what happens."""

import re
import runpy
import shlex
from pathlib import Path

import pytest

from boxwright import Policy, load_catalog, plan
from boxwright.cli.main import main
from boxwright.orders import read_orders

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
PYTHON = [code for language, code in BLOCKS if language == "python"]


def test_the_first_block_is_the_two_commands_that_set_up() -> None:
    """The first code block has two lines: the first plans the example orders, the second passes the tests."""
    language, block = BLOCKS[0]
    plans, tests = block.splitlines()
    assert language == "sh"
    for line in (plans, tests):
        assert line.startswith("python3 -m venv .venv && .venv/bin/pip install -q ")
    assert "boxwright pack --orders examples/orders.csv" in plans
    assert tests.endswith("&& .venv/bin/pytest -q -n 2 --dist loadfile")


def test_the_boxes_of_the_first_command_fit() -> None:
    """Its catalog takes all units of the 300 orders; of the boxes of an order half is empty at most, in the mean."""
    (catalog_id,) = re.findall(r"--orders examples/orders.csv --catalog (\S+) --leg", BLOCKS[0][1])
    catalog, empty = load_catalog(catalog_id), []
    for order in read_orders(ROOT / "examples" / "orders.csv"):
        parcels = plan(order, catalog, Policy(mode="fast"), profiles=()).parcels
        goods = sum(parcel.goods_volume_um3 for parcel in parcels)
        empty.append(1 - goods / sum(parcel.inner_volume_um3 for parcel in parcels))
    assert len(empty) == 300
    assert sum(empty) / 300 < 0.5


def test_the_library_example_prints_what_the_readme_says(capsys: pytest.CaptureFixture[str]) -> None:
    """The Python example runs as it stands and prints the block below it."""
    (example,) = [code for code in PYTHON if "from boxwright import" in code]
    (printed,) = [block for language, block in BLOCKS if language == "text"]
    exec(compile(example, "README.md", "exec"), {})
    assert capsys.readouterr().out == printed


def test_the_client_example_gets_a_plan_from_a_server(capsys: pytest.CaptureFixture[str]) -> None:
    """The client example runs as it stands against a server in another process."""
    (example,) = [code for code in PYTHON if "boxwright_client" in code]
    assert '"127.0.0.1:50051"' in example
    running_server = runpy.run_path(str(ROOT / "tests" / "interop" / "running_server.py"))["running_server"]
    with running_server() as server:
        exec(compile(example.replace("127.0.0.1:50051", server.address), "README.md", "exec"), {})
    assert re.fullmatch(r"(eu-[\w-]+ 5 units \d+ g\n)", capsys.readouterr().out)


def test_the_picture_is_what_its_command_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The picture of the README is, byte for byte, what the command below it draws today."""
    (line,) = re.findall(r"^boxwright (pack .* --picture docs/images/parcel\.svg)$", README, re.MULTILINE)
    monkeypatch.chdir(ROOT)
    drawn = tmp_path / "parcel.svg"
    main(shlex.split(line.replace("docs/images/parcel.svg", str(drawn))), standalone_mode=False)
    assert drawn.read_bytes() == (ROOT / "docs" / "images" / "parcel.svg").read_bytes(), f"run: boxwright {line}"
