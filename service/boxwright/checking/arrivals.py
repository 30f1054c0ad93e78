"""How the load on units builds up while a parcel is packed."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from boxwright.checking.contacts import Contacts
from boxwright.checking.envelope import Envelope

Floats = npt.NDArray[np.float64]

_CELLS = 500_000
"""Units times units looked at together, so that memory stays below 50 MB for any parcel."""


def combined_centres(
    units: Sequence[int], envelopes: Sequence[Envelope], contacts: Contacts
) -> Iterator[tuple[int, Floats]]:
    """Yield for each of the given units where the centre of mass of it and what it carries lies, step by step.

    Yields
    ------
    unit : int
        Index of the unit.
    centres : float64, (2, 2, k), um
        Coordinate (x, y) by reading by step, from the step that sets the unit down to the last. The readings are: loads
        act at their own combined centre of mass; loads act at the centroid of the contact patch.
    """
    masses = np.array([each.item.mass_mg for each in envelopes], dtype=np.float64)[:, np.newaxis]
    centres = np.array([each.centre_um for each in envelopes], dtype=np.float64)
    upwards = sorted(range(len(envelopes)), key=lambda unit: envelopes[unit].z0)
    at_once = max(1, _CELLS // len(envelopes))
    for start in range(0, len(units), at_once):
        chosen = units[start : start + at_once]
        shares = _shares(chosen, centres, upwards, contacts)
        mass = masses * shares[:, 0]
        moments = np.stack([centres[:, :1] * mass, masses * shares[:, 1], centres[:, 1:] * mass, masses * shares[:, 2]])
        mass.cumsum(axis=0, out=mass)
        moments.cumsum(axis=1, out=moments)
        for column, unit in enumerate(chosen):
            carried = mass[unit:, column]
            found = moments[:, unit:, column].reshape(2, 2, -1)
            if carried.all():
                yield unit, found / carried
            else:
                own = centres[unit][:, np.newaxis, np.newaxis]
                yield unit, np.where(carried > 0, found / np.where(carried > 0, carried, 1.0), own)


def _shares(chosen: Sequence[int], centres: Floats, upwards: Sequence[int], contacts: Contacts) -> Floats:
    """Return what each mg of a unit adds to each chosen one: mass, and its moments by contact patches.

    The result has shape (n, 3, c) for n units and c chosen ones: mg per mg, and um per mg along x and y. A combined
    centre of mass is linear in the masses, so that the shares of a unit follow from those of what it rests on.
    """
    middles = centres.tolist()
    column_of = {unit: column for column, unit in enumerate(chosen)}
    shares = np.zeros((len(upwards), 3, len(chosen)))
    touched = set()
    for unit in upwards:
        for contact in contacts.below[unit]:
            if contact.under not in touched:
                continue
            touched.add(unit)
            row = shares[unit]
            part = contact.area_um2 / contacts.area_um2[unit]
            row += part * shares[contact.under]
            column = column_of.get(contact.under)
            if column is not None:
                # The row below holds that unit's own centre: what rests on it acts at the patch.
                row[1, column] += part * ((contact.x0 + contact.x1) / 2 - middles[contact.under][0])
                row[2, column] += part * ((contact.y0 + contact.y1) / 2 - middles[contact.under][1])
        if unit in column_of:
            touched.add(unit)
            shares[unit, :, column_of[unit]] = (1.0, *middles[unit])
    return shares
