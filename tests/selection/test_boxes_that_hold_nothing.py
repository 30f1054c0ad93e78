"""A box type without volume and cost does not change the bound of a split order."""

import warnings

from boxwright import BoxType, Catalog, Item, Order, Policy, plan


def test_a_box_of_no_volume_does_not_blur_the_bound():
    """The fill limit of a tiny box rounds to 0: the bound ignores it and divides nothing by it."""
    speck = BoxType("speck", 0.05, 0.05, 0.05, tare_g=0, price_minor=0)
    crate = BoxType("crate", 100, 100, 100, tare_g=0, price_minor=100)
    order = Order("o", [Item(str(number), 1, 1, 1 + number / 1_000, 0.5, 1) for number in range(15)])
    policy = Policy(objectives=("packaging_cost",), fill_limit=0.000001)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = plan(order, Catalog("c", [speck, crate], currency="EUR"), policy, profiles=())
    assert {parcel.box_type_id for parcel in made.parcels} == {"crate"}
    assert 0 < made.certificate.lower_bound <= made.certificate.value == 100 * len(made.parcels)
