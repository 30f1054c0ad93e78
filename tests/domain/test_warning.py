"""Warnings: one per kind, with all findings counted."""

from hypothesis import given
from hypothesis import strategies as st

from boxwright.domain.warning import MOST_TEXTS, PlanWarning, WarningCode, gathered

CODES = st.sampled_from([WarningCode.NO_TRANSPORT, WarningCode.BOX_LEFT_OUT])
FOUND = st.lists(st.builds(PlanWarning, CODES, st.sampled_from(["a", "b"]), st.text("xyz", min_size=1, max_size=2)))


@given(FOUND)
def test_there_is_one_warning_a_kind_and_all_are_counted(found):
    """Codes stay in their order, and all findings are counted, also those whose texts are not listed."""
    told = gathered(found)
    assert [each.code for each in told] == list(dict.fromkeys(each.code for each in found))
    for each in told:
        kind = [one for one in found if one.code == each.code]
        texts = list(dict.fromkeys(one.message for one in kind))
        assert each.count == len(kind)
        assert each.field == kind[0].field
        assert each.message.startswith("; ".join(texts[:MOST_TEXTS]))
        more = len(texts) - MOST_TEXTS
        assert (f" {more} " in each.message.removeprefix("; ".join(texts[:MOST_TEXTS]))) == (more > 0)
