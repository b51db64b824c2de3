"""What the report of `deploy/demo --hillstrom FILE --once` must say, computed from the file alone.

    python3 Tests/IntegrationTests/Python/hillstrom.py FILE

Shares no code with the project: csv, and Newcombe's interval (method 10, Statistics in Medicine 17 (1998) 873-890).
"""
import csv
import json
import sys

from bank_marketing import newcombe

CONTROL = "No E-Mail"


def main(path):
    arms = {}
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            arm = arms.setdefault(row["segment"], [0, 0])
            arm[0] += 1
            arm[1] += row["visit"] == "1"
    held, held_visits = arms[CONTROL]
    exact = {CONTROL: {"customers": held, "converted": held_visits}}
    print(f"held {held} {held_visits} {100 * held_visits / held:.2f} %")
    for name in sorted(set(arms) - {CONTROL}):
        customers, visits = arms[name]
        points, low, high = newcombe(visits, customers, held_visits, held)
        lift = visits / customers / (held_visits / held)
        print(f"{name} {customers} {visits} {100 * visits / customers:.2f} %")
        print(f"effect {points:+.2f} [{low:+.2f}, {high:+.2f}] lift {lift:.3f}")
        exact[name] = {"customers": customers, "converted": visits, "effect": [points, low, high]}
    print(json.dumps(exact))


if __name__ == "__main__":
    main(sys.argv[1])
