"""Who may call: certificates of the ports, tokens, scopes of methods, and how often one may call.

Nothing here knows what a call asks; the ports and ``observer`` use it.
"""
