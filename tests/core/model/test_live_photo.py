"""A Live Photo is one photo, however its two files come."""

from __future__ import annotations

from tests.builders import a_file

from twinpost.core.model.live_photo import films, without_films


def test_a_picture_and_the_film_of_its_name_belong_together() -> None:
    files = (a_file("IMG_1.mov", "mov"), a_file("img_1.HEIC", "heic"), a_file("IMG_2.JPG", "jpeg"))
    assert films(files) == {1: 0}
    assert without_films(files) == files[1:]


def test_two_pictures_of_one_name_do_not_share_a_film() -> None:
    files = (a_file("IMG_1.JPG", "jpeg"), a_file("IMG_1.HEIC", "heic"), a_file("IMG_1.MOV", "mov"))
    assert films(files) == {0: 2}


def test_a_long_film_is_a_film_of_its_own() -> None:
    files = (a_file("gym.jpg", "jpeg"), a_file("gym.mov", "mov", 90_000_000))
    assert films(files) == {}
    assert without_films(files) == files


def test_other_pictures_have_no_films() -> None:
    assert films(
        (a_file("a.png", "png"), a_file("a.mov", "mov"), a_file("a.jpg", "jpeg"), a_file("a.mp4", "mp4"))
    ) == {2: 1}
