"""Screens of accounts and grants; the acts that give a person a new way in."""

from typing import Any

from flask import abort, g, url_for
from flask_admin import expose
from flask_babel import gettext as _

from access import scope
from access.database import db
from admin_views.base import EntityView, viewer
from admin_views.verbs import do
from models import Deployment, RoleGrant, RoleNarrowing, UserAccount
from rules import accounts


class UserAccountView(EntityView):
    """An account; its password is made here and shown once, never sent and never kept in clear."""

    def record_acts(self, record: UserAccount) -> list[dict[str, Any]]:
        acts = super().record_acts(record)
        if not viewer().reaches(record, "reset") or record.id == viewer().user_id:
            return acts
        acts.append(
            {
                "title": _("Give a one-time password"),
                "url": url_for(".reset_view", id=record.id),
                "method": "post",
                "confirm": _(
                    "Give %(who)s a new password? The old one and every sign-in end.", who=record
                ),
            }
        )
        if record.tf_primary_method:
            acts.append(
                {
                    "title": _("Reset two-step sign-in"),
                    "url": url_for(".forget_step_view", id=record.id),
                    "method": "post",
                    "confirm": _(
                        "Only for a lost telephone: make sure that it is %(who)s who asks. Go on?",
                        who=record,
                    ),
                }
            )
        return acts

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        answer = super().create_view()
        made = g.pop("made_account", None)
        if made is None or getattr(answer, "status_code", 0) != 302:
            return answer
        return self._shown_once(*made, answer.headers["Location"])

    def write(self, form: Any, record: Any, made: bool) -> None:
        super().write(form, record, made)
        if made:
            g.made_account = record.username, accounts.open_account(record)

    @expose("/reset/", methods=("POST",))
    def reset_view(self) -> Any:
        record = self.record()
        self.require("reset", record)
        username, given = record.username, {}

        def act() -> None:
            scope.permit(db.session(), record, "reset")
            given["password"] = accounts.reset_password(record, db.session())

        back = url_for(".details_view", id=record.id)
        answer = do(self, record, act, told=_("The new password is shown once."))
        if "password" not in given:
            return answer
        return self._shown_once(username, given["password"], back)

    @expose("/forget-step/", methods=("POST",))
    def forget_step_view(self) -> Any:
        record = self.record()
        self.require("reset", record)
        if not record.tf_primary_method:
            abort(404)

        def act() -> None:
            scope.permit(db.session(), record, "reset")
            accounts.forget_second_step(record, db.session())

        return do(self, record, act, told=_("Signing in takes one step again."))

    def _shown_once(self, username: str, password: str, next_url: str) -> Any:
        """The one page that ever shows the password; it is kept nowhere but as a hash."""
        return self.render(
            "account/one_time.html",
            title=_("One-time password of %(who)s", who=username),
            crumbs=[{"title": self.name, "url": url_for(".index_view")}],
            username=username,
            password=password,
            next_url=next_url,
        )


VIEWS = [
    (UserAccount, UserAccountView),
    (RoleGrant, EntityView),
    (RoleNarrowing, EntityView),
    (Deployment, EntityView),
]
