"""Sends hostile requests to new servers: these must answer with clear errors, give no access, and not grow."""
