"""Which boxes: single- and multi-parcel search over candidates, with certificates.

Sees only a ``ParcelModel`` and packing; knows nothing of carbon, carriers or catalogs' files.

``choice.py`` is the search of one order, and what ends it. ``single.py`` asks for one box, candidates from the lowest
bound up; ``table.py`` refuses most of them before. ``multi.py`` shares units among boxes: ``partition.py`` weighs all
splits of few units; of many, ``construction.py`` makes a plan, ``reduction.py`` takes parcels away and
``regrouping.py`` makes them cheaper, all three with ``packings.py``. ``bounds.py`` has the lower bounds of plans, and
``replay.py`` proves a certificate again.
"""
