"""The benchmark of designs: its baselines, and a row over a few orders."""

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.design import BOX_PRICE, clusters, rows

from boxwright import BoxType, Catalog, Item, Order
from boxwright.design import Wishes


def test_clusters_hold_their_sizes():
    """Two clusters of sizes become two boxes that hold them."""
    sizes = np.array([[100, 100, 100], [110, 90, 100], [500, 400, 300], [510, 390, 300]], dtype=np.int64) * 1_000
    found = clusters(sizes, np.ones(4), 2, 1)
    assert sorted(found) == [(110_000, 100_000, 100_000), (510_000, 400_000, 300_000)]


@pytest.mark.parametrize("asked", [{}, {"objective": "emissions"}, {"objective": "cost", "box_price": BOX_PRICE}])
def test_a_row_compares_a_design_with_each_baseline(asked):
    """There is a row for a number of sizes, and one for the published catalog with added sizes."""
    kinds = [(190, 140, 40), (280, 190, 90), (90, 80, 40), (140, 140, 140), (240, 90, 90)]
    orders = [Order(f"{number}", (Item("a", 1, *kinds[number % 5], 200),)) for number in range(60)]
    boxes = [("A", 300, 200, 150), ("B", 150, 150, 150)]
    published = Catalog(
        "published", [BoxType(*each, tare_g=90, board_id="b-flute", material_id="corrugated-board") for each in boxes]
    )
    two, more = rows(orders, published, replace(Wishes(sizes=(2,)), **asked))
    assert two[0] == "2"
    assert more[0] == "2 + 4"
    assert float(more[3].split()[0]) < 1
    assert float(two[5].split()[0]) <= 1.001
    assert two[6] == "0 / 0 / 0"
