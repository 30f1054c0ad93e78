"""Units that are in no parcel, each with its reason: set aside before the search, or left over after it.

Uses the model of an order; asks the search only whether a keep-together group goes into one box.
"""
