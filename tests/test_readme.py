"""The examples of the README give the results that it shows."""

import itertools
import re
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


@pytest.mark.parametrize("step", [10, pytest.param(1, marks=pytest.mark.long)])
def test_the_boxes_of_the_first_command_fit(step: int) -> None:
    """The catalog takes all units of the orders, and boxes are at most half empty on average."""
    (catalog_id,) = re.findall(r"--orders examples/orders.csv --catalog (\S+) --leg", BLOCKS[0][1])
    catalog, empty = load_catalog(catalog_id), []
    for order in itertools.islice(read_orders(ROOT / "examples" / "orders.csv"), 0, None, step):
        parcels = plan(order, catalog, Policy(mode="fast"), profiles=()).parcels
        goods = sum(parcel.goods_volume_um3 for parcel in parcels)
        empty.append(1 - goods / sum(parcel.inner_volume_um3 for parcel in parcels))
    assert len(empty) == 300 // step
    assert sum(empty) / len(empty) < 0.5


def test_the_library_example_prints_what_the_readme_says(capsys: pytest.CaptureFixture[str]) -> None:
    """The Python example runs as it stands and prints the block below it."""
    (example,) = [code for code in PYTHON if "from boxwright import" in code]
    (printed,) = [block for language, block in BLOCKS if language == "text"]
    exec(compile(example, "README.md", "exec"), {})
    assert capsys.readouterr().out == printed


def test_the_picture_is_what_its_command_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command below the picture draws it byte for byte."""
    (line,) = re.findall(r"^boxwright (pack .* --picture docs/images/parcel\.svg)$", README, re.MULTILINE)
    monkeypatch.chdir(ROOT)
    drawn = tmp_path / "parcel.svg"
    main(shlex.split(line.replace("docs/images/parcel.svg", str(drawn))), standalone_mode=False)
    assert drawn.read_bytes() == (ROOT / "docs" / "images" / "parcel.svg").read_bytes(), f"run: boxwright {line}"
