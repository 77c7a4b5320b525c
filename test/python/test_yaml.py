"""The manifest's reader against PyYAML, and what it says about text it cannot read."""

from __future__ import annotations

import random
import sys
from typing import Any

import pytest
import yaml

import _runtime
from _runtime import NotPlain, PlainYaml, Problem, read_yaml

SAME_AS_PYYAML = [
    "a: 1\nb: 2.5\nc: true\nd: null\ne:\nf: ~\n",
    "a: text with, commas [and] {braces}\nb: it's fine # not this\nc: a#b\nd: http://x.y/z:80\n",
    "a: 'it''s'\nb: \"tab\\tquote\\\" \\u00e9\"\nc: ''\nd: \"\"\n'quoted key': 1\n\"other\": 2\n",
    "steps:\n  load:\n    inputs: { x: $x, y: load.y }\n    outputs:\n      df: { type: pandas.DataFrame, format: parquet }\n",
    "a: {}\nb: []\nc: [1, [2, 3], {d: 4}]\nd: {a: {b: {c: [x, 'y, z', \"}\"]}}}\n",
    "gates:\n  - { metric: auc, min: 0.78 }\n  - metric: recall\n    max: 1\norder:\n- [a, b]\n- [c, d]\nlast: 1\n",
    "a:\n  - - 1\n    - 2\n  - - 3\n  -\n    b: 1\n  -\n",
    "# top\n\na: 1   # one\n\n  # indented\nb:     # nothing here\n  c: 2\n\n\nd: [1, 2] # list\n",
    "a: -1\nb: +2\nc: -0.5\nd: .5\ne: 1.\nf: 1.5e-7\ng: 1.0e+3\nh: .inf\ni: -.inf\n",
    "a: ../data/customers.csv\nb: C:/x\nc: x:y\nd: '1'\ne: 1a\nf: 1.2.3\ng: -\n".replace("g: -\n", ""),
    "ünïcode: grün\nkey with spaces: value with spaces\n? : 1\n".replace("? : 1\n", ""),
    "a: {b: 1, c}\nb: {d: , e: 2}\nc: [a, b,]\n",
    "description: \"Marta would rather call too many: hence the low threshold.\"\n",
    "a:\n    deep:\n      deeper: 1\nb: 2\r\nc: 3\r\n",
    "x-anything: [free, {for: others}]\nenvironment: { python: \"3.11\", requirements: requirements.txt }\n",
]


@pytest.mark.parametrize("text", SAME_AS_PYYAML)
def test_reads_what_pyyaml_reads(text: str) -> None:
    assert PlainYaml(text).document() == yaml.safe_load(text)


def any_value(dice: random.Random, depth: int) -> Any:
    if depth and dice.random() < 0.5:
        if dice.random() < 0.5:
            return {any_word(dice): any_value(dice, depth - 1) for _ in range(dice.randrange(4))}
        return [any_value(dice, depth - 1) for _ in range(dice.randrange(4))]
    choices = [any_word(dice), dice.randrange(-99, 99), dice.random(), dice.random() < 0.5, None, "", "it's: # {odd}, [text]"]
    return dice.choice(choices)


def any_word(dice: random.Random) -> str:
    return dice.choice(["df", "load.df", "$x", "../a b/c.csv", "yes", "0.1", "null", "ä", "a: b", "#no", "- x", "x #y"])


@pytest.mark.parametrize("seed", range(150))
def test_reads_what_pyyaml_writes(seed: int) -> None:
    dice = random.Random(seed)
    value = {f"key{at}": any_value(dice, 3) for at in range(3)}
    for flow in (False, None):
        text = yaml.safe_dump({"top": value}, default_flow_style=flow, sort_keys=False, allow_unicode=True, width=10**6)
        assert PlainYaml(text).document() == {"top": value}
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**6)
    assert PlainYaml(f"top: {text}").document() == {"top": value}


@pytest.mark.parametrize("text", ["yes: 1", "a: no", "a: on", "a: 12:30:45", "a: 2024-01-31", "a: 1_000", "a: 012"])
def test_words_of_yaml_1_1_are_no_surprise(text: str) -> None:
    key, _, value = text.partition(": ")
    expected = {"1": 1, "012": 12}.get(value, value)
    assert PlainYaml(text).document() == {key: expected}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: &anchor 1\nb: *anchor\n", 1),
        ("a: 1\nb: |\n  text\n", 2),
        ("a: 1\n  b: 2\n", 2),
        ("a: [1,\n  2]\n", 1),
        ("a: !!str 1\n", 1),
        ("\tb: 1\n", 1),
        ("a: 'open\n", 1),
        ("a: {b: 1\n", 1),
        ("a: b: c\n", 1),
        ("just text\n", 1),
        ("a:\n   b: 1\n  c: 2\n", 3),
    ],
)
def test_says_where_it_stops(text: str, line: int) -> None:
    with pytest.raises(NotPlain, match=f"^pipeline.yaml:{line}: "):
        PlainYaml(text).document()


def test_the_rest_is_read_with_pyyaml_and_the_same_scalars() -> None:
    text = "text: >\n  folded\n  text\nword: yes\nnumber: 012\nwhen: 2024-01-31\nshare: &x 0.5\nagain: *x\nnone:\n"
    expected = {"text": "folded text\n", "word": "yes", "number": 12, "when": "2024-01-31", "share": 0.5, "again": 0.5}
    assert read_yaml(text) == {**expected, "none": None}


def test_without_pyyaml_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(Problem, match=r"^pipeline.yaml:1: cannot read .* \(without PyYAML"):
        read_yaml("a: |\n  b\n")


def test_a_key_twice_is_an_error() -> None:
    for text in ("a: 1\na: 2\n", "a: {b: 1, b: 2}\n"):
        with pytest.raises(Problem, match="is here twice"):
            read_yaml(text)


def test_nothing_else_is_lost_of_the_file() -> None:
    assert _runtime.read_yaml("") is None
    assert _runtime.read_yaml("\ufeffa: 1\n") == {"a": 1}
