"""What all imports share on screen: choose a file, look at what each row would become, accept."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask import flash, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from wtforms.validators import ValidationError

from access import scope
from access.database import db
from admin_views import brought
from admin_views.acting import viewer
from admin_views.brought import Brought
from entities.base import Text
from rules.base import Broken, refusal
from workbooks.opened import Unreadable

PAGE = 100
MOST_TICKED = 2_000
"""Doubtful rows that one page offers to tick; more are left out unless all are taken."""
Told = dict[str, Any]


class Import:
    """What one import says of itself.

    It tells what is asked with the file (`form`), what its rows would become (`look`), how that is
    shown (`shown`), and what accepting does (`take`). The fates of rows are its own; `tabs` names
    the views of the preview with the fates each shows, `new`, `doubtful` and `fault` among them.
    """

    entity: type
    verb = "import"
    title: Text
    form: type[Any]
    tabs: ClassVar[Mapping[str, tuple[Text, tuple[Any, ...]]]]
    ticked: ClassVar[bool] = False
    """Whether doubtful rows may be left out one by one."""

    def begin(self, form: Any) -> None:
        """Fill the form before it is shown first."""

    def asked(self, form: Any) -> Any:
        """What the form asks besides the file, as JSON can hold it."""
        raise NotImplementedError

    def look(self, kept: Brought) -> Any:
        """What each row would become. Raises Unreadable where the file is no such table."""
        raise NotImplementedError

    def shown(self, kept: Brought, made: Any) -> Told:
        """The preview's `sub`, `facts`, `notes`, `heads`, `buttons`, and `row`, which draws one."""
        raise NotImplementedError

    def take(self, kept: Brought, made: Any) -> Any:
        """Write the rows; says so to the person and answers with the address to go to."""
        raise NotImplementedError

    def unreadable(self, kept: Brought, refused: Unreadable) -> Any:
        """Where to go with a file whose table was not found; None leaves it at the field."""
        return None


class ImportPages:
    """The pages of an import, beside those of the entity it fills."""

    importing: Import

    @expose("/import/", methods=("GET", "POST"))
    def import_view(self) -> Any:
        self.require(self.importing.verb)  # type: ignore[attr-defined]
        sent = request.form | request.files if request.method == "POST" else None
        form = self.importing.form(sent)
        if request.method == "GET":
            self.importing.begin(form)
        elif form.validate():
            try:
                return self._import_brought(form)
            except (ValidationError, Unreadable) as refused:
                form.file.errors = [str(refused)]
        return self._import_upload(form), 422 if request.method == "POST" else 200

    def _import_brought(self, form: Any) -> Any:
        """Keep the file and go on to its preview, once it could be read."""
        kept = brought.keep(form.file.data, self.importing.asked(form))
        try:
            self.importing.look(kept)
        except Unreadable as refused:
            elsewhere = self.importing.unreadable(kept, refused)
            if elsewhere is None:
                raise
            return elsewhere
        return redirect(url_for(".import_preview", file=brought.token(kept)))

    def _import_upload(self, form: Any) -> Any:
        return self.render(  # type: ignore[attr-defined]
            "form.html", form=form, title=str(self.importing.title), sub="", area=None, groups=None,
            conflicts=None, crumbs=self.import_crumbs(), action_url=url_for(".import_view"),
            cancel_url=url_for(".index_view"), save_title=_("Look at it first"), again=False,
            notice=_("Nothing is written yet: the next page shows what each row would become."),
        )  # fmt: skip

    def import_crumbs(self) -> list[Told]:
        """The way to the import."""
        return [
            {"title": self.area, "url": url_for("admin.index")},  # type: ignore[attr-defined]
            {"title": self.name, "url": url_for(".index_view")},  # type: ignore[attr-defined]
        ]

    @expose("/import/preview/")
    def import_preview(self) -> Any:
        self.require(self.importing.verb)  # type: ignore[attr-defined]
        kept = brought.of_token(request.args.get("file", ""))
        return self.render(  # type: ignore[attr-defined]
            "import.html", **self._import_context(kept, self.importing.look(kept))
        )

    def _import_context(self, kept: Brought, made: Any) -> Told:
        shown, tab = self.importing.shown(kept, made), self._import_tab(made)
        rows = made.of(*self.importing.tabs[tab][1])
        ticks = self.importing.ticked and tab == "doubtful"
        size = MOST_TICKED if ticks else PAGE
        number = 1 if ticks else _page_number(len(rows))
        draw = shown.pop("row")
        return {
            "title": str(self.importing.title), "homes": [], "file_url": None,
            "crumbs": [*self.import_crumbs(), {"title": _("Import"), "url": url_for(".import_view")}],
            "token": brought.token(kept), "views": self._import_views(made, kept, tab),
            "rows": [draw(one) for one in rows[(number - 1) * size : number * size]],
            "tick": ticks and not made.of(*self.importing.tabs["fault"][1]),
            "pager": _pager(len(rows), number, size, kept, tab),
            "accept_url": url_for(".import_accept"), "cancel_url": url_for(".import_view"),
            **shown, "buttons": shown["buttons"](tab),
        }  # fmt: skip

    def _import_tab(self, made: Any) -> str:
        """The view asked for, else the first that wants looking at."""
        asked = request.args.get("tab", "")
        if asked in self.importing.tabs:
            return asked
        wanted = ("fault", "doubtful", "new")
        return next((tab for tab in wanted if made.of(*self.importing.tabs[tab][1])), "all")

    def _import_views(self, made: Any, kept: Brought, here: str) -> list[Told]:
        file = brought.token(kept)
        return [
            {
                "title": title, "url": url_for(".import_preview", file=file, tab=tab),
                "on": tab == here, "count": f"{len(made.of(*fates)):,}",
            }
            for tab, (title, fates) in self.importing.tabs.items()
        ]  # fmt: skip

    @expose("/import/accept/", methods=("POST",))
    def import_accept(self) -> Any:
        self.require(self.importing.verb)  # type: ignore[attr-defined]
        kept = brought.of_token(request.form.get("file", ""))
        try:
            return redirect(self.importing.take(kept, self.importing.look(kept)))
        except (Broken, IntegrityError) as error:
            return _not_imported(kept, error)
        except scope.Denied as denied:
            return self.refuse(denied.verb)  # type: ignore[attr-defined]

    def import_acts(self) -> list[Told]:
        """The button that leads here, where the viewer may import."""
        if not viewer().may(self.importing.entity, self.importing.verb):
            return []
        link = {"title": str(self.importing.title), "url": url_for(".import_view"), "method": "get"}
        return [link]


def _not_imported(kept: Brought, error: Exception) -> Any:
    db.session.rollback()
    told = error if isinstance(error, Broken) else refusal(error)
    if told is None:
        raise error
    flash(str(told), "bad")
    return redirect(url_for(".import_preview", file=brought.token(kept)))


def _page_number(count: int) -> int:
    asked = request.args.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    return min(max(number, 1), max(-(-count // PAGE), 1))


def _pager(count: int, number: int, size: int, kept: Brought, tab: str) -> Told | None:
    if count <= size:
        return None

    def page(wanted: int) -> str | None:
        stands = 1 <= wanted <= -(-count // size)
        file = brought.token(kept)
        return url_for(".import_preview", file=file, tab=tab, page=wanted) if stands else None

    first, last = (number - 1) * size + 1, min(number * size, count)
    text = _(
        "%(first)s–%(last)s of %(total)s", first=f"{first:,}", last=f"{last:,}", total=f"{count:,}"
    )
    return {
        "text": text, "first_url": None, "prev_url": page(number - 1), "next_url": page(number + 1),
        "sizes": [],
    }  # fmt: skip
