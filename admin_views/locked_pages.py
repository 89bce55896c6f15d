"""Pages of what belongs to a meeting: read, and no longer edited, once its minutes are certified."""

from typing import Any

from flask_admin import expose

from admin_views.base import EntityView
from admin_views.verbs import do
from rules import certified


class LockedPages(EntityView):
    """The form of a locked record is not offered; who asks for it by its address is told why."""

    def record_acts(self, record: Any) -> list[dict[str, Any]]:
        return [] if certified.closed(record) else super().record_acts(record)

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        record = self.record()
        self.require("edit", record)
        meeting = certified.closed(record)
        if meeting is not None:
            return do(self, record, lambda: certified.refuse(meeting))
        return super().edit_view()
