"""The documents of a province in one state are counted and put in order by an index."""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

COLUMNS = ['province_id', 'status', 'registered_at', 'id', 'removed_at']
KEPT = 'removed_at IS NULL'


def upgrade() -> None:
    op.create_index('ix_document_state', 'document', COLUMNS,
                    sqlite_where=sa.text(KEPT), postgresql_where=sa.text(KEPT))


def downgrade() -> None:
    op.drop_index('ix_document_state', 'document')
