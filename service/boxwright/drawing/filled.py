"""A mailer as it is drawn: the cuboid that it is when it is filled."""

from boxwright.domain.box import BoxType
from boxwright.domain.fields import changed
from boxwright.domain.plan import Parcel


def drawn_box(box: BoxType, parcel: Parcel) -> BoxType:
    """Return a parcel's box as it is drawn: rigid ones as they are, a mailer as high as what is in it.

    Seams, corners and what is left of the sheets beside the content are not drawn. A mailer whose content does not go
    in by its girth is drawn flat and as high as the content, so that the picture shows it.
    """
    if not box.flexible or not parcel.placements:
        return box
    height = max(each.corner_um[2] + each.extent_um[2] for each in parcel.placements)
    inner = box.shell.inside_at(box.inner_um, height)
    if not all(inner):
        inner = (box.inner_um[0], box.inner_um[1], height)
    walls = box.outer_um[2] - box.inner_um[2]
    edges = dict(zip(("length", "width", "height"), inner, strict=True))
    inside = {f"inner_{edge}_um": size for edge, size in edges.items()}
    return changed(box, **inside, **{f"outer_{edge}_um": size + walls for edge, size in edges.items()})
