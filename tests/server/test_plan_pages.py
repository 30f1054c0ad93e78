"""Pages of stored plans: what a large one draws."""

from .live_calls import BOOK, page, request


def test_a_large_plan_has_one_picture_a_parcel(live, packing):
    """Past ``max_drawn_units``, 10 on this server; each step is there in words."""
    for quantity, drawn in ((10, True), (11, False)):
        plan = packing.Pack(request({**BOOK, "quantity": quantity}, persist=True), timeout=20).plan
        status, _, text = page(live, plan.name)
        assert status == 200
        assert text.count("<img") == len(plan.parcels) + (quantity if drawn else 0)
        assert text.count('class="number"') == quantity
