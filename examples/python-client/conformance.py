"""Plays every vector of client/conformance to the machine: `python3 examples/python-client/conformance.py`. It needs no package."""

import json
import sys
import unittest
from pathlib import Path

from maitred_client import Machine

FOLDER = Path(__file__).resolve().parents[2] / "client" / "conformance"
TOLERANCE_MS = 1


def play(vector, defaults):
    """Yields each step with what came out, in the words of the vector."""
    machine, place = Machine({**defaults, **vector["settings"]}, vector["cursor"]), vector["cursor"]
    expected_view = {}
    for number, step in enumerate(vector["steps"]):
        put = dict(step["input"])
        with_raw = "text" in put
        if put["kind"] == "frame" and not with_raw:
            put["text"] = json.dumps(put.pop("message"))
        effects = [_without_raw(effect, with_raw) for effect in machine.step(put, step["at"], step["random"])]
        for effect in effects:
            if effect["kind"] == "deliver":
                place = {"epoch": effect["event"]["epoch"], "seq": effect["event"]["seq"]}
            place = effect.get("cursor", place)
        expected_view.update(step["view"])
        yield number, step["effects"], effects, dict(expected_view), {**machine.view(), "cursor": place}


def _without_raw(effect, with_raw):
    if effect["kind"] != "deliver" or with_raw:
        return effect
    return {**effect, "event": {name: value for name, value in effect["event"].items() if name != "raw"}}


def same(expected, got):
    """Equal, times to the millisecond."""
    if isinstance(expected, dict):
        return isinstance(got, dict) and expected.keys() == got.keys() and all(same(expected[k], got[k]) for k in expected)
    if isinstance(expected, list):
        return isinstance(got, list) and len(expected) == len(got) and all(map(same, expected, got))
    if isinstance(expected, (int, float)) and not isinstance(expected, bool):
        return isinstance(got, (int, float)) and not isinstance(got, bool) and abs(expected - got) <= TOLERANCE_MS
    return type(expected) is type(got) and expected == got


class Conformance(unittest.TestCase):
    pass


def _test_of(vector, defaults):
    def test(self):
        for number, effects, got_effects, view, got_view in play(vector, defaults):
            for what, expected, got in (("effects", effects, got_effects), ("view", view, got_view)):
                if not same(expected, got):
                    self.fail(f"step {number}, {what}\nexpected {json.dumps(expected)}\n     got {json.dumps(got)}")

    return test


def add_tests():
    defaults = json.loads((FOLDER / "settings.json").read_text("utf-8"))
    for file in sorted(FOLDER.glob("*.json")):
        for vector in json.loads(file.read_text("utf-8")) if file.name != "settings.json" else []:
            setattr(Conformance, f"test {file.stem}: {vector['name']}", _test_of(vector, defaults))


add_tests()

if __name__ == "__main__":
    sys.exit(not unittest.main(exit=False).result.wasSuccessful())
