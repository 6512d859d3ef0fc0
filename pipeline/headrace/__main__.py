"""`python -m headrace` is the `headrace` command."""

from headrace.cli.process import command

if __name__ == "__main__":
    command()
