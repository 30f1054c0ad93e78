"""The page of a plan in Chromium: on screen and paper, no content leaves its card, overlaps or is cut off."""

import functools
import html
import json
import re
import runpy
import subprocess
from pathlib import Path

import pytest

from boxwright import BoxType, Catalog, Item, Lane, Leg, Order, Policy, load_catalog
from boxwright.domain.order import Fragility
from boxwright.orders import read_order
from boxwright.pages import Sheet, plan_page
from boxwright.pages.shipped import Shipped, ShippedParcel
from boxwright.planning import Task, plans

ROOT = Path(__file__).parents[2]
CHROMIUM = runpy.run_path(str(ROOT / "tests" / "interop" / "browser.py"))["CHROMIUM"]
PAPERS = {Sheet.A4: 210 - 2 * 12, Sheet.A6: 105 - 2 * 4, Sheet.INCHES_4X6: 101.6 - 2 * 4}
"""Width between the margins, in mm."""
PX_PER_MM = 96 / 25.4
LONGEST = 200

MEASURE = """
const cards = 'li, p, h1, h2, h3, dt, dd, th, td, summary, figure, nav';
const measure = (name, frame) => {
  const page = frame.contentDocument, found = [];
  const say = (what, it) => found.push(`${name}: ${what}: ${it.textContent.trim().slice(0, 60)}`);
  page.querySelectorAll('details').forEach(it => { it.open = true; });
  const root = page.documentElement;
  if (root.scrollWidth > root.clientWidth) say(`page of ${root.scrollWidth} px in ${root.clientWidth}`, root);
  const within = (inner, outer) =>
    inner.left >= outer.left - 1 && inner.right <= outer.right + 1 && inner.top >= outer.top - 4 &&
    inner.bottom <= outer.bottom + 4;  // a line of small text is less high than the letters that it makes room for
  const texts = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode, card = text.parentElement.closest(cards);
    if (!text.data.trim() || !card) continue;
    const range = page.createRange();
    range.selectNodeContents(text);
    if ([...range.getClientRects()].some(it => it.width && !within(it, card.getBoundingClientRect())))
      say('text leaves its card', card);
  }
  for (const it of page.querySelectorAll(cards + ', img')) {
    const box = it.getBoundingClientRect(), around = it.parentElement.closest(cards + ', .scroll, section, header');
    const scrolls = it.closest('.scroll') && getComputedStyle(it.closest('.scroll')).overflowX === 'auto';
    if (box.width && !scrolls && !within(box, around.getBoundingClientRect())) say('leaves what it stands in', it);
  }
  for (const list of page.querySelectorAll('.steps, .marks, tr')) {
    const boxes = [...list.children].map(it => it.getBoundingClientRect());
    boxes.forEach((one, at) => boxes.slice(at + 1).forEach(other => {
      if (one.left < other.right - 1 && other.left < one.right - 1 && one.top < other.bottom - 1 &&
          other.top < one.bottom - 1) say('overlap', list);
    }));
  }
  for (const it of page.querySelectorAll('.nowrap'))
    if (new Set([...it.getClientRects()].map(each => Math.round(each.top / 4))).size > 1) say('is broken', it);
  return found;
};
onload = () => {
  const found = [...document.querySelectorAll('iframe')].map(it => [it.title, measure(it.title, it)]);
  document.querySelector('pre').textContent = JSON.stringify(Object.fromEntries(found));
};
"""
"""Lists the elements that leave their card, overlap or are broken, frame by frame."""


def unbroken(head: str, length: int) -> str:
    """Return a text of wide letters without a place to break it."""
    return (head + "_WMX0" * LONGEST)[:length]


def chinese(head: str, length: int) -> str:
    """Return a text of Chinese letters."""
    return (head + "陶瓷茶杯易碎品请轻拿轻放" * LONGEST)[:length]


def worst(text: functools.partial[str]) -> str:
    """Return a page with several parcels, unpacked goods and another box shipped, with the given free texts."""
    lines = (
        ("cup", 3, (90, 90, 100, 320), {"article": "mug"}),
        ("plate", 2, (260, 260, 25, 1_660), {"fragility": Fragility("very_fragile")}),
        ("iron", 2, (200, 150, 150, 16_000), {}),
        ("board", 1, (3_000, 500, 20, 9_000), {}),
    )
    items = [
        Item(text(name), quantity, *sizes, sku=text(name), barcode=text("69"), description=text(name), **asked)
        for name, quantity, sizes, asked in lines
    ]
    limits = {"tare_g": 900, "max_gross_g": 25_000, "material_id": "corrugated-board"}
    boxes = [
        BoxType(text("small"), 400, 300, 250, name=text("A box"), **limits),
        BoxType(text("big"), 600, 400, 400, name=text("Another box"), **limits),
    ]
    task = Task(
        Order(text("order"), items),
        Catalog(text("mine"), boxes, dunnage=load_catalog("eu-webshop").dunnage),
        Policy(allow_partial=True),
        lane=Lane(legs=[Leg("road", 15_000)]),
    )
    plan = plans(task, 0)[0]
    assert plan.parcels
    assert plan.unpacked
    assert plan.warnings
    parcel = ShippedParcel(
        0, text("other"), text("reason"), text("note"), 123_456.7, (1_200.5, 800.5, 900.5), (text("u"), text("v"))
    )
    shipped = Shipped("2026-05-04 10:12 UTC", text("station"), [parcel])
    return plan_page(plan, task, address="/plans/x", name=text("plans/p"), notes=[text("note")], shipped=shipped)


def usual() -> str:
    """Return an ordinary page with codes, a bill and compartments."""
    order = read_order(ROOT / "examples" / "housewarming.json")
    cup = Item("cup", 2, 90, 90, 100, 300, sku="CJ-BOWL-14-WITH-ITS-SAUCER-ROW-0035", barcode="6901234567892")
    lane = Lane(legs=[Leg("road", 500)], carrier_service="ups/us-daily")
    task = Task(Order("CJ-2026-000123", (*order.lines, cup)), load_catalog("us-webshop"), lane=lane)
    return plan_page(plans(task, 0)[0], task, address="/plans/x", name="plans/p-1")


PLANS = {
    "unbroken": lambda: worst(functools.partial(unbroken, length=LONGEST)),
    "chinese": lambda: worst(functools.partial(chinese, length=LONGEST)),
    "35 letters": lambda: worst(functools.partial(unbroken, length=35)),
    "usual": usual,
}


def on_paper(page: str, sheet: Sheet) -> str:
    """Return a page that looks the same on screen as on paper."""
    swapped = page.replace("@media print", "@media all").replace("@media screen", "@media not all")
    assert swapped.count("@media all") == 1
    kind = 'class="whole"'
    assert kind in swapped
    return swapped if sheet is Sheet.A4 else swapped.replace(kind, 'class="slip"')


def measured(frames: dict[str, tuple[float, str]], folder: Path) -> dict[str, list[str]]:
    """Show pages in frames of a width in px, and return the faults of each."""
    shown = "".join(
        f'<iframe title="{name}" style="border:0;width:{width:.2f}px;height:9000px"'
        f' srcdoc="{html.escape(page)}"></iframe>'
        for name, (width, page) in frames.items()
    )
    path = folder / "frames.html"
    path.write_text(f'<!doctype html><meta charset="utf-8">{shown}<pre></pre><script>{MEASURE}</script>', "utf-8")
    said = subprocess.run(
        (*CHROMIUM, "--hide-scrollbars", "--virtual-time-budget=20000", "--dump-dom", path.as_uri()),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found = re.findall(r"<pre>(.+?)</pre>", said.stdout, re.DOTALL)
    assert found, said.stderr
    return json.loads(html.unescape(found[-1]))


@pytest.mark.parametrize(
    ("names", "screens"),
    [
        (("unbroken", "usual"), (320, 1_400)),
        pytest.param(tuple(PLANS), (320, 400, 900, 1_400), marks=pytest.mark.long),
    ],
    ids=["some", "all"],
)
def test_nothing_leaves_its_card_on_screens_and_on_paper(
    names: tuple[str, ...], screens: tuple[int, ...], tmp_path: Path, chromium: None
):
    """Texts of every length stay in their cards and cells, pages in their width, and weights on one line."""
    frames: dict[str, tuple[float, str]] = {}
    for name in names:
        page = PLANS[name]()
        frames |= {f"{name}, {width} px": (width, page) for width in screens}
        frames |= {f"{name}, {sheet.words}": (mm * PX_PER_MM, on_paper(page, sheet)) for sheet, mm in PAPERS.items()}
    found = measured(frames, tmp_path)
    assert found.keys() == frames.keys()
    assert [each for wrong in found.values() for each in wrong] == []
