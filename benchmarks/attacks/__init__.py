"""Requests meant to do harm, against a server in another process: what they cost it, and whom they hold up."""
