"""Compiled kernels that pack units into one box one by one, in maximal empty spaces, so that the rules always hold.

Lengths are int64 micrometres, masses float64 milligrams. From the bottom up, the modules are ``support`` and
``standing`` (rules), ``spaces`` and ``places`` (where a unit can go), ``packings`` and ``construct`` (one packing),
``slide`` (repair of a packing), ``recreate`` and ``beam`` (many packings), and ``search`` (the schedule of methods,
called from Python).

The method is greedy construction over maximal empty spaces (Parreno, Alvarez-Valdes, Tamarit, Oliveira: A maximal-space
algorithm for the container loading problem, INFORMS Journal on Computing 20(3), 2008). It is repeated with several
orderings and placement rules, then with units that found no place moved forward (squeaky wheel optimisation: Joslin and
Clements, JAIR 10, 1999). If ``Problem.least`` is below the support ratio, units are set down with less support than
they need and then slid until all rules hold (see ``slide``, ``recreate``).
"""

import numpy as np

ORIENTATIONS = np.array([[0, 1, 2], [1, 0, 2], [0, 2, 1], [2, 0, 1], [1, 2, 0], [2, 1, 0]], dtype=np.int64)
"""The declared edges (0 length, 1 width, 2 height) along x, y and z; rows are those of ``domain.order.Orientation``."""
SEVERAL_UNITS, MANY_UNITS = 13, 25
"""From the first number of units on, hopeless searches end early. From the second on, beams try fewer kinds, and blocks
are tried."""
