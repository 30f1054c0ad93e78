"""The search for boxes, asked for an order: what its caller has already, plans or started parcels, comes first.

Uses the model of an order, and finishes parcels so that the check can judge them.
"""
