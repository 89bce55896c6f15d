"""What hangs on a document or a case is found by an index; so are reminders of a province."""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

KEPT = 'removed_at IS NULL'
OWNERS = (
    'order', 'agenda_item', 'meeting', 'request_item', 'project', 'progress_report', 'document',
    'complaint', 'complaint_update',
)
NEW = {
    'reminder': ('reminder_complaint', 'complaint_id'),
    'complaint_link': ('complaint_link_other', 'other_id'),
    'fact_finding': ('fact_finding_complaint', 'complaint_id'),
    'loan': ('loan_document', 'document_id'),
    'destruction_item': ('destruction_item_document', 'document_id'),
}
CHANGED = (
    ('complaint', 'complaint_source', ['source_document_id'], ['source_document_id', 'province_id']),
    ('complaint', 'complaint_answer', ['answer_document_id'], ['answer_document_id', 'province_id']),
    ('assignment', 'assignment_quiet', ['status', 'quiet_since'],
     ['province_id', 'status', 'quiet_since']),
)


def index(table: str, name: str, columns: list[str], condition: str = KEPT) -> None:
    where = sa.text(condition)
    op.create_index(f'ix_{name}', table, [*columns, 'id', 'removed_at'],
                    sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    for table, name, _old, new in CHANGED:
        op.drop_index(f'ix_{name}', table)
        index(table, name, new)
    for table, (name, column) in NEW.items():
        index(table, name, [column, 'province_id'])
    for owner in OWNERS:
        column = f'{owner}_id'
        index('attachment', f'attachment_{owner}', [column], f'{KEPT} AND {column} IS NOT NULL')


def downgrade() -> None:
    for owner in OWNERS:
        op.drop_index(f'ix_attachment_{owner}', 'attachment')
    for table, (name, _column) in NEW.items():
        op.drop_index(f'ix_{name}', table)
    for table, name, old, _new in CHANGED:
        op.drop_index(f'ix_{name}', table)
        index(table, name, old)
