"""Teach a logistic regression who cancels, by plain gradient descent, and print how it goes.

Needs nothing but Python. Every printed `name=value` is a metric of the run:

    python scripts/train_loop.py --steps 60 --rate 0.8
"""

import argparse
import csv
import math
import time
from pathlib import Path

DATA = Path(__file__).parent.parent / "data" / "customers.csv"


def read_examples(path):
    """Features of each subscriber, scaled to about -1 … 1, and whether they cancelled."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = {row["customer"]: row for row in csv.DictReader(file)}.values()
    features = [
        [
            1.0,
            float(row["skipped_boxes"]) / 4 - 0.5,
            float(row["late_deliveries"]) / 3 - 0.3,
            (float(row["rating"] or 3.6) - 3.6) / 2,
            float(row["channel"] == "voucher"),
            float(row["plan"].strip().lower() == "office"),
            (int(row["signed_up"][:4]) - 2023) / 2,
        ]
        for row in rows
    ]
    return features, [float(row["cancelled"] == "yes") for row in rows]


def probability(weights, example):
    """How likely this subscriber is to cancel."""
    return 1 / (1 + math.exp(-sum(weight * value for weight, value in zip(weights, example))))


def train(features, cancelled, steps, rate, pause):
    """Print loss and accuracy after every step; return the weights."""
    weights = [0.0] * len(features[0])
    for step in range(1, steps + 1):
        guesses = [probability(weights, example) for example in features]
        slopes = [0.0] * len(weights)
        loss = 0.0
        for example, guess, truth in zip(features, guesses, cancelled):
            loss -= math.log(guess if truth else 1 - guess)
            for position, value in enumerate(example):
                slopes[position] += (guess - truth) * value
        weights = [weight - rate * slope / len(features) for weight, slope in zip(weights, slopes)]
        loss /= len(features)
        accuracy = sum((guess > 0.5) == bool(truth) for guess, truth in zip(guesses, cancelled)) / len(features)
        print(f"loss={loss:.4f} accuracy={accuracy:.4f} step={step}", flush=True)
        time.sleep(pause)
    return weights


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Train on customers.csv by gradient descent.")
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--rate", type=float, default=1.5, help="learning rate")
    parser.add_argument("--pause", type=float, default=0.06, help="seconds to wait after a step, so that one can watch")
    options = parser.parse_args()
    train(*read_examples(DATA), options.steps, options.rate, options.pause)
