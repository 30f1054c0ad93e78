"""Other answers about an order: alternatives, better plans, comparisons, given packings, replayed certificates.

Alternatives, improvements and baselines call the planner again. A replay of a certificate, and figures of others'
packings, build a model of the order. The rest of planning does not call them.
"""
