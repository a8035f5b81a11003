"""Judges plans with unified-planning, for comparison.

Reads one JSON object a line: {"domain": PDDL, "problem": PDDL, "plans": [[[name, object, ...], ...], ...]}.
Writes one JSON list a line: for each plan {"valid", "kind", "step"}; `step` counts from 1, null for the whole plan. Kinds:
malformed (unknown names, arity, types), precondition, effects (conflicts, undefined values), constraint, goal.

unified-planning's simulator checks `always` on the states after the first; the other trajectory constraints, and `always`
on the first state, are checked here on the states that it returns, straight from their definitions.
"""

import json
import sys
import warnings

import unified_planning as up
from unified_planning.engines.plan_validator import SequentialPlanValidator
from unified_planning.engines.results import FailedValidationReason
from unified_planning.engines.results import ValidationResultStatus
from unified_planning.io import PDDLReader
from unified_planning.model.walkers import StateEvaluator
from unified_planning.plans import ActionInstance, SequentialPlan
from unified_planning.shortcuts import get_environment

warnings.simplefilter("ignore")
get_environment().credits_stream = None


class Judge:
    def __init__(self, domain, problem):
        reader = PDDLReader()
        self.problem = reader.parse_problem_string(domain, problem)
        # Metrics are compared elsewhere; here they would only raise for what they do not support.
        self.problem.clear_quality_metrics()
        self.constraints = []
        for constraint in self.problem.trajectory_constraints:
            self.collect(constraint, {})
        self.others = [c for c in self.constraints if not c[0].is_always()]
        self.always = [c for c in self.constraints if c[0].is_always()]
        self.evaluator = StateEvaluator(self.problem)
        self.validator = SequentialPlanValidator()
        self.validator.skip_checks = True

    def collect(self, node, values):
        """Splits conjunctions and writes quantifiers out."""
        if node.is_and():
            for part in node.args:
                self.collect(part, values)
        elif node.is_forall() and not node.arg(0).type.is_bool_type():
            self.expand(node, values)
        elif node.is_forall():
            self.expand(node, values)
        else:
            self.constraints.append((node, dict(values)))

    def expand(self, node, values):
        def bind(variables, bound):
            if not variables:
                self.collect(node.arg(0), bound)
                return
            first, *rest = variables
            for item in self.problem.objects(first.type):
                bind(rest, {**bound, first: item})

        bind(list(node.variables()), values)

    def build(self, steps):
        actions = []
        for name, *objects in steps:
            action = self.problem.action(name)
            arguments = tuple(
                self.problem.environment.expression_manager.ObjectExp(self.problem.object(item)) for item in objects
            )
            actions.append(ActionInstance(action, arguments))
        return SequentialPlan(actions)

    def judge(self, steps):
        # Step by step: names that mean nothing fail where they stand, unless an earlier step fails first.
        for count in range(len(steps)):
            try:
                self.build(steps[: count + 1])
            except Exception:
                before = self.run(steps[:count], goal=False)
                return before if before else {"valid": False, "kind": "malformed", "step": count + 1}
        return self.run(steps, goal=True) or {"valid": True, "kind": None, "step": None}

    def run(self, steps, goal):
        """The first failure, or None."""
        plan = self.build(steps)
        try:
            result = self.validator._validate(self.problem, plan)
        except up.exceptions.UPException as error:
            return {"valid": False, "kind": "error", "step": None, "text": str(error)}
        early = self.constraint_failure(result.trace)
        text = " ".join(message.message for message in result.log_messages or [])
        if result.status == ValidationResultStatus.INVALID and result.reason == FailedValidationReason.INAPPLICABLE_ACTION:
            step = len(result.trace)
            if early is not None and early < step:
                return {"valid": False, "kind": "constraint", "step": early}
            return {"valid": False, "kind": self.kind_of(text), "step": step, "text": text}
        if early is not None:
            return {"valid": False, "kind": "constraint", "step": early}
        if not goal:
            return None
        if not self.constraints_end(result.trace):
            return {"valid": False, "kind": "constraint", "step": None}
        if result.status == ValidationResultStatus.INVALID:
            return {"valid": False, "kind": "goal", "step": None, "text": text}
        return None

    @staticmethod
    def kind_of(text):
        # An action whose precondition is false by static facts is no action to unified-planning.
        if text.startswith("Preconditions") or "does not create a valid action" in text:
            return "precondition"
        return "constraint" if "state invariants" in text else "effects"

    def holds(self, part, state, values):
        bound = {
            self.problem.environment.expression_manager.VariableExp(variable):
            self.problem.environment.expression_manager.ObjectExp(item)
            for variable, item in values.items()
        }
        return self.evaluator.evaluate(part.substitute(bound) if bound else part, state).bool_constant_value()

    def constraint_failure(self, trace):
        """Number of the first state that violates a constraint for good, or None."""
        first = None
        for node, values in self.constraints:
            truths = [self.holds(node.arg(0), state, values) for state in trace]
            bad = None
            if node.is_always():
                bad = next((i for i, truth in enumerate(truths) if not truth), None)
            elif node.is_at_most_once():
                starts = [i for i, truth in enumerate(truths) if truth and (i == 0 or not truths[i - 1])]
                bad = starts[1] if len(starts) > 1 else None
            elif node.is_sometime_before():
                others = [self.holds(node.arg(1), state, values) for state in trace]
                bad = next((i for i, truth in enumerate(truths) if truth and not any(others[:i])), None)
            if bad is not None and (first is None or bad < first):
                first = bad
        return first

    def constraints_end(self, trace):
        for node, values in self.others:
            truths = [self.holds(node.arg(0), state, values) for state in trace]
            if node.is_sometime() and not any(truths):
                return False
            if node.is_sometime_after():
                others = [self.holds(node.arg(1), state, values) for state in trace]
                if any(truth and not any(others[i:]) for i, truth in enumerate(truths)):
                    return False
        return True


for line in sys.stdin:
    request = json.loads(line)
    try:
        judge = Judge(request["domain"], request["problem"])
        answer = [judge.judge(plan) for plan in request["plans"]]
    except Exception as error:  # the caller reports it beside its request
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
