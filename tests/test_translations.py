"""The catalogues hold every message of the code, and the vocabulary every term."""

import inspect
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import models  # noqa: F401  (names every entity)
from admin_views.desk import MINUTES_TODAY
from admin_views.web import TEXTS
from entities import dates, vocabulary
from entities.base import Choice, entities, fields

ROOT = Path(__file__).parent.parent
THAI = ROOT / "translations" / "th" / "LC_MESSAGES"
DOMAINS = ("messages", "admin", "wtforms", "flask_security")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w+\}")
CHOICES = [
    choice
    for _name, choice in inspect.getmembers(vocabulary, inspect.isclass)
    if issubclass(choice, Choice) and choice is not Choice
]


@cache
def catalogue(domain: str = "messages") -> Catalog:
    """The Thai catalogue as it was written."""
    with (THAI / f"{domain}.po").open("rb") as file:
        return read_po(file, locale="th", domain=domain)


def forms(message) -> tuple[str, ...]:  # type: ignore[no-untyped-def]
    """A message, or the forms of a plural, always as a tuple."""
    return (message,) if isinstance(message, str) else tuple(message)


def translations(domain: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    """What each message is in Thai."""
    return {forms(m.id): forms(m.string) for m in catalogue(domain) if m.id}


@cache
def messages_of_the_code() -> frozenset[tuple[str, ...]]:
    """Every message that the code and the templates ask for."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None}
    found = extract_from_dir(str(ROOT), methods, options, keywords)
    return frozenset(forms(message) for _file, _line, message, _comments, _context in found)


@pytest.mark.parametrize("domain", DOMAINS)
def test_no_translation_says_itself_twice(domain: str) -> None:
    """As happens where a text is put into a catalogue that holds it already."""
    told = [form for string in translations(domain).values() for form in string if len(form) > 20]
    assert told, domain
    assert not [form for form in told if form == form[: len(form) // 2] * 2]


def thai(message) -> str:  # type: ignore[no-untyped-def]
    """The Thai of a title; empty when the catalogue lacks it."""
    found = catalogue().get(str(message))
    return found.string if found else ""


def test_every_message_of_the_code_is_in_thai():
    told = translations("messages")
    assert len(messages_of_the_code()) > 500
    assert not {m for m in messages_of_the_code() if not all(told.get(m, ("",)))}
    assert not set(told) - messages_of_the_code(), "the code no longer says these"


def test_messages_kept_in_tables_are_in_thai():
    kept = [*dates.REASONS, *(text for both in TEXTS.values() for text in both)]
    kept += [wanted for wanted, _within, _verb in MINUTES_TODAY.values()]
    assert not [message for message in kept if not thai(message)]


@pytest.mark.parametrize("domain", DOMAINS)
def test_placeholders_are_the_same_in_both_languages(domain):
    for message, told in translations(domain).items():
        wanted = {tuple(sorted(PLACEHOLDER.findall(form))) for form in message}
        for form in told:
            assert tuple(sorted(PLACEHOLDER.findall(form))) in wanted, message


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_compiled_catalogue_is_the_written_one(domain):
    with (THAI / f"{domain}.mo").open("rb") as file:
        compiled = {forms(m.id): forms(m.string) for m in read_mo(file) if m.id}
    written = {message: told for message, told in translations(domain).items() if all(told)}
    assert compiled == written


def test_the_template_lists_the_messages_of_the_catalogue():
    with (ROOT / "translations" / "messages.pot").open("rb") as file:
        template = {forms(m.id) for m in read_po(file) if m.id}
    assert template == set(translations("messages"))


def rows_of(heading: str) -> str:
    """The part of the vocabulary below a heading of the third level, up to the next heading."""
    text = (ROOT / "docs" / "vocabulary.md").read_text(encoding="utf-8")
    return text.partition(f"\n### {heading}\n")[2].partition("\n#")[0]


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.__name__)
def test_the_vocabulary_has_every_value_of_an_enumeration(choice):
    rows = rows_of(choice.__name__)
    for member in choice:
        assert f"| {thai(member.title)} | {member.title} | `{member.value}` |" in rows


def test_the_vocabulary_has_every_entity_and_its_fields():
    text = (ROOT / "docs" / "vocabulary.md").read_text(encoding="utf-8")
    for entity in entities():
        title = entity.__label__[0]
        assert f"| {thai(title)} | {title} | `{entity.__name__}` |" in text
        rows = rows_of(entity.__name__)
        for key, told in fields(entity).items():
            if key not in ("province_id", "cluster_id", "sort_key"):
                assert f"| {thai(told.label)} | {told.label} | `{key}` |" in rows
