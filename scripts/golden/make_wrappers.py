"""Writes test/golden/wrapper-runs.json: 80 steps of PyPI Gymnasium's wrappers, for the cases of test/golden/wrappers.json.

Vector runs (3 environments, NextStep) stand beside them for wrappers that have a vector twin.

    python scripts/golden/make_wrappers.py [OUT]
"""

import json
import os
import sys

import gymnasium as gym
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(HERE, "..", "..", "test", "golden")
STEPS = 80


def numbers(value) -> list:
    if isinstance(value, dict):
        return [x for key in sorted(value) if not str(key).startswith("_") for x in numbers(value[key])]
    if isinstance(value, (tuple, list)):
        return [x for part in value for x in numbers(part)]
    return [float(x) for x in np.asarray(value, dtype=np.float64).ravel()]


def arguments(args):
    return {k: tuple(v) if k in ("shape", "repeat_action_duration") else v for k, v in args.items()}


def single(case):
    limit = {"max_episode_steps": case["limit"]} if "limit" in case else {}
    env = getattr(gym.wrappers, case["wrapper"])(gym.make(case["env"], **limit), **arguments(case["args"]))
    env.action_space.seed(11)
    out = [*numbers(env.reset(seed=11)[0])]
    for _ in range(STEPS):
        obs, reward, terminated, truncated, _info = env.step(env.action_space.sample())
        out += numbers(obs) + [float(reward), float(terminated), float(truncated)]
        if (terminated or truncated) and case["wrapper"] != "Autoreset":
            out += numbers(env.reset()[0])
    return out


def vector(case):
    wrapper = getattr(gym.wrappers.vector, case["wrapper"], None)
    if wrapper is None or case["wrapper"] in ("RecordEpisodeStatistics",):
        return None
    env = wrapper(gym.make_vec(case["env"], num_envs=3, vectorization_mode="sync"), **arguments(case["args"]))
    env.action_space.seed(11)
    out = [*numbers(env.reset(seed=11)[0])]
    for _ in range(STEPS):
        obs, reward, terminated, truncated, _info = env.step(env.action_space.sample())
        out += numbers(obs) + numbers(reward) + numbers(terminated) + numbers(truncated)
    return out


def main() -> None:
    out = sys.argv[1] if len(sys.argv) > 1 else os.path.join(GOLDEN, "wrapper-runs.json")
    cases = json.load(open(os.path.join(GOLDEN, "wrappers.json")))
    runs = []
    for case in cases:
        runs.append({"single": single(case), "vector": vector(case)})
    with open(out, "w") as file:
        json.dump({"gymnasium": gym.__version__, "runs": runs}, file, separators=(",", ":"))
        file.write("\n")


main()
