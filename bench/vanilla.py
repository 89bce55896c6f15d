"""Vanilla Flask-Admin over the same rows: the stock view with the settings anybody would give it.

It has a CSRF token and, for the district, Flask-Admin's own lookup instead of a select of
928 options; no sign-in, no rights, no audit. Its lists are ordered by the key, which is the
cheapest order it has.
"""

import os
import sys

sys.modules["flask_babel"] = None  # type: ignore[assignment]  # untranslated it is faster

from flask import Flask  # noqa: E402
from flask_admin import Admin  # noqa: E402
from flask_admin.contrib.sqla import ModelView  # noqa: E402
from flask_admin.form import SecureForm  # noqa: E402
from flask_sqlalchemy import SQLAlchemy  # noqa: E402
from sqlalchemy import BigInteger, Date, ForeignKey, String, Text  # noqa: E402
from sqlalchemy.orm import Mapped, mapped_column, relationship  # noqa: E402

LISTED = [
    "number", "subject", "status", "sector", "district", "complainant", "officer", "amount",
    "received_on", "due_on",
]  # fmt: skip
FORM = ["number", "province", "subject", "detail", *LISTED[2:], "phone", "closed_on"]

db = SQLAlchemy()


class Province(db.Model):  # type: ignore[name-defined, misc]
    """A province."""

    __tablename__ = "province"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(300))

    def __str__(self) -> str:
        return self.name


class District(db.Model):  # type: ignore[name-defined, misc]
    """A district."""

    __tablename__ = "district"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(300))

    def __str__(self) -> str:
        return self.name


class Case(db.Model):  # type: ignore[name-defined, misc]
    """The same table as `bench.entity.BenchCase`."""

    __tablename__ = "bench_case"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    number: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(300))
    detail: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(32))
    sector: Mapped[str] = mapped_column(String(32))
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    district: Mapped[District] = relationship()
    complainant: Mapped[str] = mapped_column(String(300))
    phone: Mapped[str | None] = mapped_column(String(300))
    officer: Mapped[str | None] = mapped_column(String(300))
    amount: Mapped[int | None] = mapped_column(BigInteger)
    received_on: Mapped[object] = mapped_column(Date)
    due_on: Mapped[object | None] = mapped_column(Date)
    closed_on: Mapped[object | None] = mapped_column(Date)
    province_id: Mapped[int] = mapped_column(ForeignKey("province.id"))
    province: Mapped[Province] = relationship()

    def __str__(self) -> str:
        return self.number


class CaseView(ModelView):
    """What the office would write without this product."""

    form_base_class = SecureForm
    can_view_details = True
    column_list = LISTED
    column_searchable_list = ["number", "subject", "detail"]
    column_filters = ["province_id", "status", "sector", "received_on", "due_on"]
    column_sortable_list = ["id", "received_on"]
    column_default_sort = ("id", True)
    page_size = 50
    named_filter_urls = True
    form_columns = FORM
    form_ajax_refs = {"district": {"fields": ("name",), "page_size": 20}}


def served() -> Flask:
    """The application that gunicorn serves."""
    app = Flask(__name__)
    app.config |= {
        "SECRET_KEY": "bench",
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{os.environ['BENCH_VANILLA']}",
    }
    db.init_app(app)
    admin = Admin(app, name="vanilla")
    admin.add_view(CaseView(Case, db, endpoint="case"))
    return app
