"""Prints packages/gymnasium-js/src/random/ziggurat-tables.ts: the six 256-entry tables NumPy samples with.

NumPy's streams are defined by the exact bits of these tables, so they are read out of the installed NumPy's static library
(numpy/random/lib/libnpyrandom.a) and checked against their definitions (Marsaglia and Tsang, "The Ziggurat Method for
Generating Random Variables", 2000) before they are printed.

    python scripts/golden/ziggurat_tables.py > packages/gymnasium-js/src/random/ziggurat-tables.ts
"""

import base64
import math
import os
import struct

import numpy as np

LIBRARY = os.path.join(os.path.dirname(np.__file__), "random", "lib", "libnpyrandom.a")
NORMAL_R = 3.6541528853610087963519472518
EXPONENTIAL_R = 7.69711747013104972


def tables_after(data: bytes, first: int):
    """Every 256-entry table that starts with the given 64-bit integer."""
    key = struct.pack("<Q", first)
    at = data.find(key)
    while at >= 0:
        yield at
        at = data.find(key, at + 1)


def doubles(data: bytes, at: int) -> np.ndarray:
    return np.frombuffer(data[at : at + 2048], "<f8")


def find_table(data: bytes, first: float, last: float, tolerance: float = 1e-12) -> bytes:
    """The table of doubles whose first and last entries are close to those given."""
    for at in range(0, len(data) - 2048):
        head = struct.unpack_from("<d", data, at)[0]
        if abs(head - first) <= tolerance * abs(first):
            tail = struct.unpack_from("<d", data, at + 2040)[0]
            if abs(tail - last) <= tolerance * abs(last):
                return data[at : at + 2048]
    raise SystemExit(f"no table from {first} to {last} in {LIBRARY}")


def layers(r: float, density, inverse) -> list:
    """x[0] > x[1] > ... of a ziggurat of 256 layers of equal area, from its rightmost abscissa."""
    area = r * density(r) + (math.sqrt(math.pi / 2) * math.erfc(r / math.sqrt(2)) if r < 5 else math.exp(-r))
    xs = [r]
    for _ in range(254):
        xs.append(inverse(min(1.0, area / xs[-1] + density(xs[-1]))))
    return [area / density(r)] + xs


def main() -> None:
    data = open(LIBRARY, "rb").read()
    names = {}
    normal = layers(NORMAL_R, lambda x: math.exp(-x * x / 2), lambda y: math.sqrt(max(0.0, -2 * math.log(y))))
    expo = layers(EXPONENTIAL_R, lambda x: math.exp(-x), lambda y: -math.log(y))
    for name, xs, bits, key in (("normal", normal, 52, 0x000EF33D8025EF6A), ("exponential", expo, 53, 0x001C5214272497C6)):
        # Entry 0 belongs to the tail layer; entries 1..255 go from the narrowest to the widest layer.
        k_at = next(tables_after(data, key))
        k = np.frombuffer(data[k_at : k_at + 2048], "<u8")
        w = find_table(data, xs[0] / 2**bits, xs[1] / 2**bits, 1e-9)
        density_at_r = math.exp(-NORMAL_R**2 / 2) if name == "normal" else math.exp(-EXPONENTIAL_R)
        f = find_table(data, 1.0, density_at_r, 1e-9)
        w_values = np.frombuffer(w, "<f8")
        ratio = np.concatenate([[w_values[255] / w_values[0]], [0.0], w_values[1:255] / w_values[2:256]])
        assert np.all(np.abs(k / 2.0**bits - ratio) < 1e-9), name
        names[name] = {"k": data[k_at : k_at + 2048], "w": w, "f": f}
    print("// Made by scripts/golden/ziggurat_tables.py from NumPy " + np.__version__ + "; do not edit.")
    print("// Little-endian base64 of 256 entries each: k (uint64), w and f (float64).")
    for name, tables in names.items():
        for letter, blob in tables.items():
            text = base64.b64encode(blob).decode()
            print(f"export const {name}{letter.upper()} =")
            lines = [text[i : i + 104] for i in range(0, len(text), 104)]
            for i, line in enumerate(lines):
                end = ";" if i == len(lines) - 1 else " +"
                print(f"  '{line}'{end}")


main()
