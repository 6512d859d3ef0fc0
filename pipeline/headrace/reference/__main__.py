"""`python -m headrace.reference DIR` writes the pages; `make reference` calls it."""

import sys
from pathlib import Path

from headrace.reference.pages import write_pages

if __name__ == "__main__":
    for path in write_pages(Path(sys.argv[1])):
        print(path)
