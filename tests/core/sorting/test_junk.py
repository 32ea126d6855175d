"""Which folder is the one for junk, as servers list theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from twinpost.core.model.mail import ListedFolder
from twinpost.core.sorting.junk import MOST_FOLDERS, JunkFolders, junk_folders
from twinpost.edges.junk_names import load_junk_names

NAMES = load_junk_names(Path(__file__).parents[3] / "rules" / "junk.yaml")


def listed(*names: str, separator: str = "/") -> list[ListedFolder]:
    return [ListedFolder(name, separator) for name in names]


def found(*names: str, separator: str = "/") -> tuple[str, ...]:
    return junk_folders(listed(*names, separator=separator), "auto", NAMES).names


@pytest.mark.parametrize(
    "name",
    [
        "Junk",
        "SPAM",
        "Junk Email",
        "Junk E-mail",
        "Junk-E-Mail",
        "Bulk Mail",
        "Courrier indésirable",
        "Courrier inde\u0301sirable",
        "Correo no deseado",
        "Lixo Eletrônico",
        "Posta indesiderata",
        "Ongewenste e-mail",
        "Søppelpost",
        "Uønsket mail",
        "Skräppost",
        "Roskaposti",
        "Wiadomości-śmieci",
        "Nevyžádaná pošta",
        "Levélszemét",
        "Önemsiz E-posta",
        "İstenmeyen E-posta",
        "Ανεπιθύμητη αλληλογραφία",
        "Нежелательная почта",
        "Спам",
        "Небажана пошта",
    ],
)
def test_it_is_found_by_its_usual_names(name: str) -> None:
    assert found("INBOX", "Sent", name) == (name,)


@pytest.mark.parametrize(
    ("name", "separator"),
    [("[Gmail]/Spam", "/"), ("[Google Mail]/Spam", "/"), ("INBOX.Junk", "."), ("INBOX/Spam", "/")],
)
def test_it_is_found_below_the_inbox_and_in_gmail(name: str, separator: str) -> None:
    assert found("INBOX", name, separator=separator) == (name,)


@pytest.mark.parametrize(
    "name",
    ["Junk Drawer", "Archive/2019/Spam", "Spam/ham", "Trash", "Papierkorb", "Spamschutz-Protokoll", "INBOX"],
)
def test_other_folders_are_left_alone(name: str) -> None:
    assert found("INBOX", name) == ()


def test_what_the_server_marks_counts_before_any_name() -> None:
    folders = [*listed("Spam"), ListedFolder("Uninteresting", "/", frozenset({"\\HasNoChildren", "\\junk"}))]
    assert junk_folders(folders, "auto", NAMES).names == ("Uninteresting",)


@pytest.mark.parametrize("flag", ["\\Noselect", "\\NonExistent", "\\NoSelect"])
def test_a_folder_that_cannot_be_opened_is_none(flag: str) -> None:
    folders = [ListedFolder("Spam", ".", frozenset({flag})), *listed("Junk")]
    assert junk_folders(folders, "auto", NAMES).names == ("Junk",)


def test_of_many_with_such_names_some_are_looked_into() -> None:
    assert len(found("Junk", "Spam", "Bulk", "Junk Email", "Bulk Mail")) == MOST_FOLDERS


def test_a_folder_that_the_admin_names_is_taken_whatever_it_is_called() -> None:
    folders = listed("INBOX", "INBOX.Mist.Alt", separator=".")
    assert junk_folders(folders, "INBOX/Mist/Alt", NAMES) == JunkFolders(("INBOX.Mist.Alt",))
    assert junk_folders(folders, "INBOX.Mist.Alt", NAMES) == JunkFolders(("INBOX.Mist.Alt",))


def test_a_folder_that_the_admin_names_and_that_is_missing_is_told_with_those_that_there_are() -> None:
    said = junk_folders(listed("INBOX", "Junk"), "Spam", NAMES)
    assert said == JunkFolders((), "The folder Spam does not exist. There are: INBOX, Junk.")


def test_a_mailbox_without_levels_has_a_junk_folder_too() -> None:
    assert junk_folders(listed("Junk", separator=""), "auto", NAMES).names == ("Junk",)


def test_none_is_looked_into_when_the_admin_wants_none() -> None:
    assert junk_folders(listed("Junk"), "", NAMES) == JunkFolders()
