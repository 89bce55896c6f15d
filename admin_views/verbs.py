"""Named acts on a record: a small form that asks what the verb needs, then calls the verb.

Views hold no rule: the verb of `rules/` decides, this only asks, calls and answers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin.form import BaseForm
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError
from wtforms import PasswordField
from wtforms.validators import Optional

from access import scope
from access.database import db
from admin_views import fields as kinds
from entities.base import Choice, Text
from rules.base import Broken, refusal

LENGTHS = {"line": 300, "paragraph": 1_000, "text": 20_000}
"""The most letters of a text, by how it stands: on one line, as a paragraph, as pages."""
TYPED: dict[str, tuple[Any, dict[str, str]]] = {
    "date": (kinds.DateField, {"data-date": "", "autocomplete": "off"}),
    "amount": (kinds.AmountField, {"inputmode": "decimal", "autocomplete": "off"}),
    "number": (kinds.NumberField, {"inputmode": "numeric", "autocomplete": "off"}),
    "password": (PasswordField, {"autocomplete": "current-password"}),
}
"""What is typed on one line and is no plain text: its field, and what the browser is told of it."""


@dataclass(frozen=True)
class Ask:
    """One thing a verb needs to know: date, text, paragraph, line, number, amount, choice, pick, ticks,
    password.

    What is picked, or ticked where it may be several, are `(value, label)` pairs.
    Where there are too many to pick from, `lookup` is the address that looks them up, and `find`
    gives the label of one that may be picked.
    """

    name: str
    label: Text
    kind: str
    default: Any = None
    choices: type[Choice] | None = None
    pairs: Callable[[], list[tuple[int, str]]] | None = None
    required: bool = True
    help: Text = ""
    lookup: str = ""
    find: Callable[[int], str | None] | None = None
    usual: tuple[str, ...] = ()
    """Words that are written often; each is put in by one press."""


def _field(one: Ask) -> Any:
    given = {
        "label": one.label, "description": one.help, "default": one.default,
        "validators": [kinds.Required() if one.required else Optional()],
    }  # fmt: skip
    if one.kind in TYPED:
        made, told = TYPED[one.kind]
        return made(render_kw=told, **given)
    if one.kind == "choice":
        return kinds.ChoiceField(choices=one.choices, blank=not one.required, **given)
    if one.kind == "pick":
        pairs = one.pairs or list
        return kinds.PickField(
            options=pairs, find=one.find or (lambda key: dict(pairs()).get(key)),
            lookup=lambda: one.lookup, blank=not one.required, **given,
        )  # fmt: skip
    if one.kind == "ticks":
        return kinds.TicksField(coerce=int, choices=(one.pairs or list)(), **given)
    more = {"render_kw": {"data-usual": "|".join(one.usual)}} if one.usual else {}
    return kinds.TextField(length=LENGTHS[one.kind], **more, **given)


def form_of(asked: list[Ask]) -> Any:
    """A form that asks these, filled with what was sent."""
    made = type("VerbForm", (BaseForm,), {one.name: _field(one) for one in asked})
    return made(request.form if request.method == "POST" else None)


def ask(
    view: Any,
    record: Any,
    title: str,
    asked: list[Ask],
    act: Callable[[dict[str, Any]], Any],
    *,
    notice: str = "",
    save_title: str = "",
    done_url: str = "",
) -> Any:
    """Show the form of a verb, or call the verb with what was typed and go to the record."""
    form = form_of(asked)
    if request.method == "POST" and form.validate():
        done_url = done_url or _back(view, record)
        answer = do(view, record, lambda: act(form.data), form=form, done_url=done_url)
        if answer is not None:
            return answer
    return show(view, record, title, form, notice=notice, save_title=save_title)


def _back(view: Any, record: Any) -> str:
    """Where a form of a record leads back to."""
    if record is None:
        return url_for(f"{view.endpoint}.index_view")
    return url_for(f"{view.endpoint}.details_view", id=record.id)


def show(
    view: Any,
    record: Any,
    title: str,
    form: Any,
    *,
    notice: str = "",
    save_title: str = "",
    fresh: bool = False,
) -> Any:
    """The page of a verb's form, as it stands with what was typed and what is wrong with it.

    A `fresh` form is sent after the password was typed lately; otherwise it is asked for on top.
    """
    back, crumb = _back(view, record), str(record) if record is not None else view.name
    return view.render(
        "form.html", form=form, title=title, sub="", area=None, groups=None, conflicts=None, notice=notice,
        crumbs=[{"title": view.name, "url": url_for(f"{view.endpoint}.index_view")}, {"title": crumb, "url": back}],
        action_url=request.full_path.rstrip("?"), cancel_url=back, save_title=save_title or title, again=False,
        fresh=fresh,
    ), 422 if request.method == "POST" else 200  # fmt: skip


def do(
    view: Any,
    record: Any,
    act: Callable[[], Any],
    *,
    form: Any = None,
    done_url: str = "",
    told: str = "",
) -> Any:
    """Call a verb and commit. With a form, None where it must be shown again with the message."""
    record_id = record.id if record is not None else None
    back = done_url or url_for(f"{view.endpoint}.details_view", id=record_id)
    try:
        found = act()
        db.session.commit()
    except Broken as broken:
        return _again(form, broken, back)
    except scope.Denied as denied:
        return view.refuse(denied.verb, record_id)
    except StaleDataError:
        return _again(
            form, Broken(_("Somebody else changed this record meanwhile; look again.")), back
        )
    except DBAPIError as error:
        known = refusal(error)
        if known is None:
            raise
        return _again(form, known, back)
    flash(told or (found if isinstance(found, str) else _("Done.")), "ok")
    return redirect(back)


def _again(form: Any, broken: Broken, back: str) -> Any:
    db.session.rollback()
    if form is None:
        flash(str(broken), "bad")
        return redirect(back)
    if broken.field and broken.field in form:
        form[broken.field].errors = [*form[broken.field].errors, str(broken)]
    else:
        flash(str(broken), "bad")
    return None
