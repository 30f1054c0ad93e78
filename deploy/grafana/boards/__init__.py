"""One file for each dashboard: what it shows, and which question each panel answers."""
