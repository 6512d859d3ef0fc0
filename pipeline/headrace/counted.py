"""Numbers of things, in words."""


def counted(number: int, noun: str) -> str:
    """`1 pipeline`, `2 pipelines`, `1,000 rows`: for nouns that take an s."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
