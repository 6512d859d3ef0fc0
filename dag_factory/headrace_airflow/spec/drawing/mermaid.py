"""A DAG as a Mermaid flowchart, for Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from headrace_airflow.spec.drawing.graph import Graph, Node


def as_mermaid(graph: Graph) -> str:
    """The flowchart, left to right. Nodes have ids of their own, so that no name can be read as a keyword."""
    numbers = {node.name: index for index, node in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    lines += _grouped(graph.nodes, numbers, ())
    lines += [f"  t{numbers[before]} --> t{numbers[after]}" for before, after in graph.edges]
    return "\n".join(lines) + "\n"


def _grouped(nodes: Sequence[Node], numbers: dict[str, int], group: tuple[str, ...]) -> Iterator[str]:
    """The nodes of a group and, as subgraphs, the groups within it."""
    depth = len(group)
    indent = "  " * (depth + 1)
    for node in nodes:
        if node.group == group:
            yield f'{indent}t{numbers[node.name]}["{_label(node)}"]'
    within = dict.fromkeys(node.group[: depth + 1] for node in nodes if len(node.group) > depth)
    for below in within:
        members = [node for node in nodes if node.group[: depth + 1] == below]
        yield f'{indent}subgraph g{numbers[members[0].name]}_{depth}["{_escaped(below[-1])}"]'
        yield from _grouped(members, numbers, below)
        yield f"{indent}end"


def _label(node: Node) -> str:
    return "<br/>".join([_escaped(node.label), *(f"<i>{_escaped(note)}</i>" for note in node.notes)])


def _escaped(text: str) -> str:
    """Text that Mermaid shows as it is: everything but letters, digits and plain signs by its number."""
    return "".join(letter if letter.isalnum() or letter in " _-.,:" else f"#{ord(letter)};" for letter in text)
