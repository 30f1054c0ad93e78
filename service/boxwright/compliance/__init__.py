"""Verdicts on a plan under the rules of its destination markets.

The rules are rows of ``materials/market_rules.csv``; the formulas are here. Uses catalog, domain and units.
"""

from boxwright.compliance.verdicts import Figure, Verdict, VerdictStatus, verdicts

__all__ = ["Figure", "Verdict", "VerdictStatus", "verdicts"]
