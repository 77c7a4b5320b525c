"""Write data/customers.csv: made-up subscribers of a coffee-by-mail shop, with the dirt such an export has.

The same bytes every time: one seed, `random()` as the only source of chance, and the standard library alone.
"""

import argparse
import csv
import datetime
import io
import math
import random
from pathlib import Path

EXPORTED = datetime.date(2025, 3, 1)
SUBSCRIBERS = 2000
EXPORTED_TWICE = 23

# What a plan costs a month in euros, and how much a subscriber on it is inclined to leave.
PLANS = {"solo": (14.9, 0.55), "duo": (24.9, 0.0), "office": (69.0, -0.9)}
# The shop system changed hands twice; each spelled the plans in its own way.
SPELLINGS = {"solo": ("solo", "Solo", "solo "), "duo": ("duo", "Duo", "DUO"), "office": ("office", "Office", " office")}
CHANNELS = {"search": 0.1, "friend": -0.7, "voucher": 0.9, "fair": 0.0}
NOTES = ("prefers light roasts", "moved, new address", 'asked for "less acidic" beans', "called twice,\nwants a ring back")


def pick(rng: random.Random, options: tuple, weights: tuple) -> str:
    """One of the options, by weight."""
    mark = rng.random() * sum(weights)
    for option, weight in zip(options, weights):
        mark -= weight
        if mark < 0:
            return option
    return options[-1]


def subscriber(rng: random.Random, number: int) -> dict:
    """One row of the export."""
    plan = pick(rng, tuple(PLANS), (50, 38, 12))
    channel = pick(rng, tuple(CHANNELS), (40, 25, 25, 10))
    months = min(60, int(-18 * math.log(1 - rng.random())))
    skipped = min(months, int(-1.6 * math.log(1 - rng.random())))
    late = min(6, int(-0.7 * math.log(1 - rng.random())))
    rating = min(5, max(1, round(4.3 - 0.5 * late - 1.6 * rng.random() + 0.9 * rng.random())))
    price, leaning = PLANS[plan]
    price = price * (0.85 if channel == "voucher" and months < 6 else 1)
    score = -1.35 + leaning + CHANNELS[channel] - 0.045 * months + 0.42 * skipped + 0.38 * late - 0.35 * (rating - 4)
    cancelled = rng.random() < 1 / (1 + math.exp(-score))
    signed_up = EXPORTED - datetime.timedelta(days=months * 30 + int(30 * rng.random()))
    return {
        "customer": f"K{10000 + number}",
        "signed_up": signed_up.isoformat(),
        "plan": pick(rng, SPELLINGS[plan], (70, 20, 10)),
        "channel": channel if rng.random() > 0.04 else "",
        # Written by a till that knows decimal commas only.
        "monthly_price": f"{price:.2f}".replace(".", ","),
        "skipped_boxes": skipped,
        "late_deliveries": late,
        # Two in five never rate a box.
        "rating": rating if rng.random() > 0.4 else "",
        "note": NOTES[int(rng.random() * len(NOTES))] if rng.random() < 0.06 else "",
        "cancelled": "yes" if cancelled else "no",
    }


def customers_csv() -> str:
    """The whole file as text."""
    rng = random.Random(20250301)
    rows = [subscriber(rng, number) for number in range(SUBSCRIBERS)]
    rows += [dict(rows[int(rng.random() * SUBSCRIBERS)]) for _ in range(EXPORTED_TWICE)]
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the sample's customers.csv.")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "data" / "customers.csv")
    target = parser.parse_args().out
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(customers_csv().encode("utf-8"))
