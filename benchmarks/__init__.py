"""Peers and Boxwright over the same orders in one run. Nothing here is part of the installed package."""
