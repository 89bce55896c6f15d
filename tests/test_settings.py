"""Settings: read from the environment, and a data folder that is closed to others."""

import stat

import pytest

from settings import read


def test_the_data_folder_and_its_keys_are_closed_to_others(tmp_path):
    settings = read({"JANGWAT_DATA": str(tmp_path / "deep" / "data")})
    key = settings.key("secret")
    assert settings.key("secret") == key
    assert len(key) == 64
    for path in (settings.data, settings.data / "keys", settings.data / "keys" / "secret"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_setting_that_is_no_number_is_named():
    with pytest.raises(ValueError, match="JANGWAT_IDLE_MINUTES"):
        read({"JANGWAT_IDLE_MINUTES": "half an hour"})


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_a_hosts_database_address_gets_its_driver(scheme):
    assert read({"DATABASE_URL": f"{scheme}://u@h/d"}).database_url == "postgresql+psycopg://u@h/d"
