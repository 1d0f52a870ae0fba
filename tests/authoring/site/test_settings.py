"""One file says where the project lives, and every link follows from it."""

import pytest

from authoring.site.settings import Settings, load_settings

HOSTED = Settings("https://github.com/owner/name", "main", "A course")


def test_without_a_repository_there_is_no_link_to_one():
    nowhere = Settings("", "main", "A course")
    assert nowhere.file("README.md") is None
    assert nowhere.launchers("notebooks/01_basics.ipynb") == {}


def test_the_authors_are_told_when_readers_cannot_find_the_project():
    assert "authoring/site/site.toml" in Settings("", "main", "A course").advice()
    assert not HOSTED.advice()


def test_services_get_the_notebook_of_the_repository():
    assert HOSTED.file("xenc_course/files.py").endswith(
        "/owner/name/blob/main/xenc_course/files.py"
    )
    launchers = HOSTED.launchers("notebooks/01_basics.ipynb")
    assert "gh/owner/name/main?labpath=notebooks%2F01_basics.ipynb" in launchers["Binder"]
    assert launchers["Colab"].endswith("/github/owner/name/blob/main/notebooks/01_basics.ipynb")


def test_a_repository_elsewhere_has_links_to_its_files_alone():
    elsewhere = Settings("https://example.org/owner/name", "main", "A course")
    assert elsewhere.file("README.md") and not elsewhere.launchers("notebooks/01_basics.ipynb")
    alike = Settings("https://notgithub.com/owner/name", "main", "A course")
    assert not alike.launchers("notebooks/01_basics.ipynb")


def test_what_is_written_is_read_again(tmp_path):
    path = tmp_path / "site.toml"
    wanted = Settings("https://github.com/owner/name", "a#b", 'A "course"')
    path.write_text(wanted.toml())
    assert load_settings(path) == wanted
    assert "a%23b" in wanted.launchers("x.ipynb")["Colab"]
    path.write_text(wanted.toml().replace("owner/name", "owner/name.git/"))
    assert load_settings(path) == wanted


@pytest.mark.parametrize(
    "text",
    [
        'repository = ""\nbranch = "main"',
        'repository = ""\nbranch = "main"\ntitle = "A"\nbrnach = "x"',
        'repository = ""\nbranch = "main"\ntitle = 3',
        'repository = "github.com/owner/name"\nbranch = "main"\ntitle = "A"',
        'repository = "https://github.com/owner"\nbranch = "main"\ntitle = "A"',
        'repository = ""\nbranch = ""\ntitle = "A"',
        "no toml",
    ],
)
def test_a_setting_that_is_missing_unknown_or_no_address_is_refused(tmp_path, text):
    path = tmp_path / "site.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"site\.toml"):
        load_settings(path)
