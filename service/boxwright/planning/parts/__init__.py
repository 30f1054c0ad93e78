"""What the rules and prices of an order are made of: each file knows one thing of units, boxes, dunnage or bills.

``planning/model.py`` answers for all of them. Uses the packages below planning; never the search.
"""
