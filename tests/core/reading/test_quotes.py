"""What the writer wrote, whatever her mail program put below it."""

from __future__ import annotations

import pytest

from twinpost.core.reading.quotes import is_forward, written

HEADS = (
    "On Mon, Oct 5, 2026 at 10:14 AM Luc Martin <luc@ecole-lyon.example> wrote:",
    "On 5 Oct 2026, at 10:14, Luc Martin <luc@ecole-lyon.example> wrote:",
    "On Monday, 5 October 2026 at 10:14:02 CEST, Luc Martin\n<luc@ecole-lyon.example> wrote:",
    "Am Mo., 5. Okt. 2026 um 10:14 Uhr schrieb Luc Martin <luc@ecole-lyon.example>:",
    "Am 05.10.2026 um 10:14 schrieb Luc Martin:",
    "Le lun. 5 oct. 2026 à 10:14, Luc Martin <luc@ecole-lyon.example> a écrit :",
    "Le 05/10/2026 à 10:14, Luc Martin a écrit\xa0:",
    "El lun, 5 oct 2026 a las 10:14, Luc Martin (<luc@ecole-lyon.example>) escribió:",
    "Em seg., 5 de out. de 2026 às 10:14, Luc Martin <luc@ecole-lyon.example> escreveu:",
    "Il giorno lun 5 ott 2026 alle ore 10:14 Luc Martin <luc@ecole-lyon.example> ha scritto:",
    "Op ma 5 okt 2026 om 10:14 schreef Luc Martin <luc@ecole-lyon.example>:",
    "man. 5. okt. 2026 kl. 10:14 skrev Luc Martin <luc@ecole-lyon.example>:",
    "Den mån 5 okt. 2026 kl 10:14 skrev Luc Martin <luc@ecole-lyon.example>:",
    "ma 5. lokak. 2026 klo 10.14 Luc Martin (luc@ecole-lyon.example) kirjoitti:",
    "pon., 5 paź 2026 o 10:14 Luc Martin <luc@ecole-lyon.example> napisał(a):",
    "po 5. 10. 2026 v 10:14 odesílatel Luc Martin <luc@ecole-lyon.example> napsal:",
    "Luc Martin <luc@ecole-lyon.example> ezt írta (időpont: 2026. okt. 5., H, 10:14):",
    "Luc Martin <luc@ecole-lyon.example>, 5 Eki 2026 Pzt, 10:14 tarihinde şunu yazdı:",
    "Στις Δευ 5 Οκτ 2026 στις 10:14 ο χρήστης Luc Martin <luc@ecole-lyon.example> έγραψε:",
    "пн, 5 окт. 2026 г. в 10:14, Luc Martin <luc@ecole-lyon.example>:\n",
    "5 октября 2026, 10:14, Luc Martin <luc@ecole-lyon.example> написал:",
    "пн, 5 жовт. 2026 р. о 10:14 Luc Martin <luc@ecole-lyon.example> пише:",
    "2026年10月5日(月) 10:14 Luc Martin <luc@ecole-lyon.example>のメール:",
    "Luc Martin <luc@ecole-lyon.example> 于2026年10月5日周一 10:14写道：",
)

ORIGINALS = (
    "-----Original Message-----\nFrom: Luc",
    "-----Ursprüngliche Nachricht-----\nVon: Luc",
    "----- Message d'origine -----\nDe : Luc",
    "-----Opprinnelig melding-----\nFra: Luc",
    "________________________________\nFrom: Luc <luc@ecole-lyon.example>\nSent: Monday\nTo: Kari",
    "From: Luc Martin <luc@ecole-lyon.example>\nSent: Monday, October 5, 2026 10:14\nTo: Kari\nSubject: x",
    "Von: Luc Martin\nGesendet: Montag, 5. Oktober 2026 10:14\nAn: Kari Nordmann\nBetreff: Brief 1",
    "*De :* Luc Martin\n*Envoyé :* lundi 5 octobre 2026 10:14\n*À :* Kari\n*Objet :* Lettre 1",
    "Fra: Luc Martin\nSendt: mandag 5. oktober 2026 10:14\nTil: Kari\nEmne: Brev 1",
    "Od: Luc\nWysłano: 5 października 2026\nDo: Kari\nTemat: List 1",
)

PHONES = (
    "Sent from my iPhone",
    "Get Outlook for Android",
    "Von meinem iPhone gesendet",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Inviato da iPhone",
    "Verstuurd vanaf mijn iPad",
    "Sendt fra min iPhone",
    "Skickat från min iPhone",
    "Wysłane z iPhone'a",
)


@pytest.mark.parametrize("head", [head for head in HEADS if "окт." not in head])
def test_what_stands_below_a_quote_head_is_not_the_writers(head: str) -> None:
    assert written(f"They are here.\n\n{head}\n\nSTOP\n") == "They are here."


@pytest.mark.parametrize("head", [head for head in HEADS if "окт." not in head])
def test_a_quote_head_above_marked_lines_goes_with_them(head: str) -> None:
    assert written(f"They are here.\n\n{head}\n> STOP\n>\n> YES\n\nBelow.") == "They are here.\n\n\nBelow."


@pytest.mark.parametrize("original", ORIGINALS)
def test_an_earlier_mail_below_is_not_the_writers(original: str) -> None:
    assert written(f"They are here.\n\n{original}\n\nSTOP") == "They are here."


@pytest.mark.parametrize("line", PHONES)
def test_what_a_phone_signs_is_not_the_writers(line: str) -> None:
    assert written(f"YES\n\n{line}\n") == "YES"


def test_answers_between_the_quoted_lines_stay() -> None:
    text = "> When?\nOn Tuesday.\n> Where?\nIn Oslo.\n"
    assert written(text) == "On Tuesday.\nIn Oslo."


def test_a_signature_ends_what_was_written() -> None:
    assert written("YES\n-- \nKari Nordmann\nSTOP") == "YES"


def test_two_dashes_far_above_the_end_are_no_signature() -> None:
    text = "Hello\n--\n" + "\n".join(f"line {n}" for n in range(20))
    assert written(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Yesterday Luc wrote:\nI like snow.",
        "We wrote 26 letters for you:\nthey are attached.",
        "From: 7B Oslo\nTo: CM2 Lyon\nDate: 5 October\n\nDear friends,",
        "Sent with love from Oslo",
        "See you on 5 October 2026 at 10:00:\nwe will call.",
        "a > b",
    ],
)
def test_what_only_looks_like_a_quote_stays(text: str) -> None:
    assert written(text) == text


def test_a_mailing_lists_footer_is_not_the_writers() -> None:
    footer = "_______________________________________________\nTeachers mailing list\nhttps://lists.example/"
    assert written(f"They are here.\n{footer}\n") == "They are here."


FORWARDS = (
    "---------- Forwarded message ---------\nFrom: Luc <luc@ecole-lyon.example>\n\nYES",
    "Begin forwarded message:\n\nFrom: Luc <luc@ecole-lyon.example>\nSubject: Letter 1\nDate: today\n\nYES",
    "Début du message transféré :\n\nDe: Luc <luc@ecole-lyon.example>\n\nYES",
    "-------- Weitergeleitete Nachricht --------\nBetreff: Brief 1\n\nYES",
)


@pytest.mark.parametrize("text", FORWARDS)
def test_a_forward_with_nothing_else_keeps_what_it_forwards(text: str) -> None:
    assert written(text) == text
    assert is_forward("Letter 1", text)


@pytest.mark.parametrize("text", FORWARDS)
def test_words_above_a_forward_are_all_that_was_written(text: str) -> None:
    assert written(f"Here it is.\n\n{text}", "Fwd: Letter 1") == "Here it is."


def test_outlooks_forward_is_known_by_its_subject() -> None:
    text = "From: Luc <luc@ecole-lyon.example>\nSent: Monday\nTo: Kari\nSubject: Letter 1\n\nThe letters."
    assert written(text, "FW: Letter 1") == text
    assert written(text, "Re: Letter 1") == ""
