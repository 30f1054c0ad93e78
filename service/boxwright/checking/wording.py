"""Lengths and masses as text for people, exact to the um and mg."""

from boxwright import units


def mm(*lengths_um: float) -> str:
    """Return lengths in um as text in mm."""
    return " x ".join(_plain(length / units.UM_PER_MM) for length in lengths_um) + " mm"


def g(mass_mg: float) -> str:
    """Return a mass in mg as text in g."""
    return f"{_plain(mass_mg / units.MG_PER_G)} g"


def cm3(volume_um3: int) -> str:
    """Return a volume in cubic um as text in cubic cm."""
    return f"{_plain(volume_um3 / 10**12)} cm3"


def percent(share: float) -> str:
    """Return a share as text in percent, to the ten-thousandth, so that a narrow miss shows."""
    return f"{share * 100:.4f}".rstrip("0").rstrip(".") + " %"


def _plain(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
