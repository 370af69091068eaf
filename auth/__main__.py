"""Entry of `python -m auth keys …`."""

import sys

from auth.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
