"""Imported once by the process that planning processes are copies of: loads kernels and the shipped data.

It starts no thread, so that copying it is safe.
"""

import gc

from boxwright.catalog import load_materials
from boxwright.catalog.folder import shipped_folder
from boxwright.server.workers import methods  # noqa: F401 - loaded for the copies
from boxwright.server.workers.methods import warm_up

SHIPPED = load_materials(shipped_folder())
_ = SHIPPED.places  # which are read late
warm_up(SHIPPED)
gc.collect()
gc.freeze()  # a collection in a copy would copy the memory of all that it looks at
