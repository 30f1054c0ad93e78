"""Hostile requests against fresh servers: clear errors only, no access, no growth."""
