"""Add hot issues"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('hot_issue_marks',
    sa.Column('mark', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('entry', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('mark', 'entry', name=op.f('pk_hot_issue_marks')),
    sqlite_with_rowid=False
    )
    op.create_table('hot_issues',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('heat', sa.Double(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hot_issues')),
    sa.UniqueConstraint('number', name=op.f('uq_hot_issues_number'))
    )
    with op.batch_alter_table('hot_issues', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hot_issues_last_at'), ['last_at'], unique=False)
        batch_op.create_index('ix_hot_issues_list', ['heat', 'last_at'], unique=False)

    op.create_table('hot_issue_messages',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('issue_id', sa.Uuid(), nullable=True),
    sa.Column('district', sa.String(length=20), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('words', sa.JSON(), nullable=False),
    sa.Column('places', sa.JSON(), nullable=False),
    sa.Column('same_as', sa.BigInteger(), nullable=True),
    sa.Column('closeness', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['district'], ['departments.code'], name=op.f('fk_hot_issue_messages_district_departments')),
    sa.ForeignKeyConstraint(['issue_id'], ['hot_issues.id'], name=op.f('fk_hot_issue_messages_issue_id_hot_issues')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_hot_issue_messages_message_id_messages')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hot_issue_messages')),
    sa.UniqueConstraint('message_id', name=op.f('uq_hot_issue_messages_message_id'))
    )
    with op.batch_alter_table('hot_issue_messages', schema=None) as batch_op:
        batch_op.create_index('ix_hot_issue_messages_issue', ['issue_id', 'received_at'], unique=False)
        batch_op.create_index('ix_hot_issue_messages_time', ['received_at'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('hot_issue_messages', schema=None) as batch_op:
        batch_op.drop_index('ix_hot_issue_messages_time')
        batch_op.drop_index('ix_hot_issue_messages_issue')

    op.drop_table('hot_issue_messages')
    with op.batch_alter_table('hot_issues', schema=None) as batch_op:
        batch_op.drop_index('ix_hot_issues_list')
        batch_op.drop_index(batch_op.f('ix_hot_issues_last_at'))

    op.drop_table('hot_issues')
    op.drop_table('hot_issue_marks')
