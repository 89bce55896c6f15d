"""Files that a person brings to be read: kept by their hash until the person decides.

They lie apart from those that stay; `flask tidy` removes them when they cannot be accepted any more.

The address of a preview carries a signed token with the person, the hash and what was asked, so
that accepting reads the same bytes, and nobody reads a file that somebody else brought.
"""

import io
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app
from flask_babel import gettext as _
from flask_wtf.file import FileField
from itsdangerous import BadSignature, URLSafeTimedSerializer
from wtforms.validators import ValidationError

from access import files
from admin_views.acting import viewer
from workbooks.opened import Unreadable, kind_of

ENDINGS = ".xlsx,.xls,.ods,.csv"
NAME = 120


@dataclass(frozen=True)
class Brought:
    """A file as it was kept: its hash, the name it came under, and what was asked of it.

    What was asked is the import's own: a fiscal year, or a province and the headings of a file.
    """

    sha256: str
    name: str
    asked: Any

    def content(self) -> bytes:
        """The bytes; 404 where they are gone."""
        try:
            with files.open_file(self.sha256, until_decided=True) as kept:
                return kept.read()
        except (FileNotFoundError, files.Unreachable):
            abort(404)

    def stays(self) -> None:
        """Keep the file for good, as the source of a record."""
        files.keep(io.BytesIO(self.content()), current_app.config["SETTINGS"].upload_bytes)


class TableField(FileField):
    """A file that must be a table: its content decides, and the message stands at the field."""

    def pre_validate(self, form: Any) -> None:
        if not self.data or not getattr(self.data, "filename", ""):
            raise ValidationError(_("Choose a file first."))
        content = self.data.stream.read()
        self.data.stream.seek(0)
        try:
            kind_of(content)
        except Unreadable as refused:
            raise ValidationError(str(refused)) from None


def keep(sent: Any, asked: Any) -> Brought:
    """Keep what was sent; raises ValidationError where the store refuses or does not answer."""
    content = io.BytesIO(sent.stream.read())
    try:
        limit = current_app.config["SETTINGS"].upload_bytes
        sha256, _size = files.keep(content, limit, until_decided=True)
    except files.Unfit as unfit:
        raise ValidationError(_(str(unfit))) from None
    except files.Unreachable as fault:
        current_app.logger.error("the store of files: %s", fault)
        raise ValidationError(_("The store of files does not answer. Try again later.")) from None
    name = "".join(c for c in sent.filename.replace("\\", "/").split("/")[-1] if c.isprintable())
    return Brought(sha256, name[-NAME:], asked)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="brought")


def token(brought: Brought) -> str:
    """What stands in the address of the preview."""
    told = [viewer().user_id, brought.sha256, brought.name, brought.asked]
    return str(_signer().dumps(told))


def of_token(text: str) -> Brought:
    """The file of a token; 404 where it is false, too old or another person's."""
    try:
        user_id, sha256, name, asked = _signer().loads(
            text, max_age=int(files.DECIDED_WITHIN.total_seconds())
        )
    except (BadSignature, ValueError, TypeError):
        abort(404)
    if user_id != viewer().user_id:
        abort(404)
    return Brought(sha256, name, asked)
