"""Who may call: certificates of the doors, tokens, scopes of methods, and how often one may call.

Nothing here knows what a call asks; the doors and ``observer`` use it.
"""
