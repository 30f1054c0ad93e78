"""What else can be asked about an order: alternatives, better plans, comparisons, figures, certificates replayed.

Each calls the door or the planner, as a caller would; nothing in planning calls them.
"""
