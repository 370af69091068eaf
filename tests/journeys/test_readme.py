"""The README's journey, as somebody would paste it."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.live import ROOT, serving


def journey() -> str:
    readme = (ROOT / "README.md").read_text("utf-8")
    blocks: list[str] = re.findall(r"```sh\n(.*?)```", readme, re.DOTALL)
    return "".join(block for block in blocks if "curl" in block)


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_it_works_as_pasted(tmp_path: Path, shell: str) -> None:
    with serving(tmp_path) as server:
        script = journey().replace("http://127.0.0.1:8000", server.url)
        pasted = subprocess.run(
            [shell, "-eu"], input=script, capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False
        )

    assert pasted.returncode == 0, pasted.stdout + pasted.stderr
    for told in ('"user_id":1', '"front":"good morning"', '"question":', '"outcomes":', '"review_count":1'):
        assert told in pasted.stdout, pasted.stdout
    assert '"type":"urn:javumbo:problem' not in pasted.stdout


def test_the_test_command_of_the_readme_is_the_one_ci_runs() -> None:
    assert "\nscript/test\n" in (ROOT / "README.md").read_text("utf-8")
    assert (ROOT / ".ci" / "run").read_text("utf-8").rstrip().endswith("\nscript/test")
