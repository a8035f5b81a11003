"""Writes test/golden/space-samples.json: seeds, samples, masks and flattening of PyPI Gymnasium's spaces.

The spaces are those of test/golden/spaces.json, which the tests build as well.

    python scripts/golden/make_spaces.py [OUT]
"""

import json
import os
import sys

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.vector.utils import batch_space

HERE = os.path.dirname(os.path.abspath(__file__))
LIST = os.path.join(HERE, "..", "..", "test", "golden", "spaces.json")
SEEDS = [0, 7, 123456]


def bound(value, dtype):
    if isinstance(value, list):
        return np.array([[number(x) for x in row] if isinstance(row, list) else number(row) for row in value], dtype=dtype)
    return number(value)


def number(value):
    return float(value) if isinstance(value, str) else value


def build(spec):
    kind = spec["kind"]
    if kind == "Box":
        dtype = spec.get("dtype", "float32")
        shape = tuple(spec["shape"]) if "shape" in spec else None
        return spaces.Box(bound(spec["low"], dtype), bound(spec["high"], dtype), shape, np.dtype(dtype).type)
    if kind == "Discrete":
        return spaces.Discrete(spec["n"], start=spec.get("start", 0), dtype=np.dtype(spec.get("dtype", "int64")).type)
    if kind == "MultiBinary":
        return spaces.MultiBinary(spec["n"])
    if kind == "MultiDiscrete":
        return spaces.MultiDiscrete(spec["nvec"], dtype=np.int32, start=spec.get("start"))
    if kind == "Text":
        extra = {"charset": spec["charset"]} if "charset" in spec else {}
        return spaces.Text(spec["maxLength"], min_length=spec.get("minLength", 1), **extra)
    if kind == "Tuple":
        return spaces.Tuple([build(s) for s in spec["spaces"]])
    if kind == "Dict":
        return spaces.Dict({k: build(s) for k, s in spec["spaces"].items()})
    if kind == "Sequence":
        return spaces.Sequence(build(spec["space"]), stack=spec.get("stack", False))
    if kind == "Graph":
        return spaces.Graph(build(spec["node"]), None if spec["edge"] is None else build(spec["edge"]))
    if kind == "OneOf":
        return spaces.OneOf([build(s) for s in spec["spaces"]])
    raise SystemExit(f"unknown kind {kind}")


def plain(value):
    """A sample as JSON: arrays flat, graphs as objects, tuples as lists."""
    if isinstance(value, spaces.GraphInstance):
        return {"nodes": plain(value.nodes), "edges": plain(value.edges), "edgeLinks": plain(value.edge_links)}
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, tuple):
        return [plain(v) for v in value]
    if isinstance(value, np.ndarray):
        return [plain(v) for v in value.ravel()]
    if isinstance(value, (np.bool_, bool)):
        return int(value)
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, np.floating):
        return float(value)
    return value


def masks(space, rng):
    """Some masks and probabilities for a space, as JSON and as Gymnasium wants them."""
    if isinstance(space, spaces.Discrete):
        m = rng.integers(0, 2, int(space.n)).astype(np.int8)
        p = rng.random(int(space.n))
        return [("mask", m.tolist(), m), ("mask", [0] * int(space.n), np.zeros(int(space.n), np.int8)),
                ("probability", (p / p.sum()).tolist(), p / p.sum())]
    if isinstance(space, spaces.MultiBinary):
        m = rng.integers(0, 3, space.shape).astype(np.int8)
        p = rng.random(space.shape)
        return [("mask", m.tolist(), m), ("probability", p.tolist(), p)]
    if isinstance(space, spaces.MultiDiscrete) and space.nvec.ndim == 1:
        m = tuple(rng.integers(0, 2, n).astype(np.int8) for n in space.nvec)
        p = tuple((lambda q: q / q.sum())(rng.random(n)) for n in space.nvec)
        return [("mask", [x.tolist() for x in m], m), ("probability", [x.tolist() for x in p], p)]
    if isinstance(space, spaces.Text):
        m = rng.integers(0, 2, len(space.character_set)).astype(np.int8)
        m[0] = 1
        p = rng.random(len(space.character_set))
        p /= p.sum()
        n = space.max_length
        return [("mask", [n, m.tolist()], (n, m)), ("mask", [None, m.tolist()], (None, m)),
                ("probability", [None, p.tolist()], (None, p))]
    if isinstance(space, spaces.Sequence) and isinstance(space.feature_space, spaces.Discrete):
        m = np.array([1, 0, 1, 0], np.int8)
        return [("mask", [3, m.tolist()], (3, m)), ("mask", [[2, 5], None], (np.array([2, 5]), None))]
    return []


def main() -> None:
    out = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", "..", "test", "golden", "space-samples.json")
    cases = []
    for spec in json.load(open(LIST)):
        runs = []
        for seed in SEEDS:
            space = build(spec)
            seeds = space.seed(seed)
            samples = [space.sample() for _ in range(4)]
            run = {"seed": seed, "seeds": plain(seeds), "samples": [plain(s) for s in samples]}
            run["masked"] = []
            for kind, as_json, as_numpy in masks(space, np.random.default_rng(seed)):
                space.seed(seed)
                run["masked"].append({"kind": kind, "value": as_json, "samples": [plain(space.sample(**{kind: as_numpy})) for _ in range(3)]})
            if space.is_np_flattenable:
                flat = spaces.flatten(space, samples[0])
                run["flat"] = plain(flat)
                run["flatDtype"] = str(flat.dtype)
            space.seed(seed)
            batched = batch_space(space, 3)
            run["batch"] = plain(batched.sample())
            runs.append(run)
        flatdim = spaces.flatdim(space) if space.is_np_flattenable else None
        cases.append({"text": str(space), "flatdim": flatdim, "runs": runs})
    with open(out, "w") as file:
        json.dump({"gymnasium": gym.__version__, "cases": cases}, file, separators=(",", ":"))
        file.write("\n")


main()
