"""What the report of `deploy/demo --bank-marketing FILE --once` must say, computed from the file alone.

    python3 Tests/IntegrationTests/Python/bank_marketing.py FILE

Shares no code with the project: csv and hashlib, and Newcombe's interval (method 10, Statistics in Medicine 17 (1998)
873-890) written out.
"""
import csv
import gzip
import hashlib
import json
import math
import sys

SALT = "bank-marketing-2014"
Z = 1.959963984540054


def wilson(successes, trials):
    rate, square = successes / trials, Z * Z
    centre = 2 * trials * rate + square
    spread = Z * math.sqrt(square + 4 * trials * rate * (1 - rate))
    return (centre - spread) / (2 * (trials + square)), (centre + spread) / (2 * (trials + square))


def newcombe(x1, n1, x2, n2):
    (low1, high1), (low2, high2) = wilson(x1, n1), wilson(x2, n2)
    rate1, rate2 = x1 / n1, x2 / n2
    difference = rate1 - rate2
    below = math.sqrt((rate1 - low1) ** 2 + (high2 - rate2) ** 2)
    above = math.sqrt((high1 - rate1) ** 2 + (rate2 - low2) ** 2)
    return 100 * difference, 100 * (difference - below), 100 * (difference + above)


def is_held(number):
    digest = hashlib.sha256(f"{SALT}:{number}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 10_000 < 2_000


def main(path):
    opened = gzip.open(path, "rt") if path.endswith(".gz") else open(path)
    arms = {True: [0, 0], False: [0, 0]}
    with opened as file:
        for number, row in enumerate(csv.DictReader(file, delimiter=";"), start=1):
            cheap_money = float(row["euribor3m"]) < 1.5 and row["contact"] == "cellular"
            if row["poutcome"] == "success" or cheap_money:
                arm = arms[is_held(number)]
                arm[0] += 1
                arm[1] += row["y"] == "yes"
    (held, held_yes), (contacted, contacted_yes) = arms[True], arms[False]
    points, low, high = newcombe(contacted_yes, contacted, held_yes, held)
    print(f"audience {held + contacted}")
    print(f"held {held} {held_yes} {100 * held_yes / held:.2f} %")
    print(f"contacted {contacted} {contacted_yes} {100 * contacted_yes / contacted:.2f} %")
    print(f"effect {points:+.2f} [{low:+.2f}, {high:+.2f}] lift {contacted_yes / contacted / (held_yes / held):.3f}")
    print(json.dumps({
        "contacted": {"customers": contacted, "converted": contacted_yes, "effect": [points, low, high]},
        "held": {"customers": held, "converted": held_yes},
    }))


if __name__ == "__main__":
    main(sys.argv[1])
