"""Plan steps a second that unified-planning's SequentialPlanValidator judges. The peer of bench/pddl.ts.

Reads {"domain", "problem", "plans": [[[name, object, ...], ...], ...], "seconds"} as JSON from standard input, prints
{"version", "stepsPerSecond", "valid"} as JSON. Plans are built before the clock starts, as they are on the other side.
"""

import json
import sys
import time
import warnings

import unified_planning as up
from unified_planning.engines.plan_validator import SequentialPlanValidator
from unified_planning.engines.results import ValidationResultStatus
from unified_planning.io import PDDLReader
from unified_planning.plans import ActionInstance, SequentialPlan
from unified_planning.shortcuts import get_environment

warnings.simplefilter("ignore")
get_environment().credits_stream = None

request = json.load(sys.stdin)
problem = PDDLReader().parse_problem_string(request["domain"], request["problem"])
problem.clear_quality_metrics()
expressions = problem.environment.expression_manager
plans = [
    SequentialPlan(
        [
            ActionInstance(problem.action(name), tuple(expressions.ObjectExp(problem.object(item)) for item in items))
            for name, *items in steps
        ]
    )
    for steps in request["plans"]
]
validator = SequentialPlanValidator()
validator.skip_checks = True
judge = lambda plan: validator._validate(problem, plan).status == ValidationResultStatus.VALID  # noqa: E731

valid = sum(judge(plan) for plan in plans)
best = 0.0
for _ in range(3):
    steps, start = 0, time.process_time()
    while time.process_time() - start < request["seconds"]:
        for plan in plans:
            judge(plan)
            steps += len(plan.actions)
    best = max(best, steps / (time.process_time() - start))
print(json.dumps({"version": up.__version__, "stepsPerSecond": best, "valid": valid}))
