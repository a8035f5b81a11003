"""Finds optimal costs with Fast Downward, for comparison.

Reads one JSON object a line: {"domain": PDDL, "problem": PDDL}; writes {"cost": number or null (no plan)}.
"""

import importlib.resources
import json
import pathlib
import re
import subprocess
import sys
import tempfile

# Blind search: no heuristic that could be wrong, and it knows conditional effects.
SEARCH = "astar(blind())"
UNSOLVABLE = (10, 11, 12)

driver = importlib.resources.files("up_fast_downward").joinpath("downward/fast-downward.py")

for line in sys.stdin:
    request = json.loads(line)
    with tempfile.TemporaryDirectory() as folder:
        domain = pathlib.Path(folder, "domain.pddl")
        problem = pathlib.Path(folder, "problem.pddl")
        domain.write_text(request["domain"])
        problem.write_text(request["problem"])
        result = subprocess.run(
            [sys.executable, str(driver), "--plan-file", str(pathlib.Path(folder, "plan")), str(domain), str(problem)]
            + ["--search", SEARCH],
            cwd=folder,
            capture_output=True,
            text=True,
        )
    cost = re.search(r"^\[.*Plan cost: (\d+)$|Plan cost: (\d+)", result.stdout, re.M)
    if result.returncode == 0 and cost:
        answer = {"cost": int(cost.group(1) or cost.group(2))}
    elif result.returncode in UNSOLVABLE:
        answer = {"cost": None}
    else:
        answer = {"error": f"exit {result.returncode}: {result.stdout[-500:]} {result.stderr[-500:]}"}
    print(json.dumps(answer), flush=True)
