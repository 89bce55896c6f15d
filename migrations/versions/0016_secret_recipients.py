"""Secret recipients are known and sealed; the unread chased by level; files chosen to go along."""

import json
from collections import defaultdict

import sqlalchemy as sa
from alembic import op

from migrations.sealed import seal, unseal

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

MASKED = 'เอกสารลับ'
CLASSES = "secrecy IN ('secret', 'very_secret', 'top_secret')"
CLASSED = """
UPDATE distribution
SET secrecy = (SELECT secrecy FROM document WHERE document.id = distribution.document_id)
WHERE document_id IN (SELECT id FROM document WHERE secrecy IS NOT NULL)
"""
PAPER = sa.table('secret_paper', sa.column('document_id'), sa.column('recipients', sa.Text))
SENT = sa.table('distribution', sa.column('id'), sa.column('document_id'),
                sa.column('recipient', sa.String), sa.column('secrecy', sa.String))


def upgrade() -> None:
    whole = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    op.add_column('office_unit', sa.Column('email', sa.String(length=300), nullable=True))
    op.add_column('distribution', sa.Column('chased_level', whole, nullable=False, server_default='0'))
    op.add_column('distribution', sa.Column('files_left_out', sa.String(length=1000), nullable=True))
    op.add_column('assignment', sa.Column('files_along', sa.String(length=1000), nullable=True))
    op.add_column('distribution', sa.Column('secrecy', sa.String(length=32), nullable=True))
    op.execute(CLASSED)
    seal_names(op.get_bind())
    with op.batch_alter_table('distribution', schema=None, table_kwargs={'sqlite_autoincrement': True}, reflect_kwargs={'resolve_fks': False}) as batch_op:
        batch_op.create_check_constraint(op.f('ck_distribution_secrecy'), CLASSES)
        batch_op.create_check_constraint(op.f('ck_distribution_secret_is_masked'), f"secrecy IS NULL OR recipient = '{MASKED}'")


def downgrade() -> None:
    # The names stay sealed: 0012 reads them there too.
    with op.batch_alter_table('distribution', schema=None, table_kwargs={'sqlite_autoincrement': True}, reflect_kwargs={'resolve_fks': False}) as batch_op:
        batch_op.drop_constraint(op.f('ck_distribution_secret_is_masked'), type_='check')
        batch_op.drop_constraint(op.f('ck_distribution_secrecy'), type_='check')
        batch_op.drop_column('secrecy')
        batch_op.drop_column('chased_level')
        batch_op.drop_column('files_left_out')
    op.drop_column('assignment', 'files_along')
    op.drop_column('office_unit', 'email')


def seal_names(connection: sa.Connection) -> None:
    """Move every name that stands in the clear into the sealed paper of its document."""
    open_ = sa.select(SENT.c.id, SENT.c.document_id, SENT.c.recipient).where(
        SENT.c.secrecy.is_not(None), SENT.c.recipient != MASKED
    )
    names: dict[int, dict[str, str]] = defaultdict(dict)
    for key, document, name in connection.execute(open_):
        names[document][str(key)] = name
    for document, found in names.items():
        paper = PAPER.c.document_id == document
        kept = connection.execute(sa.select(PAPER.c.recipients).where(paper)).scalar_one()
        told = {**(json.loads(unseal(kept)) if kept else {}), **found}
        connection.execute(
            sa.update(PAPER).where(paper).values(recipients=seal(json.dumps(told, ensure_ascii=False)))
        )
        ids = [int(key) for key in found]
        connection.execute(sa.update(SENT).where(SENT.c.id.in_(ids)).values(recipient=MASKED))
