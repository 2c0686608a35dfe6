"""Words of themes in every script: whole words, beginnings, words within others where no blanks stand."""

import ibis
import pytest

from helpers.feedback.observations.theme_search import pattern, theme_bits, themes_of
from helpers.records.vocabulary import Theme, Vocabulary

TEXTS = {
    "Die Überweisung hängt.": {"german"},
    "das überrascht": set(),
    "цена выросла": {"russian"},
    "оценка": set(),
    "この価格は高い": {"japanese"},
    "Great 🎉🎉": {"party"},
    "time  out again": {"timeout"},
    "timeout": set(),
    "overtime out": set(),
    "WhatsApp": set(),
    "on 5g only": {"network"},
    "weighs 35g": set(),
    "the app, sadly": {"app"},
    "apps": set(),
    "naïve": {"naive"},
    "naïveté": set(),
    "mehrere Apps und der Préis": set(),
    "": set(),
}
VOCABULARY = Vocabulary(
    themes={
        name: Theme(label=name, words=words)
        for name, words in {
            "german": ("überw*",),
            "russian": ("цена",),
            "japanese": ("価格",),
            "party": ("🎉",),
            "timeout": ("time out",),
            "app": ("app",),
            "network": ("5g",),
            "naive": ("naïve",),
            "price": ("pr",),
        }.items()
    }
)


def test_a_theme_is_found_by_its_words_in_every_script() -> None:
    rows = ibis.memtable([{"place": place, "text": text} for place, text in enumerate(TEXTS)])
    found = rows.select("place", bits=theme_bits(rows.text, VOCABULARY)).order_by("place").to_pyarrow()
    themes = [themes_of(bits, VOCABULARY) for bits in found.column("bits").to_pylist()]
    assert dict(zip(TEXTS, map(set, themes), strict=True)) == TEXTS


@pytest.mark.parametrize("words", [["a.b"], ["c++"], ["(x)"], ["50%"], ["#1"]])
def test_what_is_no_letter_means_itself(words: list[str]) -> None:
    texts = ibis.memtable([{"text": f"say {words[0]} now"}, {"text": "say axb c 50 x now"}])
    found = texts.text.re_search(pattern(words)).to_pyarrow().to_pylist()
    assert found == [True, False]
