"""Imported once by the fork server: loads kernels and shipped data. Starts no thread, so that forking is safe."""

import gc

from boxwright.catalog import load_materials
from boxwright.catalog.folder import shipped_folder
from boxwright.server.workers import methods  # noqa: F401 - loaded for the copies
from boxwright.server.workers.methods import warm_up

SHIPPED = load_materials(shipped_folder())
_ = SHIPPED.places  # loaded on first use
warm_up(SHIPPED)
gc.collect()
gc.freeze()  # a collection in a worker would copy all memory pages that it touches
