"""What the rules and prices of an order are made of: each file knows one thing of units, boxes, dunnage or bills.

``parts.py`` lists them, ``planning/model.py`` is their face. Uses the rooms below planning; never the search.
"""
