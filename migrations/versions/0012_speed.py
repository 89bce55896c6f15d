"""Indexes with which lists and boards stay quick at a million documents and complaints."""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

KEPT = sa.text('removed_at IS NULL')
NEW = {
    'document': {'document_entry': [], 'document_province': ['province_id']},
    'distribution': {'distribution_unread_anywhere': ['acknowledged_at', 'sent_at']},
    'complaint': {
        'complaint_entry': [],
        'complaint_province': ['province_id'],
        'complaint_status': ['status', 'due_on'],
        'complaint_late': ['status', 'paused_on', 'due_on'],
        'complaint_province_late': ['province_id', 'status', 'paused_on', 'due_on'],
    },
    'assignment': {'assignment_province': ['province_id']},
}
CHANGED = {
    'complaint': ('complaint_quiet', ['status', 'quiet_since'],
                  ['province_id', 'status', 'quiet_since']),
    'assignment': ('assignment_complaint', ['complaint_id'], ['complaint_id', 'province_id']),
    'distribution': ('distribution_document', ['document_id'], ['document_id', 'province_id']),
    'document': ('document_answers', ['answers_id'], ['answers_id', 'province_id']),
}


def index(table: str, name: str, columns: list[str]) -> None:
    op.create_index(f'ix_{name}', table, [*columns, 'id', 'removed_at'],
                    sqlite_where=KEPT, postgresql_where=KEPT)


def upgrade() -> None:
    for table, (name, _old, new) in CHANGED.items():
        op.drop_index(f'ix_{name}', table)
        index(table, name, new)
    for table, indexes in NEW.items():
        for name, columns in indexes.items():
            index(table, name, columns)


def downgrade() -> None:
    for table, indexes in NEW.items():
        for name in indexes:
            op.drop_index(f'ix_{name}', table)
    for table, (name, old, _new) in CHANGED.items():
        op.drop_index(f'ix_{name}', table)
        index(table, name, old)
