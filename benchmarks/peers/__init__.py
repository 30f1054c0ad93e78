"""Other engines behind the ``Engine`` protocol, with settings for this task; see each class.

They receive the objective as box costs (volume plus a constant), net limits, and orientations as far as they support
them.
Optional: ``pip install -e '.[peers]'``.
"""

from benchmarks.engine import Engine

PEERS = ("packer3d", "packer3d-full", "packvium", "packvium-supported", "packingsolver3d")


def peer(name: str, seconds: float) -> Engine:
    """Return one of ``PEERS``.

    Parameters
    ----------
    name : str
        Its package must be installed.
    seconds : float
        Time limit of engines that stop by a clock.
    """
    if name.startswith("packer3d"):
        from benchmarks.peers.packer3d_engine import Packer3d

        return Packer3d("full_base" if name.endswith("full") else "stable", seconds)
    if name.startswith("packvium"):
        from benchmarks.peers.packvium_engine import Packvium

        return Packvium(0.75 if name.endswith("supported") else 0.0)
    from benchmarks.peers.packingsolver_engine import PackingSolver3d

    return PackingSolver3d(seconds)
