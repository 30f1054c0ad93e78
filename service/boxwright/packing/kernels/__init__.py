"""Compiled kernels that place units in one box, in maximal empty spaces, supported at every step.

Lengths are int64 micrometres, masses float64 milligrams. From the bottom up: ``support`` and ``standing`` (rules),
``spaces`` and ``places`` (where a unit can go), ``packings`` and ``construct`` (one packing), ``moves`` and ``slide``
(repair of a packing), ``recreate`` and ``beam`` (many packings), ``search`` (the schedule, and the entry for Python).

Method: greedy construction over maximal empty spaces (Parreno, Alvarez-Valdes, Tamarit, Oliveira: A maximal-space
algorithm for the container loading problem, INFORMS Journal on Computing 20(3), 2008), restarted over orderings and
placement rules, then repeated with units that found no place moved forward (squeaky wheel optimisation: Joslin and
Clements, JAIR 10, 1999). Where ``Problem.least`` is below the support ratio, units are set down with less support than
they need and then slid until all rules hold (see ``slide``, ``recreate``).
"""

import numpy as np

ORIENTATIONS = np.array([[0, 1, 2], [1, 0, 2], [0, 2, 1], [2, 0, 1], [1, 2, 0], [2, 1, 0]], dtype=np.int64)
"""The declared edge (0 length, 1 width, 2 height) that lies along x, y, z; rows as in ``domain.order.Orientation``."""
SEVERAL_UNITS, MANY_UNITS = 13, 25
"""From the first number of units on, hopeless searches end early; from the second on, beams try fewer kinds and blocks
are tried."""
