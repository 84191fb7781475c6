"""What the reader of names makes of Bicep text."""

from pathlib import Path

import pytest

from tests.infra.bicep_names import declared

STORAGE = """
// var queues = ['commented']
var queues = [
  'posts' // their queue: 'not-this'
  'posts-poison'
]
var tables = ['changes'
  'open']
var containers = [ 'config' ]
"""
APP = """
resource settings 'config' = {
  name: 'appsettings'
  properties: {
    /* OLD_SETTING: 'gone' */
    AZURE_CLIENT_ID: id
    FORESIGNAL_PUBLIC_URL: 'https://${app.properties.defaultHostName}' // after https:// comes no comment
  }
}
resource other 'config' = {
  name: 'web'
  properties: { NOT_A_SETTING: '1' }
}
"""


def infra(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name}.bicep").write_text(text, encoding="utf-8")
    return tmp_path


def test_names_are_read_across_files_and_comments_are_not(tmp_path: Path) -> None:
    names = declared(infra(tmp_path, storage=STORAGE, app=APP))

    assert names == {
        "queues": {"posts", "posts-poison"},
        "tables": {"changes", "open"},
        "containers": {"config"},
        "settings": {"AZURE_CLIENT_ID", "FORESIGNAL_PUBLIC_URL"},
    }


def test_an_array_that_is_missing_is_an_error_and_not_an_empty_set(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="tables 0 times"):
        declared(infra(tmp_path, storage=STORAGE.replace("var tables", "var others"), app=APP))


def test_settings_in_two_places_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="settings 2 times"):
        declared(infra(tmp_path, storage=STORAGE, app=APP, second=APP))


@pytest.mark.parametrize("item", ["prefix", "'${prefix}-posts'.name", "'posts'"])
def test_only_plain_names_that_occur_once_are_taken(tmp_path: Path, item: str) -> None:
    storage = STORAGE.replace("'posts-poison'", f"'posts-poison'\n  {item}")

    with pytest.raises(ValueError, match="queues must be plain names"):
        declared(infra(tmp_path, storage=storage, app=APP))


def test_the_real_infrastructure_declares_every_kind() -> None:
    assert all(declared().values())
