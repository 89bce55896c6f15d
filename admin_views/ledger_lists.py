"""Tabs whose condition is no filter on one column: they stand in the address as `only=name`."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from sqlalchemy import ColumnElement
from werkzeug.datastructures import MultiDict

from admin_views import lists
from admin_views.words import said
from entities.base import Text

Tab = tuple[Text, Callable[[], ColumnElement[bool]]]


class NamedTabs:
    """A list that knows conditions by name; mixed in before `EntityView`."""

    named: ClassVar[dict[str, Tab]] = {}

    def read(self, args: MultiDict[str, str], usual: Sequence[str] = ()) -> lists.State:
        """The state that an address asks for, with the named condition among its filters."""
        state: Any = super().read(args, usual)  # type: ignore[misc]
        name = args.get("only", "")
        if name in self.named:
            label, where = self.named[name]
            state.filters.append(lists.Filter("only", "", name, where(), said(label)))
        return state  # type: ignore[no-any-return]
