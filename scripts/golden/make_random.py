"""Writes test/golden/random.json: what NumPy's Generator draws, for the same calls our tests make.

    python scripts/golden/make_random.py [OUT]

Long sequences are kept as SHA-256 of their little-endian float64 (or int64) bytes, with the first values in clear.
"""

import hashlib
import json
import sys

import numpy as np

SEEDS = [0, 1, 7, 42, 2**31, 2**32 - 1, 2**32, 2**53 - 1, 2**64 + 5, 2**128 + 2**70 + 3]
KEYS = [[1], [1, 2, 3], [0, 0, 0, 0], [5, 4, 3, 2, 1], [2**40, 7], [1, 2, 3, 4, 5, 6, 7, 8, 9], []]
LONG = 20000


def digest(values) -> dict:
    values = np.asarray(values)
    kind = "<f8" if values.dtype.kind == "f" else "<i8"
    data = values.astype(kind)
    return {"head": data[:5].tolist(), "sha256": hashlib.sha256(data.tobytes()).hexdigest(), "count": int(data.size)}


def seed_sequences():
    cases = []
    for entropy in SEEDS + KEYS:
        sequence = np.random.SeedSequence(entropy)
        child = sequence.spawn(3)[2]
        grandchild = child.spawn(2)[1]
        text = [str(x) for x in entropy] if isinstance(entropy, list) else str(entropy)
        words = [s.generate_state(8).tolist() for s in (sequence, child, grandchild)]
        wide = [str(x) for x in sequence.generate_state(3, np.uint64)]
        bits = np.random.PCG64(np.random.SeedSequence(entropy))
        raw = [str(x) for x in bits.random_raw(4)]
        cases.append({"entropy": text, "words": words, "wide": wide, "raw": raw})
    return cases


def integer_cases():
    cases = []
    wanted = [
        ("bool", 0, 2), ("bool", 1, 2), ("int8", -128, 128), ("int8", -5, 17), ("uint8", 0, 256), ("uint8", 3, 200),
        ("int16", -32768, 32768), ("int16", -100, 31000), ("uint16", 0, 65536), ("uint16", 0, 3),
        ("int32", -(2**31), 2**31), ("int32", -7, 8), ("uint32", 0, 2**32), ("uint32", 5, 2**31 + 77),
        ("int64", 0, 10), ("int64", -(2**63), 2**63), ("int64", -(2**40), 2**41), ("int64", 0, 2**32),
        ("int64", 0, 2**32 + 1), ("uint64", 0, 2**64), ("uint64", 3, 2**63 + 1), ("int64", 4, 5), ("int8", 4, 5),
    ]
    for dtype, low, high in wanted:
        values = np.random.default_rng(11).integers(low, high, size=50, dtype=dtype)
        rng = np.random.default_rng(12)
        single = [int(rng.integers(low, high, dtype=dtype)) for _ in range(12)]
        cases.append({
            "dtype": dtype, "low": str(low), "high": str(high),
            "values": [str(int(x)) for x in values], "single": [str(x) for x in single],
        })
    return cases


def distribution_cases():
    cases = []
    for seed in (0, 3, 99):
        for name, args in [
            ("random", []), ("uniform", [-3.5, 12.25]), ("normal", [1.5, 2.5]), ("standardNormal", []),
            ("exponential", [0.7]), ("geometric", [0.25]), ("geometric", [0.03]), ("geometric", [0.5]),
            ("geometric", [1.0]), ("lognormal", [0.5, 0.75]),
        ]:
            method = {"standardNormal": "standard_normal"}.get(name, name)
            values = getattr(np.random.default_rng(seed), method)(*args, size=LONG)
            cases.append({"seed": seed, "method": name, "args": args, **digest(values)})
    return cases


def choice_cases():
    cases = []
    weights = np.array([0.1, 0.0, 0.25, 0.3, 0.05, 0.2, 0.1])
    for n, size, replace, p, shuffle in [
        (7, 20, True, None, True), (7, 5, False, None, True), (7, 7, False, None, True), (7, 5, False, None, False),
        (7, 30, True, weights, True), (7, 4, False, weights, True), (7, 6, False, weights, True),
        (20000, 30, False, None, True), (20000, 3000, False, None, True), (20000, 1000, False, None, False),
        (20000, 20000, False, None, True),
    ]:
        rng = np.random.default_rng(21)
        values = rng.choice(n, size=size, replace=replace, p=p, shuffle=shuffle)
        after = rng.random()
        cases.append({
            "n": n, "size": size, "replace": replace, "p": None if p is None else p.tolist(), "shuffle": shuffle,
            "after": after, **digest(values),
        })
    return cases


def scalar_mix():
    """One generator, every method in turn: the buffered half word must carry over as NumPy's does."""
    rng = np.random.default_rng(2024)
    out = []
    for _ in range(200):
        out += [
            float(rng.random()), float(rng.integers(10)), float(rng.normal()), float(rng.integers(3, 9, endpoint=True)),
            float(rng.choice(5)), float(rng.choice(4, p=[0.1, 0.2, 0.3, 0.4])), float(rng.exponential()),
            float(rng.geometric(0.2)), float(rng.random(dtype=np.float32)), float(rng.choice(6, replace=False)),
            float(rng.uniform(-1, 1)),
        ]
    out += rng.permutation(13).astype(float).tolist()
    items = list(range(9))
    rng.shuffle(items)
    out += [float(x) for x in items]
    kids = rng.spawn(2) + rng.spawn(1)
    out += [float(k.random()) for k in kids] + [float(kids[1].spawn(1)[0].random())]
    return out


def main() -> None:
    out = sys.argv[1] if len(sys.argv) > 1 else "test/golden/random.json"
    data = {
        "numpy": np.__version__, "seedSequences": seed_sequences(), "integers": integer_cases(),
        "distributions": distribution_cases(), "choices": choice_cases(), "mix": scalar_mix(),
    }
    with open(out, "w") as file:
        json.dump(data, file, separators=(",", ":"))
        file.write("\n")


main()
