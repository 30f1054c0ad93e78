"""A command refuses to overwrite the files that it reads."""

from pathlib import Path

import pytest

from .running import run

ORDERS = "order_id,line_id,quantity,length_mm,width_mm,height_mm,mass_g\na,1,1,190,140,40,200\n"
BOXES = "name,length,width,height,tare_g\nA,300,200,100,120\n"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with orders, a policy and a sheet of boxes, in which commands run."""
    (tmp_path / "orders.csv").write_text(ORDERS)
    (tmp_path / "quick.toml").write_text('mode = "fast"\n')
    (tmp_path / "boxes.csv").write_text(BOXES)
    (tmp_path / "link.csv").symlink_to("orders.csv")
    monkeypatch.chdir(tmp_path)
    return tmp_path


EVALUATE = "evaluate --orders orders.csv --catalog us-stock --policy quick.toml --workers 1"


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        (f"{EVALUATE} --out orders.csv", "--out:"),
        (f"{EVALUATE} --out link.csv", "--out:"),
        (f"{EVALUATE} --rejects ./orders.csv", "--rejects:"),
        (f"{EVALUATE} --html quick.toml", "--html:"),
        (f"{EVALUATE} --out new.csv --rejects new.csv", "--rejects:"),
        ("pack --orders orders.csv --catalog us-stock --out orders.csv", "--out"),
        ("pack quick.toml --catalog us-stock --picture quick.toml", "--picture:"),
        ("catalog convert boxes.csv --out boxes.csv", "--out:"),
        ("orders convert orders.csv --out new.csv --save-map orders.csv", "--save-map:"),
        ("orders convert orders.csv --out orders.csv", "--out:"),
        ("design --orders orders.csv --sizes 2 --out orders.csv", "--out:"),
    ],
)
def test_an_input_is_not_overwritten(files: Path, line: str, refused: str) -> None:
    """The error names the option, and every file stays as it was."""
    before = {path.name: path.read_text() for path in files.iterdir()}
    assert refused in run(*line.split(), code=2).stderr
    assert {path.name: path.read_text() for path in files.iterdir()} == before


def test_a_long_text_is_not_taken_for_a_file(files: Path) -> None:
    """An option value longer than a file name is refused by its own rule."""
    assert "--property-cap:" in run(*EVALUATE.split(), "--property-cap", "x" * 5_000, code=2).stderr


def test_an_output_of_an_earlier_run_is_overwritten(files: Path) -> None:
    """Only inputs of the same command are protected."""
    for _ in range(2):
        run(*EVALUATE.split(), "--out", "rows.csv", "--plausibility", "refuse")
    assert len((files / "rows.csv").read_text().splitlines()) == 2


def test_a_page_in_a_missing_folder_is_refused_before_planning(files: Path) -> None:
    """Planning may take hours."""
    result = run(*EVALUATE.split(), "--html", "nowhere/page.html", code=2)
    assert "--html:" in result.stderr
    assert "orders" not in result.stdout
