"""Helpers to build requests."""

from collections.abc import Iterable, Mapping
from numbers import Real

from google.protobuf import field_mask_pb2

from boxwright_client.enums import enum_value
from boxwright_client.v1 import geometry_pb2, lane_pb2, order_pb2, packing_service_pb2, policy_pb2, price_table_pb2

UPRIGHT = (geometry_pb2.ORIENTATION_LWH, geometry_pb2.ORIENTATION_WLH)
"""Orientations for "this way up": the height stays vertical."""

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
"""Read mask for a packer's screen: steps as sentences with the weight after each, and the fields shown with them."""


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
    """Return an order line of cuboids, or of soft goods if one of their fields is given.

    Parameters
    ----------
    line_id : str
        Id, unique in its order.
    length_mm, width_mm, height_mm : float
        Edges of a unit with its sales packaging, in mm; ``cm`` and ``inches`` convert. None or 0 if unknown, together
        with the ``dimension_status`` that says so.
    mass_g : float
        Mass of a unit, in g; ``kg``, ``pounds`` and ``ounces`` convert.
    quantity : int, optional
        Number of units: an integer of any type. Default 1.
    orientations : iterable of Orientation, optional
        Allowed orientations, such as ``UPRIGHT``. Default: all six.
    max_load_g : float, optional
        Mass that a unit may carry on top, in g; 0 means nothing. Default: the server's limit for its fragility (0 for
        fragile units), otherwise a plausible limit from mass and density; on soft goods, only other soft goods.
    g_level : float, optional
        Shock that a unit survives, in multiples of g. Default: unknown.
    fragility_class : FragilityClass or str, optional
        Fragility, such as ``order_pb2.FRAGILITY_CLASS_FRAGILE`` or ``"fragile"``. Default: the class of ``g_level``,
        else of the article, else easy.
    article : str, optional
        Article of the server's materials data, such as ``"mug"``. Default: not stated.
    min_thickness_mm : float, optional
        For soft goods: thickness to which a unit lying flat may be pressed, in mm. Default: it does not give way.
    max_folds : int, optional
        For soft goods: how many times a unit may be folded in half. Default: never; 0 marks a line as soft goods.
    keep_together_group : str, optional
        Units of lines with the same value go into one parcel. Default: no rule.
    keep_apart_group : str, optional
        A parcel holds units of at most one value. Default: no rule.
    property_amounts : mapping of str to float, optional
        Amounts per unit of properties that the policy caps, such as ``{"lithium_wh": 20}``. Default: none.
    ships_in_own_container : bool, optional
        Whether a unit may ship without a box. Default False.
    sales_packaging : SalesPackaging, optional
        Sales packaging of a unit: its materials, and its cushion. Default: not stated.
    dimension_status : DimensionStatus, optional
        Reliability of edges and mass, such as ``order_pb2.DIMENSION_STATUS_MEASURED``. Default: declared.
    sku, description, barcode : str, optional
        Texts for pictures, bench sentences and reports; placements repeat them if the read mask names them.

    special_handling : iterable of str, optional
        Needs of packer and carrier, such as ``"liquid"`` or ``"lithium_alone"``. Default: those of its article.

    Raises
    ------
    ValueError
        If the class or a special handling is unknown; if the mass is missing, or an edge without the
        ``dimension_status`` for it; if the quantity is not an integer, or an edge or the mass not a number.
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
    length, width, height = (edge_mm or 0 for edge_mm in edges_mm)
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
    found: order_pb2.FragilityClass.ValueType
    found = enum_value(order_pb2.FragilityClass, "FRAGILITY_CLASS_", "fragility_class", named)
    return found


def mask(paths: Iterable[str]) -> field_mask_pb2.FieldMask | None:
    """Return a read mask, None without paths; raises ValueError for a text, whose characters would be the paths."""
    if isinstance(paths, str):
        raise ValueError(f"read_mask must be a list of paths such as [{paths!r}], got the string {paths!r}")
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
    """Return the request to plan an order; set further fields on the message.

    Parameters
    ----------
    order_id : str
        The caller's id of the order.
    lines : iterable of OrderLine
        Order lines; ``line`` makes one.
    catalog : str, optional
        Resource name ``catalogs/{catalog}``. Default: the site's, else the server's.
    site : str, optional
        Resource name ``sites/{site}`` of a site whose values are defaults of the request. Default: none.
    policy : Policy, optional
        Objectives and rules. Default: all fields at their defaults.
    legs : iterable of Leg, optional
        Legs of the transport to the consignee. Default: none; transport is not counted.
    carrier_service : str, optional
        Resource name ``carriers/{carrier}/services/{service}``, which determines the chargeable weight. Default: none.
    zone : str, optional
        Tariff zone of the destination. Default: none.
    price_tables : iterable of PriceTable, optional
        Prices of carriage by zone and chargeable weight; they require ``carrier_service``. Default: none.
    accounting_profiles : iterable of str, optional
        Resource names ``accountingProfiles/{profile}@{version}``. Default: the site's, else the server's.
    request_id : str, optional
        Makes the call safe to repeat. Default: empty; it is not.
    read_mask : iterable of str, optional
        Fields of the answer, such as ``["plan"]`` for the complete plan or ``["*"]`` for everything. Default: the
        fields that a packing station needs, without footprint lines, proofs and derivations. ``BENCH`` has the fields
        of a packer's screen, with the steps as sentences.
    persist : bool, optional
        Whether to store the plan, which then has a name. Pass a ``request_id`` too, so that a repeated call stores it
        only once. Default: the server's setting ``persist_plans``.
    purpose : PlanPurpose or str, optional
        Purpose of the plan: ``"shipment"``, ``"what_if"`` or ``"replay"``. Default: shipment.
    availability : mapping of str to int, optional
        Pieces at hand by box type, such as ``{"eu-600x400x300": 0}``. Default: as in the catalog.

    Raises
    ------
    ValueError
        If ``read_mask`` is a text, whose characters would be the paths, or the purpose is unknown.
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
