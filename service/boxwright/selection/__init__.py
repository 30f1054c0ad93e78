"""Choice of boxes: single- and multi-parcel search over candidates, with certificates.

Uses a ``ParcelModel`` and packing; knows nothing of carbon, carriers or catalog files.

``choice.py`` searches for one order. ``single.py`` looks for one box, in ascending order of bounds; ``table.py``
refuses most candidates before. ``multi.py`` splits units over several boxes: ``partition.py`` compares all splits of a
few units. For many, ``construction.py`` builds a plan, ``reduction.py`` lowers its number of parcels and
``regrouping.py`` its price, all with ``packings.py``. ``bounds.py`` has lower bounds on plans, and ``replay.py``
replays certificates.
"""
