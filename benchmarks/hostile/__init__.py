"""Hostile cases over the network against fresh servers: only clear errors, nobody let in, nothing grows."""
