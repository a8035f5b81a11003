"""Steps a second of Python's Gymnasium, printed as one JSON object. The peer of bench/gymnasium.ts."""

import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")

import gymnasium as gym  # noqa: E402
import numpy as np  # noqa: E402

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
ROUNDS = 3


def best(run, unit: int, clock=time.process_time) -> float:
    """Best rate of a few rounds of at least SECONDS of `clock` each; `run(n)` does n calls of `unit` steps."""
    rates = []
    for _ in range(ROUNDS):
        calls, start = 0, clock()
        while clock() - start < SECONDS:
            run(50)
            calls += 50
        rates.append(calls * unit / (clock() - start))
    return max(rates)


def single() -> float:
    env = gym.make("CartPole-v1")
    env.reset(seed=1)
    action = 0

    def run(n):
        nonlocal action
        for _ in range(n):
            action ^= 1
            result = env.step(action)
            if result[2] or result[3]:
                env.reset()

    return best(run, 1)


def vector(num_envs: int, mode: str) -> float:
    env = gym.make_vec("CartPole-v1", num_envs=num_envs, vectorization_mode=mode)
    env.reset(seed=1)
    batches = [np.random.default_rng(k).integers(0, 2, num_envs) for k in range(64)]

    def run(n):
        for k in range(n):
            env.step(batches[k % 64])

    # Several processes work for the asynchronous vector: there only wall time means something.
    rate = best(run, num_envs, time.perf_counter if mode == "async" else time.process_time)
    env.close()
    return rate


if __name__ == "__main__":
    print(json.dumps({
        "gymnasium": gym.__version__, "numpy": np.__version__, "python": sys.version.split()[0],
        "single": single(), "native1024": vector(1024, "vector_entry_point"), "sync8": vector(8, "sync"),
        "async8": vector(8, "async"),
    }))
