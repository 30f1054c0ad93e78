"""The compiled kernels: place units in one box, on maximal empty spaces, supported at every step.

The one room where Python looks like C. Everything is int64 micrometres in, int64 micrometres out; masses are
float64 milligrams. From the bottom up: ``support`` and ``standing`` (rules), ``spaces`` and ``places`` (where a unit
may go), ``packings`` and ``construct`` (one packing), ``moves`` and ``slide`` (a packing mended), ``recreate`` and
``beam`` (many packings), ``search`` (the schedule, and the one door for Python).

Method: greedy construction over maximal empty spaces (Parreno, Alvarez-Valdes, Tamarit, Oliveira: A maximal-space
algorithm for the container loading problem, INFORMS Journal on Computing 20(3), 2008), restarted over orderings and
placement rules, then repaired by moving units that found no place forward (squeaky wheel optimisation: Joslin and
Clements, JAIR 10, 1999). Where ``Problem.least`` is below the support ratio, units are set down with less support than
they need and slid afterwards within their slack, until all stand (see ``slide``, ``recreate``).
"""

import numpy as np

ORIENTATIONS = np.array([[0, 1, 2], [1, 0, 2], [0, 2, 1], [2, 0, 1], [1, 2, 0], [2, 1, 0]], dtype=np.int64)
"""Which declared edge (0 length, 1 width, 2 height) lies along x, y, z; rows as in ``domain.order.Orientation``."""
SEVERAL_UNITS, MANY_UNITS = 13, 25
"""From so many units on effort grows with them and what looks hopeless is given up; beams try fewer kinds."""
