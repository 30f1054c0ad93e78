"""Work of the planning processes: they read and resolve requests, make plans, and judge packings."""
