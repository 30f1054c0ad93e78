"""Pages of large plans, and of plans without texts."""

from .live_calls import BOOK, page, request


def test_a_large_plan_has_one_picture_a_parcel(live, packing):
    """Above max_drawn_units, 10 on this server, steps have only texts."""
    for quantity, drawn in ((10, True), (11, False)):
        plan = packing.Pack(request({**BOOK, "quantity": quantity}, persist=True), timeout=20).plan
        status, _, text = page(live, plan.name)
        assert status == 200
        assert ('class="steps"' in text) == drawn
        pictures = text.count('src="data:image/svg+xml;base64,')
        assert pictures >= 1 if drawn else pictures == len(plan.parcels)
        assert 'class="number"' in text


def test_a_page_without_names_says_how_they_get_there(live, packing):
    """The page names the setting that stores texts."""
    plan = packing.Pack(request({**BOOK, "sku": "SKU-4711"}, persist=True), timeout=20).plan
    text = page(live, plan.name)[2]
    assert "SKU-4711" not in text
    assert "BOXWRIGHT_STORE_TEXTS" in text
