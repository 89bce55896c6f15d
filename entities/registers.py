"""Counters behind every gapless number, and the random ids of forms already sent."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from entities.base import Base, Id, Moment


class Plain(DeclarativeBase):
    """Tables that are no entities: no screen, no policy line, no version."""

    metadata = Base.metadata
    type_annotation_map = {int: Id, str: String(300), datetime: Moment()}


class Counter(Plain):
    """The last number given in one series; locked while a number is taken."""

    __tablename__ = "counter"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class Submission(Plain):
    """A form that was saved: its random id and the record it made."""

    __tablename__ = "submission"
    form_id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int | None]
    entity: Mapped[str]
    record_id: Mapped[int | None]
    at: Mapped[datetime]
