"""The benchmark table of orders with fragile goods."""

import collections
import json
from pathlib import Path

from benchmarks import fragile
from boxwright import Item, Order
from boxwright.domain.order import FragilityClass


def test_each_mode_has_a_row_without_fragility_and_one_with(tmp_path: Path) -> None:
    """A mode has two rows: classes add litres and packaging, with their ratios."""
    mug = {"id": "mug", "qty": 2, "l": 100, "w": 90, "h": 80, "g": 350, "cat": ""}
    orders = [{"id": name, "items": [{**mug, "id": f"{name}-{line}"} for line in range(6)]} for name in "ab"]
    edges = dict.fromkeys(("l", "w", "h", "ol", "ow", "oh"), 300)
    boxes = [{"id": "unused", **edges, "empty": 100, "max_weight": 10_000}]
    (tmp_path / "olist_mix.json").write_text(json.dumps({"catalog": boxes, "orders": orders}))
    for name in ("best_known_supported_olist_mix_3d", "best_known_olist_mix_3d"):
        (tmp_path / f"{name}.json").write_text("{}")
    said: list[str] = []
    fragile.main(["--data", str(tmp_path), "--orders", "2", "--mode", "fast"], say=said.append)
    without, having = ([cell.strip() for cell in line.split("|")[1:-1]] for line in said[1:])
    assert without[:4] == ["without fragility", "fast", "2", "2"]
    assert having[:4] == ["with fragility", "fast", "2", "2"]
    for name in ("litres an order", "packaging g an order"):
        column = fragile.COLUMNS.index(name)
        figure, ratio = having[column].rstrip(")").split(" (")
        assert float(figure) > float(without[column])
        assert abs(float(ratio) - float(figure) / float(without[column])) < 0.01


def test_classes_are_drawn_with_a_seed_by_their_shares() -> None:
    """Draws are repeatable, and a thousand lines have nearly the shares."""
    orders = [Order(f"o{n}", [Item(f"l{k}", 1, 100, 90, 80, 350) for k in range(10)]) for n in range(100)]
    drawn = fragile.with_classes(orders)
    assert drawn == fragile.with_classes(orders)
    found = collections.Counter(
        line.fragility.fragility_class for order in drawn for line in order.lines if line.fragility
    )
    for each, share in fragile.SHARES.items():
        assert abs(found[FragilityClass(each)] / 1_000 - share) < 0.06
