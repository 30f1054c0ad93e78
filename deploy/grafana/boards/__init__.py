"""One file for each dashboard: its panels, and the question that each answers."""
