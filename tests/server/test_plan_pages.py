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


def test_a_page_without_names_says_how_they_get_there(live, packing):
    """This server stores no texts: the page does not show the SKU, and names the setting that would keep it."""
    plan = packing.Pack(request({**BOOK, "sku": "SKU-4711"}, persist=True), timeout=20).plan
    text = page(live, plan.name)[2]
    assert "SKU-4711" not in text
    assert "BOXWRIGHT_STORE_TEXTS" in text
