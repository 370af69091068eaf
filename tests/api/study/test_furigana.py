import time

import pytest

from api.study.furigana import furigana, kana, kanji


@pytest.mark.parametrize(
    ("text", "above", "reading", "word"),
    [
        ("漢字[かんじ]", "<ruby>漢字<rt>かんじ</rt></ruby>", "かんじ", "漢字"),
        ("お 茶[ちゃ]を", "お<ruby>茶<rt>ちゃ</rt></ruby>を", "おちゃを", "お茶を"),
        ("<b>茶[ちゃ]</b>", "<b><ruby>茶<rt>ちゃ</rt></ruby></b>", "<b>ちゃ</b>", "<b>茶</b>"),
        ("日[に]&nbsp;本[ほん]", "<ruby>日<rt>に</rt></ruby><ruby>本<rt>ほん</rt></ruby>", "にほん", "日本"),
        ("茶[sound:cha.mp3]", "茶[sound:cha.mp3]", "茶[sound:cha.mp3]", "茶[sound:cha.mp3]"),
        ("[ちゃ] 茶[] 茶[ちゃ", "[ちゃ] 茶[] 茶[ちゃ", "[ちゃ] 茶[] 茶[ちゃ", "[ちゃ] 茶[] 茶[ちゃ"),
        ("", "", "", ""),
    ],
)
def test_a_reading_belongs_to_the_word_before_it(text: str, above: str, reading: str, word: str) -> None:
    assert (furigana(text), kana(text), kanji(text)) == (above, reading, word)


@pytest.mark.parametrize("text", ["a" * 100_000, "[" * 100_000, "[a" * 50_000, "a[b]" * 25_000, " >" * 50_000 + "[a]"])
def test_hostile_text_takes_no_longer_than_its_length(text: str) -> None:
    began = time.process_time()

    furigana(text)

    assert time.process_time() - began < 3
