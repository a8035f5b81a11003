"""CleanRL's single-file style of PPO and DQN on CartPole-v1, one torch thread: steps per CPU second, one JSON line.

Written for this benchmark after CleanRL's published hyperparameters and structure (ppo.py, dqn.py): raw PyTorch modules,
Gymnasium's SyncVectorEnv, NumPy storage between them; no logging, no video, which only makes it faster.
`last100` (DQN only) is the mean return of the last 100 episodes, to be held against ours at equal steps and published.
Set up as bench/peers/sb3.py says. Usage: cleanrl_peer.py {ppo,dqn} STEPS SEED
"""
import json
import sys
import time

import gymnasium as gym
import numpy as np
import torch
import torch.nn as nn
import torch.optim as optim
from torch.distributions.categorical import Categorical

torch.set_num_threads(1)
kind, steps, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
returns = []
np.random.seed(seed)
torch.manual_seed(seed)


def layer(inputs, outputs, std=np.sqrt(2)):
    made = nn.Linear(inputs, outputs)
    nn.init.orthogonal_(made.weight, std)
    nn.init.constant_(made.bias, 0.0)
    return made


def tower(outputs, std):
    return nn.Sequential(layer(4, 64), nn.Tanh(), layer(64, 64), nn.Tanh(), layer(64, outputs, std))


def ppo():
    num_envs, num_steps, epochs, batch_size = 4, 128, 4, 128
    envs = gym.vector.SyncVectorEnv([lambda: gym.make("CartPole-v1")] * num_envs)
    actor, critic = tower(2, 0.01), tower(1, 1.0)
    parameters = list(actor.parameters()) + list(critic.parameters())
    optimizer = optim.Adam(parameters, lr=2.5e-4, eps=1e-5)
    shape = (num_steps, num_envs)
    obs, actions, logprobs = torch.zeros(shape + (4,)), torch.zeros(shape), torch.zeros(shape)
    rewards, dones, values = torch.zeros(shape), torch.zeros(shape), torch.zeros(shape)
    next_obs = torch.Tensor(envs.reset(seed=seed)[0])
    next_done = torch.zeros(num_envs)
    iterations = steps // (num_envs * num_steps)
    for iteration in range(iterations):
        optimizer.param_groups[0]["lr"] = (1.0 - iteration / iterations) * 2.5e-4
        for step in range(num_steps):
            obs[step], dones[step] = next_obs, next_done
            with torch.no_grad():
                distribution = Categorical(logits=actor(next_obs))
                action = distribution.sample()
                values[step] = critic(next_obs).flatten()
                logprobs[step] = distribution.log_prob(action)
            actions[step] = action
            next_obs, reward, terminations, truncations, _ = envs.step(action.numpy())
            rewards[step] = torch.tensor(reward)
            next_obs, next_done = torch.Tensor(next_obs), torch.Tensor(np.logical_or(terminations, truncations))
        with torch.no_grad():
            next_value = critic(next_obs).flatten()
            advantages, last = torch.zeros_like(rewards), 0
            for t in reversed(range(num_steps)):
                alive = 1.0 - (next_done if t == num_steps - 1 else dones[t + 1])
                following = next_value if t == num_steps - 1 else values[t + 1]
                delta = rewards[t] + 0.99 * following * alive - values[t]
                advantages[t] = last = delta + 0.99 * 0.95 * alive * last
            returns = advantages + values
        flat = (obs.reshape(-1, 4), actions.reshape(-1), logprobs.reshape(-1))
        b_adv, b_ret, b_val = advantages.reshape(-1), returns.reshape(-1), values.reshape(-1)
        order = np.arange(num_envs * num_steps)
        for _ in range(epochs):
            np.random.shuffle(order)
            for start in range(0, len(order), batch_size):
                rows = order[start : start + batch_size]
                distribution = Categorical(logits=actor(flat[0][rows]))
                logratio = distribution.log_prob(flat[1][rows]) - flat[2][rows]
                ratio = logratio.exp()
                adv = b_adv[rows]
                adv = (adv - adv.mean()) / (adv.std() + 1e-8)
                policy_loss = torch.max(-adv * ratio, -adv * torch.clamp(ratio, 0.8, 1.2)).mean()
                value = critic(flat[0][rows]).view(-1)
                near = b_val[rows] + torch.clamp(value - b_val[rows], -0.2, 0.2)
                value_loss = 0.5 * torch.max((value - b_ret[rows]) ** 2, (near - b_ret[rows]) ** 2).mean()
                loss = policy_loss - 0.01 * distribution.entropy().mean() + 0.5 * value_loss
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(parameters, 0.5)
                optimizer.step()
    return iterations * num_envs * num_steps


def dqn():
    def net():
        return nn.Sequential(nn.Linear(4, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 2))

    envs = gym.vector.SyncVectorEnv([lambda: gym.make("CartPole-v1")])
    online, target = net(), net()
    target.load_state_dict(online.state_dict())
    optimizer = optim.Adam(online.parameters(), lr=2.5e-4)
    size, starts = 10_000, 10_000
    store = {name: np.zeros((size, 4), np.float32) for name in ("obs", "next")}
    store |= {name: np.zeros(size, np.float32) for name in ("reward", "done")}
    taken, filled = np.zeros(size, np.int64), 0
    obs, _ = envs.reset(seed=seed)
    over, total = False, 0.0
    for step in range(steps):
        epsilon = max(1 + (0.05 - 1) * step / (0.5 * steps), 0.05)
        if np.random.random() < epsilon:
            action = np.random.randint(2, size=1)
        else:
            action = torch.argmax(online(torch.Tensor(obs)), dim=1).numpy()
        following, reward, termination, truncation, _ = envs.step(action)
        # The step after an episode's end is its reset: no transition.
        if not over:
            at = filled % size
            filled += 1
            store["obs"][at], store["next"][at], taken[at] = obs[0], following[0], action[0]
            store["reward"][at], store["done"][at] = reward[0], termination[0]
            total += reward[0]
        over = termination[0] or truncation[0]
        if over:
            returns.append(total)
            total = 0.0
        obs = following
        if step > starts:
            if step % 10 == 0:
                rows = np.random.randint(min(filled, size), size=128)
                with torch.no_grad():
                    best, _ = target(torch.from_numpy(store["next"][rows])).max(dim=1)
                    goal = torch.from_numpy(store["reward"][rows]) + 0.99 * best * (1 - torch.from_numpy(store["done"][rows]))
                q = online(torch.from_numpy(store["obs"][rows])).gather(1, torch.from_numpy(taken[rows])[:, None]).squeeze()
                loss = nn.functional.mse_loss(goal, q)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            if step % 500 == 0:
                target.load_state_dict(online.state_dict())
    return steps


began = time.process_time()
done = {"ppo": ppo, "dqn": dqn}[kind]()
seconds = time.process_time() - began
print(json.dumps({"steps": done, "seconds": seconds, "last100": float(np.mean(returns[-100:])) if returns else None}))
