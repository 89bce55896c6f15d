"""Opening who complained: a reason, a fresh sign-in, and for the unnamed a second person.

What was opened is shown once, in the answer to the very press; it has no address of its own.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from flask import flash, redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from access import scope
from access.database import db
from admin_views import signing
from admin_views.acting import viewer
from admin_views.base import EntityView
from admin_views.proof import is_fresh, prove_first, proved_at
from admin_views.verbs import Ask, ask, do, form_of, show
from entities import dates
from entities.base import Base, fields
from entities.private import Unreadable
from entities.vocabulary import RevealStatus
from models import Complainant, Complaint, IdentityReveal
from rules import complaint_secrecy
from rules.base import Broken


def shown(view: Any, case: Complaint, opened: Callable[[], dict[str, str]]) -> Any:
    """Open, write the opening down, and only then show what was opened; raises Broken."""
    title, back = str(case), url_for("complaint.details_view", id=case.id)
    told = opened()
    db.session.commit()
    labels = {key: fields(Complainant)[key].label for key in complaint_secrecy.SECRETS}
    labels["accused"] = _("Accused")
    return view.render(
        "complaint_revealed.html", title=title, back_url=back,
        crumbs=[{"title": title, "url": back}],
        rows=[(labels[key], value) for key, value in told.items()],
    )  # fmt: skip


def opening(view: Any, case: Complaint, verb: Callable[[], dict[str, str]], back: str) -> Any:
    """The answer to a press that opens; a refusal goes back with its words."""
    record_id = case.id
    try:
        return shown(view, case, verb)
    except Broken as broken:
        db.session.rollback()
        flash(str(broken), "bad")
        return redirect(back)
    except Unreadable:
        db.session.rollback()
        flash(
            _("The key that opens this is not in the data folder; tell the administrator."), "bad"
        )
        return redirect(back)
    except scope.Denied as denied:
        return view.refuse(denied.verb, record_id)


class RevealPages:
    """Asking, on the case's page."""

    @expose("/reveal/", methods=("GET", "POST"))
    def reveal_view(self) -> Any:
        """The reason, then what was opened; of the unnamed, the reason and a request."""
        record = self.record()  # type: ignore[attr-defined]
        if not (viewer().may(IdentityReveal, "reveal") and viewer().may(Complainant, "reveal")):
            self.refuse("reveal", record.id)  # type: ignore[attr-defined]
        if record.is_anonymous:
            return self._ask_another(record)
        form = form_of([_reason()] if is_fresh() else [_reason(), _password()])
        if request.method == "POST" and form.validate() and _proved(form):
            return opening(
                self, record,
                lambda: complaint_secrecy.reveal(
                    record, form.reason.data, db.session(), dates.now(), proved_at()
                ),
                url_for("complaint.reveal_view", id=record.id),
            )  # fmt: skip
        notice = _("Your name, the reason and the moment are kept and shown to the head.")
        title = _("Open who complained: %(what)s", what=record)
        fresh = "password" not in form
        return show(self, record, title, form, notice=notice, save_title=_("Reveal"), fresh=fresh)

    def _ask_another(self, record: Complaint) -> Any:
        notice = _("Whoever complained stays unnamed; another person has to agree first.")
        return ask(
            self, record, _("Ask to open who complained: %(what)s", what=record), [_reason()],
            lambda told: complaint_secrecy.ask_reveal(
                record, told["reason"] or "", db.session(), dates.now()
            ) and None,
            notice=notice, save_title=_("Ask for it"),
        )  # fmt: skip


def _reason() -> Ask:
    return Ask("reason", _l("Why you must know"), "paragraph")


def _password() -> Ask:
    """The password, asked for in the form itself: what was typed beside it is never lost."""
    help_ = _l("It was typed some time ago; please show that it is you.")
    return Ask("password", _l("Your password once more"), "password", help=help_)


def _proved(form: Any) -> bool:
    """Whether the person is proved, if need be by the password in the form."""
    why = signing.prove(form.password.data) if "password" in form else ""
    if why:
        form.password.errors = [why]
    return not why


class IdentityRevealView(EntityView):
    """Who asked for and saw a complainant; the head of the centre agrees, refuses and looks on."""

    related: ClassVar[list[Any]] = []
    tabs: ClassVar[list[Any]] = [
        (_l("To approve"), {"status": RevealStatus.ASKED.value}),
        (_l("Revealed"), {"status": RevealStatus.OPENED.value}),
        (_l("Unnamed"), {"anonymous": "1"}),
    ]

    @classmethod
    def stands_in_menu(cls, entity: type[Base], acting: Any) -> bool:
        return bool(acting.may(entity, "approve"))

    def sub(self, record: IdentityReveal) -> str:
        return str(record.complaint)

    def record_acts(self, record: IdentityReveal) -> list[dict[str, Any]]:
        """To agree or refuse for another, to open for whoever asked."""
        here, own = viewer(), record.asked_by == viewer().user_id
        acts: list[dict[str, Any]] = []
        if record.status is RevealStatus.ASKED and here.reaches(record, "approve"):
            told = {"why": _("Whoever asked cannot approve it too.")} if own else {"primary": True}
            acts.append(_act("approve_view", _("Agree"), record, **told))
            if not own:
                acts.append(_act("refuse_view", _("Refuse"), record))
        if record.status is RevealStatus.APPROVED and own and here.reaches(record, "reveal"):
            acts.append(
                _act("open_view", _("Open who complained"), record, primary=True, fresh=True)
            )
        return acts

    def groups(self, record: IdentityReveal) -> list[dict[str, Any]]:
        told = fields(IdentityReveal)
        keys = (
            "complaint_id", "reason", "anonymous", "asked_name", "asked_at", "approver_name",
            "decided_at", "opened_at",
        )  # fmt: skip
        rows = [[told[k].label, self.fact(record, k)] for k in keys if getattr(record, k)]
        return [{"title": _("About the reveal"), "rows": rows}]

    @expose("/approve/", methods=("POST",))
    def approve_view(self) -> Any:
        return self._decide(
            complaint_secrecy.approve_reveal, _("Agreed; whoever asked can open it.")
        )

    @expose("/refuse/", methods=("POST",))
    def refuse_view(self) -> Any:
        return self._decide(complaint_secrecy.refuse_reveal, _("Refused."))

    def _decide(self, rule: Any, told: str) -> Any:
        record = self.record()
        self.require("approve", record)
        return do(self, record, lambda: rule(record, db.session(), dates.now()), told=told)

    @expose("/open/", methods=("POST",))
    def open_view(self) -> Any:
        """Show once, to whoever asked, what another person agreed to."""
        record = self.record()
        self.require("reveal", record)
        back = url_for(".details_view", id=record.id)
        if not is_fresh():
            return prove_first(back)
        return opening(
            self, record.complaint,
            lambda: complaint_secrecy.open_reveal(record, db.session(), dates.now(), proved_at()),
            back,
        )  # fmt: skip


def _act(endpoint: str, title: str, record: IdentityReveal, **more: Any) -> dict[str, Any]:
    url = url_for(f"identity_reveal.{endpoint}", id=record.id)
    return {"title": title, "url": url, "method": "post", **more}
