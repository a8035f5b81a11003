"""PyTorch on one thread: microseconds of one optimisation step of the networks of bench/kernels.ts, JSON lines.

Set up as bench/peers/sb3.py says. Usage: torch_kernels.py HIDDEN BATCH REPEATS
"""
import json
import sys
import time

import torch
import torch.nn as nn

torch.set_num_threads(1)
hidden, batch, repeats = (int(x) for x in sys.argv[1:])
body = nn.Sequential(nn.Linear(32, hidden), nn.Tanh(), nn.Linear(hidden, hidden), nn.Tanh())
policy, value = nn.Linear(hidden, 24), nn.Linear(hidden, 1)
parameters = [*body.parameters(), *policy.parameters(), *value.parameters()]
optimizer = torch.optim.Adam(parameters, lr=3e-4, eps=1e-5)
x, actions = torch.randn(batch, 32), torch.randint(24, (batch,))
old, advantages, returns = torch.full((batch,), -3.2), torch.randn(batch), torch.randn(batch)


def step():
    h = body(x)
    logits = torch.log_softmax(policy(h), 1)
    logp = logits.gather(1, actions[:, None]).squeeze(1)
    ratio = (logp - old).exp()
    loss = -torch.min(ratio * advantages, ratio.clamp(0.8, 1.2) * advantages).mean()
    loss = loss + 0.5 * ((value(h).squeeze(1) - returns) ** 2).mean() + 0.01 * (logits.exp() * logits).sum(1).mean()
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(parameters, 0.5)
    optimizer.step()


for _ in range(repeats // 5 + 1):
    step()
best = float("inf")
for _ in range(5):
    began = time.process_time()
    for _ in range(repeats):
        step()
    best = min(best, (time.process_time() - began) / repeats * 1e6)
print(json.dumps({"microseconds": best}))
