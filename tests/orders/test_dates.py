"""Ship dates of order files."""

import datetime

import pytest

from boxwright.errors import DataFileError
from boxwright.orders import DateSpan, date_span, ship_dates

HEADER = "order_id,line_id,quantity,length_mm,width_mm,height_mm,mass_g,extra_ship_date\n"


def test_the_date_of_each_order_is_read(tmp_path):
    """Times are cut off, the first line of an order counts, and an empty cell is not a date."""
    path = tmp_path / "orders.csv"
    rows = [
        "a,1,1,1,1,1,1,2026-03-01",
        "a,2,1,1,1,1,1,2026-04-01",
        "b,1,1,1,1,1,1,2026-05-02 10:15:00",
        "c,1,1,1,1,1,1,",
    ]
    path.write_text(HEADER + "\n".join(rows))
    assert ship_dates(path) == {"a": datetime.date(2026, 3, 1), "b": datetime.date(2026, 5, 2)}
    assert ship_dates(path, "extra_other") == {}
    assert ship_dates(tmp_path / "orders.jsonl") == {}


def test_dates_of_parquet_are_read_by_their_own_type(tmp_path):
    """A column may hold dates or timestamps."""
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    days = pa.array([datetime.date(2026, 3, 1)])
    times = pa.array([datetime.datetime(2026, 3, 2, 9)])
    pq.write_table(pa.table({"order_id": ["a"], "day": days, "time": times}), tmp_path / "orders.parquet")
    assert ship_dates(tmp_path / "orders.parquet", "day") == {"a": datetime.date(2026, 3, 1)}
    assert ship_dates(tmp_path / "orders.parquet", "time") == {"a": datetime.date(2026, 3, 2)}


def test_days_with_dots_come_first(tmp_path):
    """In dates with dots the day comes first."""
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + "a,1,1,1,1,1,1,01.03.2026\nb,1,1,1,1,1,1,5.4.2026 10:15\n")
    assert ship_dates(path) == {"a": datetime.date(2026, 3, 1), "b": datetime.date(2026, 4, 5)}


def test_a_date_that_cannot_be_read_is_named_by_row(tmp_path):
    """Ambiguous dates with slashes are an error that names the row."""
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + "a,1,1,1,1,1,1,01/03/2026\n")
    with pytest.raises(DataFileError, match=r"row 2, .*'01/03/2026'"):
        ship_dates(path)


@pytest.mark.parametrize(("form", "day"), [("{d:02}/{m:02}/2026", (3, 4)), ("{m:02}/{d:02}/2026", (4, 3))])
def test_dates_of_the_column_settle_whether_the_day_comes_first(tmp_path, form, day):
    """A number above 12 determines the order of day and month, unless many dates contradict it."""
    path = tmp_path / "orders.csv"
    days = ["03/04/2026", "", *(form.format(d=number, m=5) for number in range(1, 29)), "soon"]

    def written():
        path.write_text(HEADER + "\n".join(f"o{number},1,1,1,1,1,1,{each}" for number, each in enumerate(days)))
        return path

    found = ship_dates(written())
    assert found["o0"] == datetime.date(2026, day[1], day[0])
    assert found["o28"] == datetime.date(2026, 5, 27)
    assert len(found) == 29
    assert date_span(path).last == datetime.date(2026, 5, 28)
    days[2:16] = ["14/05/2026", "05/14/2026"] * 7
    with pytest.raises(DataFileError, match="'03/04/2026'"):
        ship_dates(written())


def test_a_few_errors_count_as_missing_dates(tmp_path):
    """Up to 5 % of impossible dates count as missing; more are an error."""
    path = tmp_path / "orders.csv"
    days = ["31.02.2026", *(f"{day:02}.03.2026" for day in range(1, 20))]
    path.write_text(HEADER + "\n".join(f"o{number},1,1,1,1,1,1,{day}" for number, day in enumerate(days)))
    found = ship_dates(path)
    assert len(found) == 19
    assert "o0" not in found
    days[1] = "31.02.2026"
    path.write_text(HEADER + "\n".join(f"o{number},1,1,1,1,1,1,{day}" for number, day in enumerate(days)))
    with pytest.raises(DataFileError, match="'2026-02-31'"):
        ship_dates(path)


def test_the_span_of_a_file_counts_orders_not_rows(tmp_path):
    """The span has first and last day, dated orders and all orders."""
    path = tmp_path / "orders.csv"
    rows = ["a,1,1,1,1,1,1,2026-03-01", "a,2,1,1,1,1,1,2026-03-01", "b,1,1,1,1,1,1,01.05.2026", "c,1,1,1,1,1,1,soon"]
    path.write_text(HEADER + "\n".join(rows))
    assert date_span(path) == DateSpan(datetime.date(2026, 3, 1), datetime.date(2026, 5, 1), 2, 2, 3)
    assert date_span(path, "extra_other") is None


def test_one_wrong_date_does_not_move_the_span(tmp_path):
    """One date of 1926 and one of 2062 among 200 are ignored."""
    path = tmp_path / "orders.csv"
    days = [datetime.date(2026, 3, 1) + datetime.timedelta(days=number // 2) for number in range(198)]
    days += [datetime.date(1926, 3, 1), datetime.date(2062, 3, 1)]
    path.write_text(HEADER + "\n".join(f"o{number},1,1,1,1,1,1,{day}" for number, day in enumerate(days)))
    found = date_span(path)
    assert found.first >= datetime.date(2026, 3, 1)
    assert found.last <= datetime.date(2026, 6, 7)
    assert found.within >= 196
    assert (found.dated, found.orders) == (200, 200)
