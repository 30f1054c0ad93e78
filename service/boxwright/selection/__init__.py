"""Which boxes: single- and multi-parcel search over candidates, with certificates.

Sees only a ``ParcelModel`` and packing; knows nothing of carbon, carriers or catalogs' files.
"""
