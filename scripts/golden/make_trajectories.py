"""Writes test/golden/trajectories.json: what PyPI Gymnasium's environments do for given seeds.

For each environment and seed: `make`, seed the action space, reset, 300 sampled steps, resetting (without a seed) whenever an episode
ends. Everything that comes back goes, as float64, into one SHA-256 per seed; the first values stay in clear. Pendulum's state and reward
are float64 functions of `sin`, whose last bit differs between mathematics libraries: its values are kept whole for some seeds.

    python scripts/golden/make_trajectories.py [OUT] [--seeds N]
"""

import base64
import hashlib
import json
import sys

import gymnasium as gym
import numpy as np

SEEDS = 50
STEPS = 300
WHOLE = {"Pendulum-v1": 12}
CASES = [
    ("CartPole-v0", {}), ("CartPole-v1", {}), ("CartPole-v1", {"sutton_barto_reward": True}),
    ("MountainCar-v0", {}), ("MountainCar-v0", {"goal_velocity": 0.01}), ("MountainCarContinuous-v0", {}),
    ("Acrobot-v1", {}), ("Pendulum-v1", {}), ("Pendulum-v1", {"g": 9.81}),
    ("FrozenLake-v1", {}), ("FrozenLake-v1", {"is_slippery": False}), ("FrozenLake-v1", {"map_name": "8x8"}),
    ("FrozenLake8x8-v1", {}), ("FrozenLake-v1", {"success_rate": 0.6, "reward_schedule": [2, -1, -0.125]}),
    ("CliffWalking-v1", {}), ("CliffWalking-v1", {"is_slippery": True}), ("CliffWalkingSlippery-v1", {}),
    ("Taxi-v4", {}), ("Taxi-v4", {"is_rainy": True}), ("Taxi-v4", {"fickle_passenger": True}),
    ("Blackjack-v1", {}), ("Blackjack-v1", {"natural": True, "sab": False}),
]


def numbers(value) -> list:
    """A value as a flat list of floats, in a fixed order."""
    if isinstance(value, dict):
        return [x for key in sorted(value) for x in numbers(value[key])]
    if isinstance(value, (tuple, list)):
        return [x for part in value for x in numbers(part)]
    return [float(x) for x in np.asarray(value, dtype=np.float64).ravel()]


def run(env_id: str, kwargs: dict, seed: int) -> list:
    env = gym.make(env_id, **kwargs)
    env.action_space.seed(seed)
    out = [*numbers(env.reset(seed=seed))]
    for _ in range(STEPS):
        action = env.action_space.sample()
        result = env.step(action)
        out += numbers(action) + numbers(result)
        if result[2] or result[3]:
            out += numbers(env.reset())
    env.close()
    return out


def main() -> None:
    args = [a for a in sys.argv[1:] if not a.startswith("--")]
    out = args[0] if args else "test/golden/trajectories.json"
    seeds = int(sys.argv[sys.argv.index("--seeds") + 1]) if "--seeds" in sys.argv else SEEDS
    cases = []
    for env_id, kwargs in CASES:
        runs = []
        for seed in range(seeds):
            data = np.asarray(run(env_id, kwargs, seed), dtype="<f8")
            whole = {"data": base64.b64encode(data.tobytes()).decode()} if seed < WHOLE.get(env_id, 0) else {}
            runs.append({**whole,
                "seed": seed, "count": int(data.size), "sum": float(np.sum(data)), "head": data[:12].tolist(),
                "sha256": hashlib.sha256(data.tobytes()).hexdigest(),
            })
        cases.append({"id": env_id, "kwargs": kwargs, "runs": runs})
    with open(out, "w") as file:
        json.dump({"gymnasium": gym.__version__, "numpy": np.__version__, "steps": STEPS, "cases": cases}, file,
                  separators=(",", ":"))
        file.write("\n")


main()
