"""Work of the planning processes: reading and resolving requests, planning, and checking packings."""
