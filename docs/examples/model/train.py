#!/usr/bin/env python3
"""Trains the penguin classifiers of the demo: python3 train.py (standard library only, always the same result).

Multinomial logistic regression by gradient descent on standardised features. Every fifth row is held out for the accuracy.
penguins-v1    two features; what is in production when the demo begins
penguins-v2    all four features; the better candidate
penguins-bad   a candidate with a mistake that its own test did not show: it was trained and tested on penguins with flippers
               longer than 190 mm only, with log(flipper length - 190) as a feature. In production the shorter ones come as
               well, the logarithm of a negative number is NaN, and the server can only answer with an error.
"""
import csv
import json
import math
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
ALL = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
CLASSES = ["Adelie", "Chinstrap", "Gentoo"]
EPOCHS = 400
RATE = 0.5
L2 = 1e-3


def rows():
    with open(HERE / "penguins.csv", newline="", encoding="utf-8") as f:
        for r in csv.DictReader(f):
            if all(r[c] for c in ALL):  # two of the 344 birds were not measured
                yield {c: float(r[c]) for c in ALL}, CLASSES.index(r["species"])


def softmax(scores):
    top = max(scores)
    powers = [math.exp(s - top) for s in scores]
    return [p / sum(powers) for p in powers]


def prepared(feature, x):
    value = x[feature["name"]]
    if feature["transform"] == "log":
        value = math.log(value - feature["offset"])
    return value


def train(features, data):
    for f in features:
        values = [prepared(f, x) for x, _ in data]
        f["mean"] = round(math.fsum(values) / len(values), 9)
        f["scale"] = round(math.sqrt(math.fsum((v - f["mean"]) ** 2 for v in values) / len(values)), 9)
    z = [([(prepared(f, x) - f["mean"]) / f["scale"] for f in features], y) for x, y in data]
    weights = [[0.0] * (len(features) + 1) for _ in CLASSES]
    for _ in range(EPOCHS):
        gradient = [[0.0] * (len(features) + 1) for _ in CLASSES]
        for x, y in z:
            p = softmax([w[-1] + sum(a * b for a, b in zip(w, x)) for w in weights])
            for c in range(len(CLASSES)):
                error = p[c] - (c == y)
                for i, v in enumerate(x):
                    gradient[c][i] += error * v
                gradient[c][-1] += error
        for c, w in enumerate(weights):
            for i in range(len(w)):
                w[i] -= RATE * (gradient[c][i] / len(z) + (L2 * w[i] if i < len(features) else 0))
    return weights


def accuracy(features, weights, data):
    right = 0
    for x, y in data:
        v = [(prepared(f, x) - f["mean"]) / f["scale"] for f in features]
        scores = [w[-1] + sum(a * b for a, b in zip(w, v)) for w in weights]
        right += scores.index(max(scores)) == y
    return round(right / len(data), 4)


def write(folder, version, features, weights, metrics, note):
    target = HERE / folder
    target.mkdir(exist_ok=True)
    model = {
        "format": "ml-delivery/linear-classifier/1",
        "name": "penguins",
        "version": version,
        "features": features,
        "classes": CLASSES,
        "intercepts": [round(w[-1], 9) for w in weights],
        "coefficients": [[round(v, 9) for v in w[:-1]] for w in weights],
    }
    (target / "model.json").write_text(json.dumps(model, indent=2) + "\n", encoding="utf-8")
    (target / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
    (target / "MLmodel").write_text(
        f"# {note}\nartifact_path: model\nflavors:\n  ml_delivery_linear:\n    data: model.json\nmodel_uuid: penguins-{version}\n"
        f"signature:\n  inputs: '{json.dumps([{'name': c, 'type': 'double', 'required': True} for c in ALL if any(f['name'] == c for f in features)])}'\n",
        encoding="utf-8")
    print(f"{folder}: {metrics}")


def feature(name, transform="identity", offset=0.0):
    return {"name": name, "transform": transform, "offset": offset}


def main():
    data = list(rows())
    training = [d for i, d in enumerate(data) if i % 5]
    held_out = [d for i, d in enumerate(data) if i % 5 == 0]

    # All models take the same four inputs, so that one can replace the other; v1 gives two of them no weight.
    four = [feature(n) for n in ALL]
    weights = train(four, training)
    write("penguins-v2", "2", four, weights, {"accuracy": accuracy(four, weights, held_out), "rows": len(held_out)}, "four features")

    two = [feature("flipper_length_mm"), feature("body_mass_g")]
    weights = train(two, training)
    metrics = {"accuracy": accuracy(two, weights, held_out), "rows": len(held_out)}
    padded = [{**feature(n), "mean": 0.0, "scale": 1.0} for n in ALL[:2]] + two
    write("penguins-v1", "1", padded, [[0.0, 0.0] + w for w in weights], metrics, "two features")

    long_only = [d for d in training if d[0]["flipper_length_mm"] > 190]
    long_held_out = [d for d in held_out if d[0]["flipper_length_mm"] > 190]
    wrong = [feature(ALL[0]), feature(ALL[1]), feature(ALL[2], "log", 190.0), feature(ALL[3])]
    weights = train(wrong, long_only)
    write("penguins-bad", "3", wrong, weights, {"accuracy": accuracy(wrong, weights, long_held_out), "rows": len(long_held_out)},
          "trained and tested on flippers above 190 mm only")


if __name__ == "__main__":
    main()
