"""Empty space of a parcel: cushioning and fill count as empty."""

from boxwright.domain.plan import Parcel

LITRE_UM3 = 10**15


def test_golden_empty_ratio():
    """Three litres of goods in a cavity of nine leave two thirds empty, whatever is filled in."""
    parcel = Parcel("box", (), inner_volume_um3=9 * LITRE_UM3, goods_volume_um3=3 * LITRE_UM3)
    assert round(parcel.empty_space_ratio, 4) == 0.6667


def test_golden_empty_ratio_on_the_outer_size():
    """The same three litres in an outer size of 10.464 L leave 7.464 / 10.464 = 0.7133: above one half on both."""
    on_outer = Parcel("box", (), inner_volume_um3=10_464 * 10**12, goods_volume_um3=3 * LITRE_UM3)
    assert round(on_outer.empty_space_ratio, 4) == 0.7133
