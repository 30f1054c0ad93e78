"""Empty space of a parcel: cushioning and fill count as empty."""

from boxwright.domain.plan import Parcel

LITRE_UM3 = 10**15


def test_golden_empty_ratio():
    """Three litres of goods in a cavity of nine leave two thirds empty, whatever is filled in."""
    parcel = Parcel("box", (), inner_volume_um3=9 * LITRE_UM3, goods_volume_um3=3 * LITRE_UM3)
    assert round(parcel.empty_space_ratio, 4) == 0.6667
