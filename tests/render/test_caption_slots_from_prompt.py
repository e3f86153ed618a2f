"""Captions out of a prompt."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.render.prompt_texts import captions_from_prompt, phrases_of
from core.render.types import Captions


@pytest.mark.parametrize(
    ("prompt", "captions"),
    [
        ("Product showcase with elegance", Captions("Product showcase with elegance")),
        ("discover our new perfume", Captions("Discover our new perfume")),
        ("Shop now", Captions("Shop now")),
        ("", Captions()),
        ("  \n ", Captions()),
        ("#summer #sale", Captions()),
        (
            ("Create a 15 second video for our new running shoe. Lightweight, breathable, made for every day. "
            "Shop now at example.com!"),
            Captions("New running shoe", ("Lightweight, breathable, made for every day",), "Shop now at example.com!"),
        ),
        (
            ("Introducing the Aurora lamp, warm light for long evenings, made of recycled glass, and shipped without "
            "plastic - order today"),
            Captions(
                "Introducing the Aurora lamp",
                ("Warm light for long evenings", "Made of recycled glass", "Shipped without plastic"),
                "Order today",
            ),
        ),
        (
            "make a short, punchy vertical ad about Café Niño's 50% off summer sale. Use upbeat music. #coffee",
            Captions("Café Niño's 50% off summer sale"),
        ),
        (
            "The e.g. Dr. Smith method works. It costs $1.50 vs. $3. Try it free",
            Captions("The e.g. Dr. Smith method works", ("It costs $1.50 vs. $3",), "Try it free"),
        ),
        ("Wait... what? Really!! Yes", Captions("Wait...", ("What?", "Really!!", "Yes"))),
        ("One lamp. One lamp. One LAMP. More", Captions("One lamp", ("More",))),
        (
            "Hook: Meet Luna\nBeat 1: soft light\n- charges in 1.5 hours\nCTA: get yours",
            Captions("Meet Luna", ("Soft light", "Charges in 1.5 hours"), "Get yours"),
        ),
        (
            "Our picks:\n- a lamp\n* a chair\n3) a table",
            Captions("Our picks", ("A lamp", "A chair", "A table")),
        ),
        ("iPhone case that lasts. iPad too.", Captions("iPhone case that lasts", ("iPad too",))),
        ("example.com is new", Captions("example.com is new")),
        ("“Simply better”", Captions("Simply better")),
        ("A lamp. Visit us in Paris. Free delivery", Captions("A lamp", ("Free delivery",), "Visit us in Paris")),
        ("Neue Kollektion. Beste Qualität – limitiert. Jetzt kaufen",
         Captions("Neue Kollektion", ("Beste Qualität – limitiert",), "Jetzt kaufen")),
        ("Nouvelle collection. Édition limitée. Découvrez-la !",
         Captions("Nouvelle collection", ("Édition limitée",), "Découvrez-la !")),
        ("新しいコレクション。上質な素材、限定版。今すぐチェック！",
         Captions("新しいコレクション", ("上質な素材、限定版",), "今すぐチェック！")),
        ("مجموعة جديدة. جودة عالية، إصدار محدود. تسوق الآن",
         Captions("مجموعة جديدة", ("جودة عالية، إصدار محدود",), "تسوق الآن")),
        ("नया संग्रह। सीमित संस्करण।", Captions("नया संग्रह", ("सीमित संस्करण",))),
        ("it's 100% yours: C:\\path 😀", Captions("It's 100% yours: C:\\path 😀")),
        ("🎉🎉", Captions("🎉🎉")),
    ],
)  # fmt: skip
def test_that_a_prompt_becomes_sensible_captions(prompt: str, captions: Captions) -> None:
    assert captions_from_prompt(prompt) == captions


def test_that_a_long_sentence_breaks_where_something_begins() -> None:
    captions = captions_from_prompt(
        "The all-new Trail Runner 5 combines a feather-light upper with a grippy outsole so that you can run further "
        "on any terrain without ever thinking about your feet again."
    )
    assert captions.hook == "The all-new Trail Runner 5 combines a feather-light upper with a grippy outsole"
    assert captions.beats == ("so that you can run further on any terrain without ever thinking about your feet again",)


def test_that_a_prompt_that_only_orders_a_video_says_nothing() -> None:
    assert captions_from_prompt("Please create a video.") == Captions()


def signs(text: str) -> set[str]:
    return {sign for sign in unicodedata.normalize("NFC", text) if sign.isalnum()}


@given(st.text(max_size=300))
def test_that_any_text_at_all_gives_captions_of_its_own_signs(prompt: str) -> None:
    captions = captions_from_prompt(prompt)
    said = "".join((captions.hook, *captions.beats, captions.cta))
    # a first letter may have become a capital
    assert signs(said) <= signs(prompt) | signs(prompt.upper()) | signs(prompt.title())
    assert all(beat.strip() for beat in captions.beats)
    assert captions.hook or not captions.beats
    said.encode("utf-8")


@pytest.mark.parametrize(
    "prompt",
    ["a" * 5000, "word " * 1000, "#a" * 2500, " " * 5000, "create a " * 500, "," * 5000, "a, " * 1666, "-" * 5000],
)
def test_that_no_pattern_runs_away_on_the_longest_prompts(prompt: str) -> None:
    captions = captions_from_prompt(prompt)  # would take minutes
    assert len(captions.hook) <= len(prompt)


def test_that_plain_text_is_split_without_taking_orders_or_calls_out_of_it() -> None:
    assert phrases_of("Make a video about it. Shop now!") == ["Make a video about it", "Shop now!"]
