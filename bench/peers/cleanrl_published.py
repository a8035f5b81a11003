"""CleanRL's own ppo.py and dqn.py (PyPI's cleanrl 1.2.0) on CartPole-v1, as published, one torch thread: one JSON line.

Set up once, after bench/peers/sb3.py; beside the venv, because these scripts need an older Gymnasium:
    .peers/venv/bin/pip install --target .peers/cleanrl --no-deps --ignore-requires-python cleanrl==1.2.0 \
        gymnasium==0.29.1 tensorboard==2.14.1 tensorboard-data-server absl-py werkzeug markdown grpcio "protobuf<4.24" six \
        gym==0.23.1 gym-notices pygame

Seconds are CPU seconds of the script without imports; its logging to TensorBoard files is part of it. `last100` is the mean
return of the last 100 episodes. Usage: cleanrl_published.py {ppo,dqn} STEPS SEED FOLDER, FOLDER as given to --target.
"""
import contextlib
import io
import json
import os
import re
import runpy
import sys
import tempfile
import time

kind, steps, seed, folder = sys.argv[1:]
sys.path.insert(0, folder)
import gymnasium  # noqa: E402, F401
import stable_baselines3.common.buffers  # noqa: E402, F401
import torch  # noqa: E402
from torch.utils.tensorboard import SummaryWriter  # noqa: E402, F401

torch.set_num_threads(1)
script = os.path.join(os.path.abspath(folder), "cleanrl", f"{kind}.py")
sys.argv = [script, "--total-timesteps", steps, "--seed", seed, "--cuda", "False"]
printed = io.StringIO()
with tempfile.TemporaryDirectory() as runs:
    os.chdir(runs)
    with contextlib.redirect_stdout(printed):
        began = time.process_time()
        runpy.run_path(script, run_name="__main__")
        seconds = time.process_time() - began
returns = [float(value) for value in re.findall(r"episodic_return=\[?([-\d.]+)", printed.getvalue())]
last = returns[-100:]
print(json.dumps({"steps": int(steps), "seconds": seconds, "last100": sum(last) / len(last)}))
