"""Other answers about an order: alternatives, better plans, comparisons, given packings, replayed certificates.

Alternatives, improvements and baselines call the planner again. Replaying a certificate and computing the
figures of a given packing both build a model of the order. The rest of planning does not call them.
"""
