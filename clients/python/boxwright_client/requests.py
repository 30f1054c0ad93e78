"""Short ways to write the messages that every caller needs."""

from collections.abc import Iterable, Mapping
from numbers import Real

from google.protobuf import field_mask_pb2

from boxwright_client.enums import enum_value
from boxwright_client.v1 import geometry_pb2, lane_pb2, order_pb2, packing_service_pb2, policy_pb2, price_table_pb2

UPRIGHT = (geometry_pb2.ORIENTATION_LWH, geometry_pb2.ORIENTATION_WLH)
"""Orientations of "this way up": the height stays vertical."""

BENCH = (
    "plan.name",
    "plan.order_id",
    "plan.status",
    "plan.parcels.box_type_id",
    "plan.parcels.placements",
    "plan.parcels.gross_g",
    "plan.parcels.handling_marks",
    "plan.parcels.bench",
    "plan.unpacked",
    "plan.warnings",
)
"""Read mask for a packer's screen: the steps as sentences with the weight after each, and what to show with them."""


def line(
    line_id: str,
    length_mm: float | None = None,
    width_mm: float | None = None,
    height_mm: float | None = None,
    mass_g: float | None = None,
    *,
    quantity: float = 1,
    orientations: Iterable[geometry_pb2.Orientation.ValueType] = (),
    max_load_g: float | None = None,
    g_level: float | None = None,
    fragility_class: order_pb2.FragilityClass.ValueType | str | None = None,
    article: str = "",
    min_thickness_mm: float | None = None,
    max_folds: int | None = None,
    keep_together_group: str = "",
    keep_apart_group: str = "",
    property_amounts: Mapping[str, float] | None = None,
    ships_in_own_container: bool = False,
    sales_packaging: order_pb2.SalesPackaging | None = None,
    dimension_status: order_pb2.DimensionStatus.ValueType = order_pb2.DIMENSION_STATUS_UNSPECIFIED,
    sku: str = "",
    description: str = "",
    barcode: str = "",
    special_handling: Iterable[str] = (),
) -> order_pb2.OrderLine:
    """Return an order line of cuboids, or of soft goods where one of their fields is given.

    Parameters
    ----------
    line_id : str
        Unique in its order.
    length_mm, width_mm, height_mm : float
        Edges of one unit with its sales packaging, in mm; ``cm`` and ``inches`` convert. None or 0 where not known,
        together with the ``dimension_status`` that says so.
    mass_g : float
        Mass of one unit, in g; ``kg``, ``pounds`` and ``ounces`` convert.
    quantity : int, optional
        Units: a whole number, of whatever type. Default 1.
    orientations : iterable of Orientation, optional
        Allowed orientations, such as ``UPRIGHT``. Default all six.
    max_load_g : float, optional
        Mass that one unit may carry on top, in g; 0 is nothing on top. Default: the server's limit for its fragility (0
        for fragile units), else what mass and density make plausible; on soft goods, only other soft goods.
    g_level : float, optional
        Shock that a unit survives, in multiples of g. Default not known.
    fragility_class : FragilityClass or str, optional
        How it is protected, such as ``order_pb2.FRAGILITY_CLASS_FRAGILE`` or ``"fragile"``. Default: the class that
        ``g_level`` falls in, else that of the article, else easy.
    article : str, optional
        What it is, such as ``"mug"``: an article of the server's materials data. Default not said.
    min_thickness_mm : float, optional
        Of soft goods: thickness to which a unit lying flat may be pressed, in mm. Default: it does not give way.
    max_folds : int, optional
        Of soft goods: how many times a unit may be folded in half. Default never; 0 says that they are soft.
    keep_together_group : str, optional
        All units of lines with the same value go into one parcel. Default: no such rule.
    keep_apart_group : str, optional
        A parcel holds units of at most one value. Default: no such rule.
    property_amounts : mapping of str to float, optional
        What one unit adds to properties that the policy caps, such as ``{"lithium_wh": 20}``. Default none.
    ships_in_own_container : bool, optional
        Whether the unit may ship as it is, without a box. Default False.
    sales_packaging : SalesPackaging, optional
        The packaging that is part of the unit: its materials, and the cushion that it holds. Default not described.
    dimension_status : DimensionStatus, optional
        How far edges and mass can be trusted, such as ``order_pb2.DIMENSION_STATUS_MEASURED``. Default declared.
    sku, description, barcode : str, optional
        Carried through to pictures, bench sentences and reports; repeated in placements where a read mask names them.

    special_handling : iterable of str, optional
        What it asks of packer and carrier, such as ``"liquid"`` or ``"lithium_alone"``. Default: that of its article.

    Raises
    ------
    ValueError
        If the class or a special handling is not known; if the mass is not given, or the edges are not and
        ``dimension_status`` does not say so; if the quantity is no whole number, or an edge or the mass no number.
    """
    if mass_g is None:
        raise ValueError(f"line {line_id!r}: mass_g is required")
    edges_mm = [length_mm, width_mm, height_mm]
    for name, value in zip(("length_mm", "width_mm", "height_mm", "mass_g"), (*edges_mm, mass_g), strict=True):
        if value is not None and not isinstance(value, Real):
            raise ValueError(f"line {line_id!r}: {name} must be a number, got {value!r}")
    if None in edges_mm and dimension_status != order_pb2.DIMENSION_STATUS_MISSING:
        raise ValueError(
            f"line {line_id!r}: length_mm, width_mm and height_mm are required, unless dimension_status is"
            " order_pb2.DIMENSION_STATUS_MISSING"
        )
    if int(quantity) != quantity:
        raise ValueError(f"line {line_id!r}: quantity must be a whole number, got {quantity!r}")
    message = order_pb2.OrderLine(
        line_id=line_id,
        quantity=int(quantity),
        sku=sku,
        description=description,
        barcode=barcode,
        article=article,
        mass_g=mass_g,
        orientations=orientations,
        max_load_g=max_load_g,
        keep_together_group=keep_together_group,
        keep_apart_group=keep_apart_group,
        ships_in_own_container=ships_in_own_container,
        sales_packaging=sales_packaging,
        dimension_status=dimension_status,
        special_handling=[
            order_pb2.SpecialHandling.Value(f"SPECIAL_HANDLING_{kind.upper()}") for kind in special_handling
        ],
        property_amounts=[
            order_pb2.PropertyAmount(property=name, amount=amount) for name, amount in (property_amounts or {}).items()
        ],
    )
    length, width, height = (each or 0 for each in edges_mm)
    edges = geometry_pb2.Dimensions(length_mm=length, width_mm=width, height_mm=height)
    if min_thickness_mm is None and max_folds is None:
        message.cuboid.dimensions.CopyFrom(edges)
    else:
        soft = order_pb2.SoftGoods(dimensions=edges, min_thickness_mm=min_thickness_mm, max_folds=max_folds or 0)
        message.soft_goods.CopyFrom(soft)
    if g_level is not None:
        message.fragility.g_level = g_level
    if fragility_class is not None:
        message.fragility.fragility_class = _fragility_class(fragility_class)
    return message


def _fragility_class(named: order_pb2.FragilityClass.ValueType | str) -> order_pb2.FragilityClass.ValueType:
    """Return a fragility class by value or by name, such as ``fragile``."""
    found: order_pb2.FragilityClass.ValueType
    found = enum_value(order_pb2.FragilityClass, "FRAGILITY_CLASS_", "fragility_class", named)
    return found


def mask(paths: Iterable[str]) -> field_mask_pb2.FieldMask | None:
    """Return a read mask; None without paths.

    Raises
    ------
    ValueError
        If it is a text: its characters would be the paths.
    """
    if isinstance(paths, str):
        raise ValueError(f"read_mask must be a list of paths such as [{paths!r}], got the text {paths!r}")
    found = field_mask_pb2.FieldMask(paths=paths)
    return found if found.paths else None


def leg(mode: lane_pb2.TransportMode.ValueType, distance_km: float, *, vehicle: str = "") -> lane_pb2.Leg:
    """Return a leg of a lane, such as ``leg(lane_pb2.TRANSPORT_MODE_ROAD, 350)``."""
    return lane_pb2.Leg(mode=mode, distance_km=distance_km, vehicle=vehicle)


def pack_request(
    order_id: str,
    lines: Iterable[order_pb2.OrderLine],
    *,
    catalog: str = "",
    site: str = "",
    policy: policy_pb2.Policy | None = None,
    legs: Iterable[lane_pb2.Leg] = (),
    carrier_service: str = "",
    zone: str = "",
    price_tables: Iterable[price_table_pb2.PriceTable] = (),
    accounting_profiles: Iterable[str] = (),
    request_id: str = "",
    read_mask: Iterable[str] = (),
    persist: bool | None = None,
    purpose: packing_service_pb2.PlanPurpose.ValueType | str = packing_service_pb2.PLAN_PURPOSE_UNSPECIFIED,
    availability: Mapping[str, int] | None = None,
) -> packing_service_pb2.PackRequest:
    """Return the request to plan an order; every field that is not here can be set on the message.

    Parameters
    ----------
    order_id : str
        The caller's name for the order.
    lines : iterable of OrderLine
        What is ordered; ``line`` makes one.
    catalog : str, optional
        Resource name ``catalogs/{catalog}``. Default: the site's, else the server's.
    site : str, optional
        Resource name ``sites/{site}``: what the request does not state is taken from it. Default none.
    policy : Policy, optional
        Objectives and rules. Default: the default of every field.
    legs : iterable of Leg, optional
        The way to the consignee. Default: none, and no transport is counted.
    carrier_service : str, optional
        Resource name ``carriers/{carrier}/services/{service}``; it decides the chargeable weight. Default none.
    zone : str, optional
        Zone of the carrier's tariff that the destination lies in. Default none.
    price_tables : iterable of PriceTable, optional
        What carriage costs by zone and chargeable weight; the server refuses them without ``carrier_service``. Default
        none.
    accounting_profiles : iterable of str, optional
        Resource names ``accountingProfiles/{profile}@{version}``. Default: the site's, else the server's.
    request_id : str, optional
        Makes the call safe to repeat. Default: empty, it is not.
    read_mask : iterable of str, optional
        Fields of the answer, such as ``["plan"]`` for the whole plan or ``["*"]`` for all that there is. Default: what
        a packing station needs, without lines of footprints, proofs and derivations. ``BENCH`` is what a packer's
        screen shows, with the steps as sentences.
    persist : bool, optional
        Whether the plan is stored; it then has a name. Give a ``request_id`` too, so that a call which is made again
        stores it once. Default: as the server's setting ``persist_plans`` says.
    purpose : PlanPurpose or str, optional
        What the plan is for: ``"shipment"``, ``"what_if"`` or ``"replay"``. Default: a shipment.
    availability : mapping of str to int, optional
        Pieces at hand of each box type, such as ``{"eu-600x400x300": 0}``. Default: as the catalog says.

    Raises
    ------
    ValueError
        If ``read_mask`` is a text: its characters would be the paths; or if the purpose is not known.
    """
    request = packing_service_pb2.PackRequest(
        request_id=request_id,
        order=order_pb2.Order(order_id=order_id, lines=lines),
        policy=policy,
        accounting_profiles=accounting_profiles,
        read_mask=mask(read_mask),
        persist=persist,
        purpose=enum_value(packing_service_pb2.PlanPurpose, "PLAN_PURPOSE_", "purpose", purpose),
        availability=[
            packing_service_pb2.BoxAvailability(box_type_id=box_type_id, quantity=quantity)
            for box_type_id, quantity in (availability or {}).items()
        ],
        site=site,
    )
    if catalog:
        request.catalog = catalog
    lane = lane_pb2.Lane(legs=legs, carrier_service=carrier_service, zone=zone, price_tables=price_tables)
    if lane.ByteSize():
        request.lane.CopyFrom(lane)
    return request
