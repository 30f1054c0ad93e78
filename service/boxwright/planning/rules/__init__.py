"""Rules of policies, carriers and materials on boxes, dunnage and orders, applied by ``planning/request.py``.

Uses the parts of planning and the packages below, not the model of an order.
"""
