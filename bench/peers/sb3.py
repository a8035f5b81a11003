"""Stable-Baselines3 2.4.1, one torch thread: environment steps per CPU second and returns of one training, one JSON line.

Set up once (Debian or Ubuntu; Debian's torch 1.13 spares the gigabytes of CUDA of `pip install torch`):
    apt-get install python3-torch python3-venv libopenblas0-pthread   # without OpenBLAS torch is ten times slower
    /usr/bin/python3 -m venv --system-site-packages .peers/venv
    .peers/venv/bin/pip install --no-deps stable-baselines3==2.4.1 gymnasium==1.0.0 farama-notifications cloudpickle
    .peers/venv/bin/pip install "numpy<2" pandas matplotlib typing_extensions

Usage: sb3.py {ppo,a2c,dqn} STEPS SEED OPTIONS_JSON [ENV [ENVS [EPISODES [normalize]]]]   (default: CartPole-v1 1 20)
`normalize` is rl-zoo's `normalize: true`: VecNormalize of observations and rewards, frozen for evaluation.
`mean_return`: EPISODES greedy episodes after training; `last100`: the last 100 episodes of training.
"""
import json
import sys
import time

import gymnasium as gym
import torch
from stable_baselines3 import A2C, DQN, PPO
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import DummyVecEnv, VecNormalize

torch.set_num_threads(1)
kind, steps, seed, options = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), json.loads(sys.argv[4])
name, envs, episodes, normalize = (sys.argv[5:] + ["CartPole-v1", "1", "20", ""][len(sys.argv) - 5 :])[:4]


def vector(count):
    return DummyVecEnv([lambda: Monitor(gym.make(name)) for _ in range(count)])


env = vector(int(envs))
if normalize:
    env = VecNormalize(env, gamma=options.get("gamma", 0.99))
model = {"ppo": PPO, "a2c": A2C, "dqn": DQN}[kind]("MlpPolicy", env, seed=seed, device="cpu", **options)
began = time.process_time()
model.learn(steps)
seconds = time.process_time() - began
last = [episode["r"] for episode in model.ep_info_buffer]
judge = vector(1)
judge.seed(10_000)
if normalize:
    judge = VecNormalize(judge, training=False, norm_reward=False)
    judge.obs_rms = env.obs_rms
mean, _ = evaluate_policy(model, judge, n_eval_episodes=int(episodes))
figures = {"steps": model.num_timesteps, "seconds": seconds, "mean_return": float(mean)}
print(json.dumps({**figures, "last100": sum(last) / len(last)}))
