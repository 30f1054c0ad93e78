"""Every transport mode of every shipped profile, and a chain from China to Germany, by hand to the mg.

2.5 kg, that is 0.0025 t, travel (Guide to ISO 14083, Table 3: road SFD x 1.05, rail x 1, sea x 1.15, air GCD + 95 km)

    road    500 km x 1.05 =    525 km    1.3125 tkm
    rail    900 km x 1    =    900 km    2.25 tkm
    sea  18,000 km x 1.15 = 20,700 km   51.75 tkm
    air   9,000 km + 95   =  9,095 km   22.7375 tkm

Factors in kg CO2e/tkm: DESNZ 2025, Freighting goods and WTT delivery vehicles and freight; EPA Emission Factors Hub
2025, Table 8, per short ton-mile / 1.459972; ADEME Base Carbone V23.6; CPCD 2024. All of these are verified. Half a mg
goes to the even one.
"""

import csv
import io

import pytest

from boxwright.catalog import load_materials
from boxwright.domain.factor import Stage
from boxwright.domain.footprint import Allocation
from boxwright.domain.lane import Lane, Leg
from boxwright.footprint import estimate

GROSS_MG = 2_500_000
KM = {"road": 500, "rail": 900, "sea": 18_000, "air": 9_000}

# Profile, mode, default class, and mg CO2e (factor x tkm) for TTW, WTT and WTW.
TABLE = """\
profile,mode,vehicle,ttw,wtt,wtw
uk-desnz@2025,road,hgv_avg,133389,30962,
uk-desnz@2025,rail,rail_freight,62528,15548,
uk-desnz@2025,sea,sea_container_avg,834210,188888,
uk-desnz@2025,air,air_longhaul,12080434,3073200,
uk-desnz@2026,road,hgv_avg,135922,30962,
uk-desnz@2026,rail,rail_freight,58118,15548,
uk-desnz@2026,sea,sea_container_avg,834210,188888,
uk-desnz@2026,air,air_longhaul,12080434,3073200,
us-epa@2025,road,truck,168539,38392,
us-epa@2025,rail,rail,32636,8730,
us-epa@2025,sea,waterborne,2778872,629228,
us-epa@2025,air,aircraft,17051124,4337724,
fr-ademe@2024,road,articulated_34_40t,82294,27562,
fr-ademe@2024,rail,train_avg,10620,5715,
fr-ademe@2024,sea,sea_container_avg,403650,34672,
fr-ademe@2024,air,air_freighter_over_5000km,10345562,2271476,
cn-cpcd@2024,road,truck_heavy_diesel,,,128362
cn-cpcd@2024,rail,rail_freight,14630,,
cn-cpcd@2024,sea,sea_container_avg,420314,,
cn-cpcd@2024,air,air_freight,20941238,,
"""
VANS = """\
profile,drive,vehicle,ttw,wtt,wtw
uk-desnz@2025,diesel,van_diesel_avg,82858,19812,
uk-desnz@2025,electric,van_bev_avg,0,36258,
uk-desnz@2026,diesel,van_diesel_avg,83358,19812,
uk-desnz@2026,electric,van_bev_avg,0,26686,
fr-ademe@2024,diesel,van_diesel_avg,65362,21919,
cn-cpcd@2024,diesel,truck_light_diesel,,,34269
cn-cpcd@2024,electric,truck_light_bev,,,17863
"""
# 50 km x 1.05 x 0.0025 t = 0.13125 tkm. UK: x 0.6313 = 0.082858125, x 0.15095 = 0.0198121875; electric x 0.27625 =
# 0.0362578125. French: x 0.498 = 0.0653625 (to the even mg), x 0.167 = 0.02191875. Chinese, light lorries: x 0.2611 =
# 0.034269375 and x 0.1361 = 0.017863125.
# US WTT: 1.3125 x 0.029251 = 0.0383919, 2.25 x 0.00388, 51.75 x 0.012159 = 0.62922825, 22.7375 x 0.190774 = 4.33772.
# UK 2026: 1.3125 x 0.10356 = 0.1359225 (to the even mg), 2.25 x 0.02583 = 0.0581175; vans x 0.63511 = 0.0833581875 and
# x 0.20332 = 0.02668575; the rest as in 2025.
# UK road: 1.3125 x 0.10163 = 0.133389375 and x 0.02359 = 0.030961875. Rail: 2.25 x 0.02779 = 0.0625275 and x 0.00691
# = 0.0155475. Sea: 51.75 x 0.01612 = 0.83421 and x 0.00365 = 0.1888875. Air: 22.7375 x 0.5313 = 12.08043375 and x
# 0.13516 = 3.0732005. US: 1.3125 x 0.128411 = 0.1685394375; 2.25 x 0.014505 = 0.03263625; 51.75 x 0.053698 =
# 2.7788715; 22.7375 x 0.749912 = 17.0511241. French: 1.3125 x 0.0627 = 0.08229375 and x 0.021 = 0.0275625; 2.25 x
# 0.00472 = 0.01062 and x 0.00254 = 0.005715; 51.75 x 0.0078 = 0.40365 and x 0.00067 = 0.0346725; 22.7375 x 0.455 =
# 10.3455625 and x 0.0999 = 2.27147625. Chinese: 1.3125 x 0.0978 = 0.1283625; 2.25 x 0.006502 = 0.0146295; 51.75 x
# 0.008122 = 0.4203135; 22.7375 x 0.921 = 20.9412375.

CASES = list(csv.DictReader(io.StringIO(TABLE)))
VAN_CASES = list(csv.DictReader(io.StringIO(VANS)))


@pytest.fixture(scope="module")
def materials():
    """Return the shipped data."""
    return load_materials()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['profile']} {case['mode']}")
def test_each_mode_of_each_profile(materials, case):
    """The grams of each stage are the hand-made product, and a stage without a factor is missing."""
    profile = materials.profile(case["profile"])
    # Between known countries, so that the class of the flight is not guessed.
    lane = Lane([Leg(case["mode"], KM[case["mode"]])], origin_country="IE", destination_country="GB")
    found = estimate([], GROSS_MG, None, lane, profile, Allocation.MASS, materials)
    expected = {Stage(f"transport_{name}"): int(case[name]) for name in ("ttw", "wtt", "wtw") if case[name]}
    assert {line.stage: line.co2e_mg for line in found.lines} == expected
    assert {line.subject for line in found.lines} == {case["vehicle"]}
    proxies = {Stage.TRANSPORT_WTT} if case["profile"] == "us-epa@2025" else set()
    assert {line.stage for line in found.lines if not line.read_in_source} == proxies
    lacking = {"transport/transport_wtt: " + case["vehicle"]} if not (case["wtt"] or case["wtw"]) else set()
    assert set(found.missing) == lacking


@pytest.mark.parametrize("case", VAN_CASES, ids=lambda case: f"{case['profile']} {case['drive']}")
def test_each_van_of_each_profile(materials, case):
    """The last mile by each drive that a profile has: the grams of each stage are the hand-made product."""
    profile = materials.profile(case["profile"])
    assert dict(profile.default_vans)[case["drive"]] == case["vehicle"]
    lane = Lane([Leg("road", 50, vehicle=case["vehicle"])])
    found = estimate([], GROSS_MG, None, lane, profile, Allocation.MASS, materials)
    expected = {Stage(f"transport_{name}"): int(case[name]) for name in ("ttw", "wtt", "wtw") if case[name]}
    assert {line.stage: line.co2e_mg for line in found.lines} == expected
    assert found.factors_complete
    assert all(line.read_in_source for line in found.lines)


def test_every_van_is_in_the_table(materials):
    """A van that a profile gains must be computed by hand here."""
    known = {(case["profile"], case["drive"], case["vehicle"]) for case in VAN_CASES}
    assert known == {(each.profile_id, *van) for each in materials.profiles for van in each.default_vans}


def test_every_profile_with_transport_is_in_the_table(materials):
    """A profile or default class that is added must be computed by hand here."""
    known = {(case["profile"], case["mode"], case["vehicle"]) for case in CASES}
    shipped = {
        (profile.profile_id, mode.value, vehicle)
        for profile in materials.profiles
        for mode, vehicle in profile.default_vehicles
    }
    assert known == shipped


def test_a_chain_from_china_to_germany(materials):
    """Shenzhen to Hamburg by van, air and van, 2.5 kg, with radiative forcing, under DESNZ 2025.

    van 50 km diesel:    0.0025 t x  52.5 km = 0.13125 tkm   x 0.6313  = 82,858.125 mg    x 0.15095 = 19,812.1875 mg
    air 9,120.1 km:      0.0025 t x 9,215.1 km = 23.03775 tkm x 0.5313 = 12,239,956.575 mg x 0.13516 = 3,113,782.29 mg
                         radiative forcing (0.89939 - 0.5313 = 0.36809):  8,479,965.3975 mg
    van 30 km electric:  0.0025 t x  31.5 km = 0.07875 tkm   x 0       = 0                x 0.27625 = 21,754.6875 mg
    """
    legs = [Leg("road", 50, vehicle="van_diesel_avg"), Leg("air", 9120.1), Leg("road", 30, vehicle="van_bev_avg")]
    lane = Lane(legs, include_radiative_forcing=True)
    found = estimate([], GROSS_MG, None, lane, materials.profile("uk-desnz@2025"), Allocation.MASS, materials)
    assert [(line.leg_index, line.stage.value.removeprefix("transport_"), line.co2e_mg) for line in found.lines] == [
        (0, "ttw", 82_858),
        (0, "wtt", 19_812),
        (1, "ttw", 12_239_957),
        (1, "wtt", 3_113_782),
        (1, "radiative_forcing", 8_479_965),
        (2, "ttw", 0),
        (2, "wtt", 21_755),
    ]
    assert found.total_co2e_mg == 23_958_129
    assert found.factors_complete


def test_forcing_is_the_publishers_difference(materials):
    """With RF less without RF, DESNZ 2025: 4.60397 - 2.71931, 1.27835 - 0.75539, 0.89939 - 0.5313."""
    profile = materials.profile("uk-desnz@2025")
    found = {
        name: str(profile.factor(f"air_{name}", Stage.RADIATIVE_FORCING).value)
        for name in ("domestic", "shorthaul", "longhaul", "international")
    }
    assert found == {
        "domestic": "1.88466",
        "shorthaul": "0.52296",
        "longhaul": "0.36809",
        "international": "0.36809",
    }
