"""Two applications in one process keep apart what each draws and asks for once."""

import pytest

from admin_views import web
from app import create_app
from settings import read


@pytest.fixture
def other(tmp_path):
    """A second application, on an empty database of its own."""
    return create_app(read({"JANGWAT_DATA": str(tmp_path / "data"), "JANGWAT_LOG": "text"}))


def test_what_one_application_knows_the_other_does_not(app, session, persons, other):
    client = persons.client("secretary")
    assert client.get("/admin/").status_code == 200
    kept = app.extensions["jangwat"]
    assert kept.menus
    assert kept.switches
    assert kept.provinces[16][0] == "ลพบุรี"
    assert kept.deployment == {"kind": "province"}
    fresh = other.extensions["jangwat"]
    assert fresh is not kept
    assert not any(vars(fresh).values())
    other.extensions["jangwat"].deployment["kind"] = "demo"
    with app.app_context():
        assert not web.is_demo()
    with other.app_context():
        assert web.is_demo()


def test_what_is_drawn_is_drawn_once_and_does_not_grow_without_end():
    drawn: dict[object, str] = {}
    asked: list[int] = []

    def draw(n: int) -> str:
        asked.append(n)
        return f"menu {n}"

    for _again in range(2):
        assert web._once(drawn, 7, lambda: draw(7)) == "menu 7"
    assert asked == [7]
    for n in range(3 * web.MOST_DRAWN):
        assert web._once(drawn, ("key", n), lambda n=n: draw(n)) == f"menu {n}"
        assert len(drawn) <= web.MOST_DRAWN
