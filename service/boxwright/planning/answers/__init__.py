"""What else can be asked about an order: alternatives, better plans, comparisons, figures, certificates replayed.

Alternatives, improvements and baselines call the planner again. A replay of a certificate, and figures of
others' packings, build a model of the order. Nothing else in planning calls any of them.
"""
