"""Writes test/golden/names.json: every public name of PyPI Gymnasium, module by module, and every registered id.

A module's names are its `__all__`, or the classes and functions that it defines; read from the source, since some modules cannot be
imported without further packages.

    python scripts/golden/make_names.py [OUT]
"""

import ast
import json
import os
import sys

import gymnasium as gym

MODULES = [
    "", "core", "spaces", "spaces.utils", "wrappers", "wrappers.vector", "vector", "vector.utils", "utils",
    "utils.seeding", "utils.env_checker", "utils.passive_env_checker", "utils.env_match", "utils.play",
    "utils.save_video", "utils.performance", "utils.step_api_compatibility", "error", "logger", "experimental",
    "experimental.functional", "envs", "envs.registration", "envs.classic_control", "envs.toy_text",
    "envs.functional_jax_env",
]


def names(module: str) -> list:
    path = os.path.join(os.path.dirname(gym.__file__), *module.split("."))
    path = os.path.join(path, "__init__.py") if os.path.isdir(path) else path + ".py"
    found = []
    for node in ast.parse(open(path).read()).body:
        if isinstance(node, ast.Assign) and any(getattr(t, "id", "") == "__all__" for t in node.targets):
            return sorted(set(ast.literal_eval(node.value)))
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not node.name.startswith("_"):
            found.append(node.name)
    return sorted(found)


def family(spec) -> str:
    """The folder of gymnasium.envs that an id's environment is in; `gym` for those of the older package."""
    if not isinstance(spec.entry_point, str):
        return "gym"
    return spec.entry_point.split(":")[0].split(".")[2]


def main() -> None:
    out = sys.argv[1] if len(sys.argv) > 1 else "test/golden/names.json"
    modules = {"gymnasium" + (f".{m}" if m else ""): names(m) for m in MODULES}
    ids = {spec.id: family(spec) for spec in gym.registry.values()}
    with open(out, "w") as file:
        json.dump({"gymnasium": gym.__version__, "modules": modules, "ids": ids}, file, indent=1)
        file.write("\n")


main()
