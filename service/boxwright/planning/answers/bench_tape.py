"""How a box is taped, in words: its bottom before anything is in it, its top when all is; or one end and the other."""

from dataclasses import replace

from boxwright.catalog.rows import TapeRule
from boxwright.domain.box import BoxStyle, BoxType, Opening
from boxwright.domain.dunnage import Dunnage
from boxwright.planning.answers.bench_phrases import Phrases, counted
from boxwright.protection import tape_mg
from boxwright.protection.tape import TAPED_STYLES


class Taping:
    """The tape of one box: half of the strips go on its bottom, the rest, with an odd one, on its top.

    Parameters
    ----------
    box : BoxType
        The box.
    tape : Dunnage or None
        What it is taped with; None where it is not.
    rule : TapeRule
        How many strips there are.
    phrases : Phrases
        The language.
    begun : bool, optional
        Whether the box stands there with its bottom taped. Default False.
    """

    def __init__(
        self, box: BoxType, tape: Dunnage | None, rule: TapeRule, phrases: Phrases, *, begun: bool = False
    ) -> None:
        self._rule, self._phrases, self._at_end = rule, phrases, box.opening is Opening.END
        taped = tape is not None and box.style in TAPED_STYLES
        # A telescope's tray has no flaps at its bottom: all of its tape goes on when its lid is on.
        halves = taped and box.style is BoxStyle.RSC_0201
        below = replace(rule, seam_strips=rule.seam_strips // 2, edge_strips=rule.edge_strips // 2)
        above = replace(
            rule,
            seam_strips=rule.seam_strips - below.seam_strips,
            edge_strips=rule.edge_strips - below.edge_strips,
        )
        self._bottom = self._strips(below) if halves and not begun else ""  # what is to do: it weighs all the same
        self._top = self._strips(above) if halves else ""
        self._all = self._strips(rule) if taped and not halves else ""
        self.bottom_mg = tape_mg(box, tape, below) if halves and tape is not None else 0
        """What is on the bottom, in mg."""

    def bottom(self) -> str:
        """Return the sentence on the bottom, after that on which box to take; empty where nothing is taped then."""
        template = self._phrases.end_taped if self._at_end else self._phrases.bottom_taped
        return template.format(strips=self._bottom) if self._bottom else ""

    def top(self) -> str:
        """Return the sentence on closing the box."""
        if self._all:
            return self._phrases.tape_all.format(strips=self._all)
        template = self._phrases.tape_end if self._at_end else self._phrases.tape_top
        return template.format(strips=self._top) if self._top else self._phrases.no_tape

    def inner_top(self) -> str:
        """Return the sentence on the top of an inner box, after that on closing it; empty without tape."""
        strips = self._all or self._top
        return self._phrases.inner_taped.format(strips=strips) if strips else ""

    def _strips(self, rule: TapeRule) -> str:
        if not rule.seam_strips:
            return ""
        said = counted(self._phrases.seams, rule.seam_strips)
        if rule.edge_strips:
            overlap = f"{float(rule.edge_overlap_mm):g}"
            said = self._phrases.ends.format(strips=said, count=rule.edge_strips, overlap=overlap)
        return said
