"""Which box types can take an order, decided without our engine: the judge of hit rates, ours and others'.

Uses OR-Tools CP-SAT for the arrangements and ``boxwright.check`` for the placements; nothing of ``boxwright.packing``
or ``boxwright.selection``.
"""
