"""Entry of `python -m api serve | accounts … | sessions … | revocations …`."""

import sys

from api.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
