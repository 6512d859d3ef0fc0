from __future__ import annotations

import pytest
import yaml

from headrace.config.yaml_syntax import explain


@pytest.mark.parametrize(
    ("text", "message", "remedy", "point"),
    [
        ("a: 1\ntask:binary\n", "a `:` without a space after it", "write `task: binary`", (1, 0)),
        ("a: 1\ntask = binary\n", "`=` gives no key its value", "write `task: binary`", (1, 0)),
        ("a:\n  - b\n  -c\n", "a `-` without a space after it", "write `- c`", (2, 2)),
        ("a: b: c\n", "a text with `: ` in it", "put quotes round the text: `a: 'b: c'`", (0, 4)),
        ("a: 1\n  b: 2\n", "a key below line 1, which has its value already", "no space", (1, 2)),
        ("a: [1, 2\nb: 3\n", "a list in [ ] is not closed", "add `]`", (0, 3)),
        ("a: [1]]\n", "a `]` too many", "delete it", (0, 6)),
        ("a: 'it's'\n", "a quote ends the text here, and more follows", 'put " round', (0, 7)),
        ("a: 1\n...\nb: 2\n", "the document ends here, and more follows", "delete the line", (1, 0)),
        ("a: * 6 * *\n", "`*` and `&` begin an alias or anchor", "put quotes round", (0, 3)),
        ("a:\u00a01\nb: 2\n", "a space that is none to YAML (U+00A0)", "delete it", (0, 2)),
        ("b:\n    - x\n  - y\n", "an item of no list", "line 2 has 4 spaces, this one 2 spaces", (2, 2)),
    ],
)
def test_a_syntax_error_in_words(text: str, message: str, remedy: str, point: tuple[int, int]) -> None:
    with pytest.raises(yaml.YAMLError) as caught:
        yaml.load(text, Loader=yaml.CSafeLoader)
    meaning = explain(caught.value, text)
    assert (meaning.message, meaning.point) == (message, point)
    assert remedy in meaning.remedy
