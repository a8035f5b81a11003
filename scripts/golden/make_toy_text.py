"""Writes test/golden/toy-text.json: text frames and random maps of PyPI Gymnasium.

    python scripts/golden/make_toy_text.py [OUT]
"""

import json
import sys

import gymnasium as gym
from gymnasium.envs.toy_text.frozen_lake import generate_random_map


def frames(env_id, **kwargs):
    env = gym.make(env_id, render_mode="ansi", **kwargs)
    env.action_space.seed(5)
    env.reset(seed=5)
    out = [env.render()]
    for _ in range(40):
        result = env.step(env.action_space.sample())
        if result[2] or result[3]:
            env.reset()
        out.append(env.render())
    return out


def main() -> None:
    out = sys.argv[1] if len(sys.argv) > 1 else "test/golden/toy-text.json"
    maps = [{"size": n, "p": p, "seed": s, "map": generate_random_map(n, p, s)}
            for n, p, s in [(4, 0.8, 0), (8, 0.8, 1), (8, 0.6, 2), (5, 0.7, 3), (10, 0.9, 4)]]
    ids = ["FrozenLake-v1", "FrozenLake8x8-v1", "CliffWalking-v1", "Taxi-v4"]
    data = {"maps": maps, "frames": {i: frames(i) for i in ids}}
    with open(out, "w") as file:
        json.dump(data, file, separators=(",", ":"))
        file.write("\n")


main()
