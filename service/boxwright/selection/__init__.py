"""Choice of boxes: single- and multi-parcel search over candidates, with certificates.

Uses a ``ParcelModel`` and packing; knows nothing of carbon, carriers or catalog files.

``choice.py`` searches for the plan of one order. ``single.py`` tries one box after another, in ascending order of
bounds; ``table.py`` refuses most box types before that. ``multi.py`` divides units among several boxes: for a few units
``partition.py`` compares all divisions; otherwise ``multi.py`` builds a plan, ``reduction.py`` lowers its number of
parcels and ``regrouping.py`` its price, all with ``packings.py``. ``bounds.py`` computes lower bounds on plans, and
``replay.py`` checks certificates by running their proofs again.
"""
