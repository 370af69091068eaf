import pytest

from auth.bearer import bearer_token
from auth.errors import AmbiguousCredentials, CredentialsMissing


@pytest.mark.parametrize("header", ["Bearer abc", "bearer abc", "BEARER abc", "Bearer  abc"])
def test_the_scheme_is_matched_without_regard_to_case(header: str) -> None:
    assert bearer_token(header, in_query=False) == "abc"


@pytest.mark.parametrize("header", [None, "", "Basic YTpi", "Bearerabc", "DPoP abc"])
def test_no_bearer_token_means_credentials_are_missing(header: str | None) -> None:
    with pytest.raises(CredentialsMissing):
        bearer_token(header, in_query=False)


@pytest.mark.parametrize("header", ["Bearer abc, Bearer abc", "Bearer abc,Basic YTpi"])
def test_two_headers_are_ambiguous(header: str) -> None:
    with pytest.raises(AmbiguousCredentials):
        bearer_token(header, in_query=False)


@pytest.mark.parametrize("header", [None, "Bearer abc"])
def test_a_token_in_the_query_string_is_refused_with_or_without_another(header: str | None) -> None:
    with pytest.raises(AmbiguousCredentials):
        bearer_token(header, in_query=True)
