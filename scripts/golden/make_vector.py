"""Writes test/golden/vector.json: PyPI Gymnasium's vector environments, infos included.

`native`: CartPoleVectorEnv, everything in one SHA-256 a seed. `sync`: SyncVectorEnv with episode statistics in every autoreset mode.

    python scripts/golden/make_vector.py [OUT]
"""

import hashlib
import json
import sys

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode
from gymnasium.wrappers.vector import RecordEpisodeStatistics


def numbers(value) -> list:
    """Flat floats in the order of sorted keys; None is -1, wall time (`t`, `_t`) is left out."""
    if value is None:
        return [-1.0]
    if isinstance(value, dict):
        return [x for key in sorted(value) if key not in ("t", "_t") for x in numbers(value[key])]
    if isinstance(value, (tuple, list)):
        return [x for part in value for x in numbers(part)]
    if isinstance(value, np.ndarray) and value.dtype == object:
        return [x for part in value for x in numbers(part)]
    return [float(x) for x in np.asarray(value, dtype=np.float64).ravel()]


def native(seed):
    env = gym.make_vec("CartPole-v1", num_envs=8, vectorization_mode="vector_entry_point", max_episode_steps=30)
    env.action_space.seed(seed)
    out = [*numbers(env.reset(seed=seed))]
    for _ in range(400):
        out += numbers(env.step(env.action_space.sample()))
    data = np.asarray(out, dtype="<f8")
    return {"seed": seed, "count": int(data.size), "sha256": hashlib.sha256(data.tobytes()).hexdigest()}


def sync(env_id, mode):
    env = gym.make_vec(env_id, num_envs=3, vectorization_mode="sync", vector_kwargs={"autoreset_mode": mode},
                       max_episode_steps=12)
    env = RecordEpisodeStatistics(env)
    env.action_space.seed(2)
    out = [numbers(env.reset(seed=2))]
    for _ in range(40):
        result = env.step(env.action_space.sample())
        out.append(numbers(result))
        over = np.logical_or(result[2], result[3])
        if mode == AutoresetMode.DISABLED and over.any():
            out.append(numbers(env.reset(options={"reset_mask": over})[0]))
    return {"id": env_id, "mode": mode.value, "steps": out}


def main() -> None:
    out = sys.argv[1] if len(sys.argv) > 1 else "test/golden/vector.json"
    data = {
        "native": [native(seed) for seed in range(5)],
        # CartPole's episodes end at different steps, where upstream's partial reset wipes the statistics of running ones.
        "sync": [sync("Taxi-v4", m) for m in AutoresetMode]
        + [sync("CartPole-v1", m) for m in (AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP)],
    }
    with open(out, "w") as file:
        json.dump(data, file, separators=(",", ":"))
        file.write("\n")


main()
