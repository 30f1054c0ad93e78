"""Parts of the model of an order: units, protection, insides of boxes, packs, prices.

``planning/model.py`` joins them. Uses the packages below planning, not the search.
"""
