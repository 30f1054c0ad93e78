"""Looks at all that a server with given settings would need, and says what to mend before it is started.

Uses the rest of the server, and changes nothing: no table is made, no file written, and ports are taken for a moment.
"""
