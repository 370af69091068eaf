"""The report: a page and its plots, of what the benchmarks have written; and the numbers that documents quote."""

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path("docs/benchmarks"), help="where the results lie (docs/benchmarks)"
    )
    parser.add_argument("--readme", type=Path, help="document whose table and numbers are written anew")
    parser.add_argument("--docs", type=Path, help="folder of documents whose numbers are written anew")


def run(arguments: argparse.Namespace) -> int:
    """Write the page and the plots beside the results; 0, or 2 if there is nothing to make them of."""
    # Not before they are needed: matplotlib takes its time.
    from loadtests.report import documents, page, prose

    try:
        found = documents.Documents.read(arguments.folder)
        for written in page.write(arguments.folder, found):
            print(written)
        prose.write(prose.Results(arguments.folder), arguments.readme, arguments.docs)
    except (documents.Unreadable, prose.Unwritable) as error:
        print(error)
        return 2
    return 0
