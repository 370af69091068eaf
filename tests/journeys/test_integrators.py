"""docs/integrators.md, done as it says; and our tokens in the hands of other libraries."""

import json
import os
import re
import runpy
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import KeySet

from tests.journeys.documented import DOCUMENT, Forge, altered, assert_verifies, blocks, ran
from tests.live import PASSWORD, User, serving, until

ALGORITHMS = ["EdDSA", "ES256", "RS256"]
JWKS = "/.well-known/jwks.json"
PATIENT, *VERIFYING = blocks("python")
PYTHON = dict(zip(("PyJWT", "joserfc"), VERIFYING, strict=True))
LANGUAGES = ("sh", "json", "python", "js", "go")
JOSE = "jose@6.2.18"


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    with serving(tmp_path_factory.mktemp("server")) as server:
        yield User(server, "anna").sign_up()


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, User]]:
    """Return one user with three tokens, signed with one algorithm after the other."""
    with serving(tmp_path_factory.mktemp("rotated"), jwks_max_age="1s") as server:
        anna = User(server, "anna").sign_up()
        found = {"EdDSA": replace(anna)}
        for algorithm in ALGORITHMS[1:]:
            rotate(anna, algorithm)
            found[algorithm] = replace(anna)
        yield found


def rotate(user: User, algorithm: str) -> None:
    """Rotate the keys, and sign in until the token has the new algorithm."""
    rotated = user.server.keys("rotate", "--purpose", "session", "--alg", algorithm, "--lead", "2s")
    assert rotated.returncode == 0, rotated.stderr
    until(lambda: algorithm_of(user.sign_in()) == algorithm)


def algorithm_of(user: User) -> str:
    return str(jwt.get_unverified_header(user.token)["alg"])


def fetches(user: User) -> int:
    """Return how often the JWKS has been asked for."""
    return user.server.log.read_text().count(f"path={JWKS}")


def published(user: User) -> Any:
    return requests.get(user.server.url + JWKS, timeout=5).json()


def with_pyjwt(user: User, token: str) -> Any:
    key = jwt.PyJWKClient(user.server.url + JWKS).get_signing_key_from_jwt(token)
    return jwt.decode(token, key, algorithms=ALGORITHMS, audience="javumbo")


def with_joserfc(user: User, token: str) -> Any:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "EdDSA is deprecated")
        return joserfc_jwt.decode(token, KeySet.import_key_set(published(user)), algorithms=ALGORITHMS).claims


def with_authlib(user: User, token: str) -> Any:
    with warnings.catch_warnings(action="ignore"):
        from authlib.jose import JsonWebKey, JsonWebToken  # type: ignore[import-untyped] # warns: deprecated

    return JsonWebToken(ALGORITHMS).decode(token, JsonWebKey.import_key_set(published(user)))


LIBRARIES: dict[str, Callable[[User, str], Any]] = {
    "PyJWT": with_pyjwt,
    "joserfc": with_joserfc,
    "Authlib": with_authlib,
}


def test_the_shell_commands_work_as_pasted(user: User, tmp_path: Path) -> None:
    script = "".join(blocks("sh")).replace("http://127.0.0.1:8000", user.server.url)
    pasted = ran(["sh", "-eu"], tmp_path, input=script)

    assert pasted.returncode == 0, pasted.stdout + pasted.stderr
    told = ('"expires_in":600', '"front":"good morning"', '"outcomes":', '"review_count":1', '"front":"good night"')
    headers = ("X-Request-ID: ", "Cache-Control: public, max-age=300", "Content-Type: application/jwk-set+json")
    assert [text for text in told + headers if text not in pasted.stdout] == []
    assert re.findall(r'"type": "urn:javumbo:problem:([a-z-]+)"', pasted.stdout) == ["stale-review", "changed-since"]
    assert pasted.stdout.endswith("\n304\n")


def test_the_answer_shown_has_the_members_of_a_real_one(user: User) -> None:
    shown = json.loads(blocks("json")[0])
    real = user.ask("POST", "/v1/sessions", {"username": "anna", "password": PASSWORD}).json()

    assert set(shown["user"]) == set(real["user"])
    varying = ("access_token", "refresh_token", "session_id", "user")
    assert {**shown, **dict.fromkeys(varying)} == {**real, **dict.fromkeys(varying)}


def test_the_patient_program_is_served_however_often_it_asks(tmp_path: Path) -> None:
    program = tmp_path / "patient.py"
    program.write_text(PATIENT)
    with serving(tmp_path, limit_api="60/1m/3") as server:
        anna = User(server, "anna").sign_up()
        told = ran([sys.executable, str(program), server.url, anna.token, "8"], tmp_path)

    assert (told.returncode, told.stderr) == (0, "")
    assert [line.split()[0] for line in told.stdout.splitlines()] == ["200"] * 8
    assert " status=429 " in server.log.read_text()


def test_every_program_of_the_document_is_run() -> None:
    assert [len(blocks(language)) for language in ("python", "js", "go")] == [3, 1, 1]
    assert DOCUMENT.count("```") == 2 * sum(len(blocks(language)) for language in LANGUAGES)


@pytest.mark.parametrize("library", PYTHON)
def test_each_python_example_verifies_a_good_token_and_refuses_a_bad_one(
    users: dict[str, User], tmp_path: Path, library: str
) -> None:
    (tmp_path / "verify.py").write_text(PYTHON[library], "utf-8")

    assert_verifies([sys.executable, "verify.py"], tmp_path, users.values())


@pytest.mark.parametrize("library", PYTHON)
def test_a_flood_of_made_up_kids_makes_no_python_example_fetch_the_keys_again(
    user: User, tmp_path: Path, library: str
) -> None:
    (tmp_path / "verify.py").write_text(PYTHON[library], "utf-8")
    program, before = runpy.run_path(str(tmp_path / "verify.py")), fetches(user)
    keys = program["keys_at"](user.server.url)

    assert program["user_id_of"](user.token, keys) == user.user_id
    for number in range(50):
        with pytest.raises(Exception, match=f"made-up-{number}|Signing key|No key"):
            program["user_id_of"](Forge(user).token({"kid": f"made-up-{number}"}), keys)
    assert program["user_id_of"](user.token, keys) == user.user_id
    assert fetches(user) == before + 1


@pytest.mark.long
def test_the_javascript_example_verifies_a_good_token_and_refuses_a_bad_one(
    users: dict[str, User], tmp_path: Path
) -> None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not on the path")
    (tmp_path / "package.json").write_text('{"private": true}', "utf-8")
    installed = ran([npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", JOSE], tmp_path, 120)
    if installed.returncode != 0:
        pytest.skip(f"npm cannot install {JOSE}: {installed.stderr.strip()[-500:]}")
    (tmp_path / "verify.mjs").write_text(blocks("js")[0], "utf-8")

    assert_verifies([node, "verify.mjs"], tmp_path, users.values())


@pytest.mark.long
def test_the_go_example_verifies_a_good_token_and_refuses_a_bad_one(users: dict[str, User], tmp_path: Path) -> None:
    go = shutil.which("go")
    if go is None:
        pytest.skip("go is not on the path")
    modules = re.findall(r"github\.com/\S+@v[\d.]+\d", DOCUMENT)
    # What go fetches is removed with the folder: so it must not be read-only.
    environ = {**os.environ, "GOPATH": str(tmp_path / "go"), "GOFLAGS": "-modcacherw"}
    (tmp_path / "main.go").write_text(blocks("go")[0], "utf-8")
    ran([go, "mod", "init", "verify"], tmp_path, env=environ)
    fetched = ran([go, "get", *modules], tmp_path, 300, env=environ)
    if fetched.returncode != 0:
        pytest.skip(f"go cannot fetch {' and '.join(modules)}: {fetched.stderr.strip()[-500:]}")
    built = ran([go, "build", "-o", "verify", "."], tmp_path, 300, env=environ)
    assert built.returncode == 0, built.stderr

    assert_verifies([str(tmp_path / "verify")], tmp_path, users.values())


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_other_libraries_verify_our_tokens_from_the_published_keys_alone(
    users: dict[str, User], library: str, algorithm: str
) -> None:
    user = users[algorithm]
    assert algorithm_of(user) == algorithm

    assert LIBRARIES[library](user, user.token)["user_id"] == user.user_id
    with pytest.raises(Exception, match="(?i)signature"):
        LIBRARIES[library](user, altered(user.token))
