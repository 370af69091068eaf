import html
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.study.plain_text import is_blank, plain

HOSTILE = [
    "<" * 100_000,
    "<a" * 50_000,
    '<a"' * 33_000,
    "<a='" * 25_000,
    "<a = " * 20_000,
    "<!--" * 25_000,
    "<script>" * 12_500,
    "<script></scrip" * 6_600,
    "&" * 100_000,
    "&#" + "9" * 100_000,
    "&#x" + "9" * 100_000,
    "&a" * 50_000,
    "[sound:" * 14_000,
    " " * 100_000,
    "\n" * 100_000,
    "<div>" * 20_000,
]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("the dog", "the dog"),
        ("  a  \n\n b ", "a\nb"),
        ("<b>a</b><i>b</i>", "ab"),
        ("a<br>b<BR/>c<hr>d", "a\nb\nc\nd"),
        ("<div>a</div><div><p>b</p></div>c", "a\nb\nc"),
        ("a<br><br><br>b", "a\nb"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a  b\nc"),
        ("a &amp; b &lt;i&gt; &eacute;&#233;&nbsp;", "a & b <i> éé"),
        ("a<script>alert('<b>')</script>b<STYLE x>p{}</style >c", "abc"),
        ("a<script>never ends", "a"),
        ("a<!-- <b> -->b<!-- never ends", "ab"),
        ("a<!doctype html>b<?php ?>c</ 3>d", "abcd"),
        ('a<img alt="x > y" src=z>b', "ab"),
        ("a<a href=it's>b</a>c", "abc"),
        ("1 < 2 and 3 > 2 <3", "1 < 2 and 3 > 2 <3"),
        ("hund [sound:hund.mp3]", "hund"),
        ("[sound:a", "[sound:a"),
        ("\u200fשלום\u200e", "\u200fשלום\u200e"),
        ("a\x00b", "a\x00b"),
        ("&#0;&#x110000;&#" + "9" * 5000 + ";", "\ufffd\ufffd\ufffd"),
        ('<ruby>漢<rt>かん</rt></ruby><span class="cloze">[...]</span>', "漢かん[...]"),
    ],
)
def test_html_is_told_as_the_text_to_be_seen(text: str, seen: str) -> None:
    assert plain(text) == seen


@pytest.mark.parametrize(
    ("text", "blank"),
    [
        ("", True),
        (" \n\t\u00a0", True),
        ("<br><div>&nbsp;</div><p></p>", True),
        ("<script>a</script><!-- a -->", True),
        ("<b></b>", True),
        ("0", False),
        ("<i>a</i>", False),
        ("&lt;", False),
        ("<img src=a.png>", False),
        ("<div><IMG/></div>", False),
        ("<video controls></video>", False),
        ("[sound:a.mp3]", False),
        ("<image>", True),
    ],
)
def test_a_field_is_blank_when_it_shows_nothing(text: str, blank: bool) -> None:
    assert is_blank(text) == blank


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=50))
def test_escaped_text_is_told_as_it_was(text: str) -> None:
    assert plain(html.escape(text)) == "\n".join(line.strip() for line in text.splitlines() if line.strip())


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(["<b>", "</b", ">", "<", "=", '"', "<br>", "a", " ", "&amp;", "<!--", "-->"])).map("".join)
)
def test_what_is_not_blank_has_text(text: str) -> None:
    assert is_blank(text) == (plain(text) == "")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_html_takes_no_longer_than_its_length(text: str) -> None:
    began = time.process_time()

    plain(text)
    is_blank(text)

    assert time.process_time() - began < 3
