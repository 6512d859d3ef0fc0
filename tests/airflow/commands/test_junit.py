"""JUnit reports, whatever the texts in them."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from headrace_airflow.commands.junit import Case, junit


def test_counts_places_and_texts() -> None:
    cases = [Case("d", "ok"), Case("d", "bad", "conf/a.yaml", 3, failure="one\ntwo"), Case("d", "not", skipped="why")]
    suite = ElementTree.fromstring(junit("s", cases).encode())[0]

    assert suite.attrib == {"name": "s", "tests": "3", "failures": "1", "errors": "0", "skipped": "1", "time": "0.000"}
    assert suite[1].attrib == {"classname": "d", "name": "bad", "file": "conf/a.yaml", "line": "3", "time": "0.000"}
    assert suite[1][0].attrib == {"message": "one"}
    assert suite[1][0].text == "one\ntwo"
    assert suite[2][0].tag == "skipped"


@given(st.text(min_size=1), st.text(min_size=1))
def test_any_text_is_text(name: str, failure: str) -> None:
    document = junit(name, [Case(name, name, failure=failure, output=name)])

    assert ElementTree.fromstring(document.encode())[0].attrib["tests"] == "1"
