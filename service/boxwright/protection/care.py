"""Protection of a unit by class, article and special handling: clearances, wrap, load, orientations."""

import difflib
import math
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from boxwright.catalog.materials import Materials
from boxwright.catalog.rows import Article, FragilityRule, SpecialHandlingRule
from boxwright.domain.compartments import CARD_UM
from boxwright.domain.fields import shown
from boxwright.domain.order import Fragility, FragilityClass, Item, Order, SpecialHandling
from boxwright.domain.same import Same
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.units import MG_PER_G, MG_PER_KG, UM_PER_MM, exact


@dataclass(frozen=True, slots=True)
class Care:
    """Protection of a unit by the practice rule of its class.

    Attributes
    ----------
    fragility_class : FragilityClass
        The class that applies.
    half_gap_um : int
        Space on each of its six faces, in um. The envelope is the goods with this space.
    wall_margin_um : int
        Space between the envelope and walls, lid and floor, in um.
    wrap_layers, wrap_layers_in_pack : int
        Layers of wrap in an open box, and in a compartment.
    cushion_fill : bool
        Whether the void fill of its parcel must cushion.
    mailer : bool
        Whether it may go into a mailer.
    pack_from : int
        Number of units from which a line goes into packs with compartments; 0 if it never does, as for ``ship_ready``
        goods.
    max_load_mg : int or None
        Mass that it may carry if its line states none, in mg; None if unlimited.
    heaviest_beside_mg : int or None
        Maximum mass of a heavier unit in its parcel, in mg; None if unlimited.
    upright, on_edge, handle, lies : bool
        Limits on orientations if its line allows all: the height stays upright; the shortest edge is never upright; the
        longer edge of the base is never upright; the longest edge is never upright.
    reason : str
        Sentence for people on the reason why the class applies.
    rule_source : str
        Source of half-gap and wall margin. It names a cushion inside the sales packaging that is deducted from them.
    inner_gap_um : int
        Space round a unit in its inner box, in um; 0 without one. Gap and margin are then those of the inner box.
    """

    fragility_class: FragilityClass
    half_gap_um: int
    wall_margin_um: int
    wrap_layers: int
    wrap_layers_in_pack: int
    cushion_fill: bool
    mailer: bool
    pack_from: int
    max_load_mg: int | None
    heaviest_beside_mg: int | None
    upright: bool
    on_edge: bool
    handle: bool
    lies: bool
    reason: str
    rule_source: str
    inner_gap_um: int = 0

    def most_beside_mg(self, mass_mg: int) -> int | None:
        """Return the maximum mass beside a unit of ``mass_mg``; None without a limit, or if the mass is unknown (0)."""
        most_mg = self.heaviest_beside_mg
        return None if most_mg is None or not mass_mg else max(most_mg, mass_mg)


def care_of(line: Item, materials: Materials, carrier: str = "", *, beside_hard: bool = False) -> Care:
    """Return the protection of the units of an order line.

    The class of the line takes precedence over its G-level, and the G-level over its article. A line without any of
    them is ``easy``. A cushion inside the sales packaging reduces the wall margin first, then the half-gap. If both
    become 0, the unit needs neither wrap nor a fill that cushions. For a box in a box the cushion reduces the gap in
    the inner box.

    ``carrier`` is the id of a carrier or of its service, such as ``dhl-express``, whose wall margin applies. With
    ``beside_hard`` the smaller half-gap of an article does not apply: see ``has_hard_goods``.

    Raises
    ------
    InvalidInputError
        If the article is unknown, refused, or fragile on soft goods, or if the G-level is too low for the class stated
        with it.
    """
    stated = line.fragility, line.article, line.special_handling
    care = _care(Same(materials), *stated, line.inner_cushion_um, carrier.partition("/")[0], beside_hard)
    if line.soft_goods is not None and not care.fragility_class.sturdy:
        rule = f"must be absent for soft goods: {line.article!r} is {care.fragility_class.value!r}, which needs a gap"
        raise InvalidInputError([FieldViolation("article", rule)])
    return care


def has_hard_goods(order: Order, materials: Materials) -> bool:
    """Whether an order has sturdy rigid goods above ``apart_mass``, which strike what lies close to them."""
    least_mg = materials.protection_rules["apart_mass"].value * MG_PER_KG
    return any(
        line.mass_mg > least_mg and is_rigid(line, materials) and care_of(line, materials).fragility_class.sturdy
        for line in order.lines
    )


def is_rigid(line: Item, materials: Materials) -> bool:
    """Whether the units of a line are not soft, by the line or its article."""
    article = materials.articles.get(line.article)
    return line.soft_goods is None and (article is None or not article.soft)


def is_card(line: Item, materials: Materials) -> bool:
    """Whether units are so flat and light that they go into any pack, such as gift cards and leaflets."""
    most_mg = materials.protection_rules["card_mass"].value * MG_PER_KG
    card = min(line.edges_um) <= CARD_UM and 0 < line.mass_mg <= most_mg
    return card and is_rigid(line, materials) and not line.special_handling and care_of(line, materials).mailer


def as_dense(line: Item, rule: str, materials: Materials) -> bool:
    """Whether the units of a line are rigid and have at least the density of a rule of ``blocking_rules.csv``."""
    density = materials.blocking_rules[rule].value
    # 1 g/cm3 is 10^-9 mg/um3.
    return line.mass_mg * 10**9 >= density * math.prod(line.edges_um) and is_rigid(line, materials)


def dense_mg(line: Item, materials: Materials) -> int:
    """Return the mass of a unit in mg if it is dense and not delicate, such as iron or stone, otherwise 0."""
    dense = as_dense(line, "unit_density", materials) and care_of(line, materials).heaviest_beside_mg is None
    return line.mass_mg if dense else 0


def handled_as(line: Item, materials: Materials) -> tuple[SpecialHandlingRule, ...]:
    """Return the special handling rules of an order line: those it states, then those of its article."""
    return _handled_as(materials, line.special_handling, materials.articles.get(line.article))


def _handled_as(
    materials: Materials, stated: tuple[SpecialHandling, ...], article: Article | None
) -> tuple[SpecialHandlingRule, ...]:
    kinds = dict.fromkeys((*stated, *(article.special_handling if article else ())))
    return tuple(materials.special_handling[kind] for kind in kinds)


@lru_cache(maxsize=4096)
def _care(
    same: Same[Materials],
    fragility: Fragility | None,
    article_id: str,
    special_handling: tuple[SpecialHandling, ...],
    inner_um: int,
    carrier: str,
    beside_hard: bool,
) -> Care:
    materials = same.thing
    article = _article(article_id, materials) if article_id else None
    handling = _handled_as(materials, special_handling, article)
    if article is not None and article.refused and fragility is None:
        rule = f"needs a fragility of the line for {article_id!r}: {article.refused}"
        raise InvalidInputError([FieldViolation("article", rule)])
    rules, reason = _class_of(fragility, article, materials)
    margin = materials.carrier_margins.get((carrier, rules.fragility_class))
    half_gap_um = math.ceil(rules.half_gap_mm * UM_PER_MM)
    wall_margin_um = math.ceil((margin or rules).wall_margin_mm * UM_PER_MM)
    very_fragile = rules.fragility_class is FragilityClass.VERY_FRAGILE
    if article is not None and article.half_gap_mm is not None and not very_fragile and not beside_hard:
        close_um = min(math.ceil(article.half_gap_mm * UM_PER_MM), half_gap_um)
        half_gap_um, wall_margin_um = close_um, wall_margin_um + half_gap_um - close_um
    left_um = max(half_gap_um + wall_margin_um - inner_um, 0)
    bare, inner_gap_um = left_um > 0 or half_gap_um + wall_margin_um == 0, 0
    wrapped = bare
    if very_fragile:
        gap_um = math.ceil(materials.protection_rules["box_in_box_gap_mm"].value * UM_PER_MM)
        inner_gap_um = max(gap_um - inner_um, 0)
        bare, wrapped, left_um = True, inner_gap_um > 0, half_gap_um + wall_margin_um
    pack_from = 0 if article is None else article.pack_from
    if rules.fragility_class is FragilityClass.SHIP_READY or (pack_from > 1 and not rules.fragility_class.breakable):
        pack_from = 0
    beside_g = rules.heaviest_beside_g, *(rule.heaviest_beside_g for rule in handling)
    source = (margin or rules).source
    if inner_gap_um:
        source = f"{materials.protection_rules['box_in_box_gap_mm'].source}; {source}"
    if inner_um and half_gap_um + wall_margin_um:
        source = f"a cushion of {exact(inner_um)} mm inside its sales packaging counts; {source}"
    return Care(
        rules.fragility_class,
        min(half_gap_um, left_um),
        max(left_um - half_gap_um, 0),
        rules.wrap_layers if wrapped else 0,
        rules.wrap_layers if wrapped and article is not None and article.wrapped_in_pack else 0,
        rules.cushion_fill and bare,
        rules.mailer and all(rule.mailer for rule in handling),
        pack_from,
        None if rules.max_load_g is None else round(rules.max_load_g * MG_PER_G),
        min((round(most_g * MG_PER_G) for most_g in beside_g if most_g is not None), default=None),
        rules.upright or (article is not None and article.upright) or any(rule.upright for rule in handling),
        article is not None and article.on_edge,
        article is not None and article.handle,
        any(rule.lies for rule in handling),
        reason,
        source,
        inner_gap_um,
    )


def _class_of(fragility: Fragility | None, article: Article | None, materials: Materials) -> tuple[FragilityRule, str]:
    """Return the rules of the class that applies, and the reason as text."""
    classes = materials.fragility_classes
    if fragility is None:
        if article is None:
            return classes[FragilityClass.EASY], "it states no fragility, which is fragility class 'easy'"
        rules = classes[article.fragility_class]
        reason = f"article {article.article!r} is of fragility class {rules.fragility_class.value!r} ({article.reason})"
        return rules, reason
    stated, level = fragility.fragility_class, fragility.g_level
    if level is None:
        assert stated is not None  # a fragility has a class or a G-level
        return classes[stated], f"it is of fragility class {stated.value!r}"
    by_level = _class_at(level, materials)
    bound = f"below {by_level.g_below:f} G" if by_level.g_below is not None else "above the other classes"
    if stated is None:
        name = by_level.fragility_class.value
        return by_level, f"a G-level of {level:g} falls in fragility class {name!r} ({bound})"
    if stated.sturdy and by_level.fragility_class.breakable:
        name = by_level.fragility_class.value
        rule = f"must not be {stated.value!r} with a G-level of {level:g}: {bound} goods are {name!r}"
        raise InvalidInputError([FieldViolation("fragility.fragility_class", rule)])
    return classes[stated], f"it is of fragility class {stated.value!r}"


def _class_at(level: float, materials: Materials) -> FragilityRule:
    """Return the class with the lowest bound above a G-level, or ``easy`` if no bound is above it."""
    classes, exact = materials.fragility_classes, Decimal(str(level))
    bounds = {rule.g_below: rule for rule in classes.values() if rule.g_below is not None and exact < rule.g_below}
    return bounds[min(bounds)] if bounds else classes[FragilityClass.EASY]


def _article(article_id: str, materials: Materials) -> Article:
    found = materials.articles.get(article_id)
    if found is None:
        # Synonyms first, then similar names, then names that contain the given one; without any of them, all names.
        given, names = " ".join(article_id.lower().replace("_", " ").split()), sorted(materials.articles)
        near = [row.article for row in materials.articles.values() if given in row.also or f"{given}s" in row.also]
        near = near or difflib.get_close_matches(given.replace(" ", "_"), names, 3)
        near = near or [name for name in names if given in name] or names
        rule = f"must be an article of articles.csv, such as {', '.join(near)}; got {shown(article_id)}"
        raise InvalidInputError([FieldViolation("article", rule)])
    return found
