"""Stable-Baselines3 2.4.1 on CartPole-v1, one torch thread: environment steps per CPU second, one JSON line.

Set up once (Debian or Ubuntu; Debian's torch 1.13 spares the gigabytes of CUDA of `pip install torch`):
    apt-get install python3-torch python3-venv libopenblas0-pthread   # without OpenBLAS torch is ten times slower
    /usr/bin/python3 -m venv --system-site-packages .peers/venv
    .peers/venv/bin/pip install --no-deps stable-baselines3==2.4.1 gymnasium==1.0.0 farama-notifications cloudpickle
    .peers/venv/bin/pip install "numpy<2" pandas matplotlib typing_extensions

Usage: sb3.py {ppo,dqn} STEPS SEED OPTIONS_JSON
"""
import json
import sys
import time

import gymnasium as gym
import torch
from stable_baselines3 import DQN, PPO
from stable_baselines3.common.evaluation import evaluate_policy

torch.set_num_threads(1)
kind, steps, seed, options = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), json.loads(sys.argv[4])
env = gym.make("CartPole-v1")
model = {"ppo": PPO, "dqn": DQN}[kind]("MlpPolicy", env, seed=seed, device="cpu", **options)
began = time.process_time()
model.learn(steps)
seconds = time.process_time() - began
mean, _ = evaluate_policy(model, gym.make("CartPole-v1"), n_eval_episodes=20)
print(json.dumps({"steps": model.num_timesteps, "seconds": seconds, "mean_return": float(mean)}))
