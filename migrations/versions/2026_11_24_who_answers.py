"""who answers"""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# The trail and its seals are only ever added to; the database itself refuses anything else.
REFUSED = {
    "sqlite": [
        f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table}: rows are only added'); END"
        for table in ("audit_rows", "seals")
        for what in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE FUNCTION only_added() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%: rows are only added', TG_TABLE_NAME; END $$",
        *(
            f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION only_added()"
            for table in ("audit_rows", "seals")
        ),
    ],
}
ALLOWED = {
    "sqlite": [
        f"DROP TRIGGER {table}_no_{what}"
        for table in ("audit_rows", "seals")
        for what in ("update", "delete")
    ],
    "postgresql": [
        "DROP TRIGGER audit_rows_only_added ON audit_rows",
        "DROP TRIGGER seals_only_added ON seals",
        "DROP FUNCTION only_added()",
    ],
}


def _chains_from_links() -> None:
    """Make a chain of the links of each unit and domain; until now they stood alone."""
    bind = op.get_bind()
    old = bind.execute(sa.text("SELECT unit_id, domain_id, role, post_id FROM chain_links ORDER BY id")).all()
    op.drop_table("chain_links")
    links = op.create_table(
        "chain_links",
        sa.Column("id", BIG, nullable=False),
        sa.Column("chain_id", BIG, nullable=False),
        sa.Column("position", BIG, nullable=False),
        sa.Column("level", BIG, nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=32), nullable=False),
        sa.Column("post_id", BIG, nullable=True),
        sa.Column("body_id", BIG, nullable=True),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["units.id"], name=op.f("fk_chain_links_body_id")),
        sa.ForeignKeyConstraint(["chain_id"], ["chains.id"], name=op.f("fk_chain_links_chain_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_chain_links_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_links")),
    )
    op.create_index("ix_chain_links_chain_id", "chain_links", ["chain_id"], unique=False)
    chains = sa.table(
        "chains",
        *(sa.column(name) for name in ("unit_id", "domain_id", "name", "document", "version")),
        sa.column("id", BIG),
        sa.column("from_day", sa.Date()),
    )
    by_chain: dict[tuple[int, int | None], list[tuple[str, int]]] = {}
    for unit_id, domain_id, role, post_id in old:
        by_chain.setdefault((unit_id, domain_id), []).append((role, post_id))
    for number, ((unit_id, domain_id), members) in enumerate(by_chain.items(), start=1):
        bind.execute(
            chains.insert().values(
                unit_id=unit_id,
                domain_id=domain_id,
                name="责任链",
                document="",
                version=1,
                from_day=date(2000, 1, 1),
            )
        )
        bind.execute(
            links.insert(),
            [
                {"chain_id": number, "position": place, "level": place + 1, "role": role}
                | {"rule": "post", "post_id": post_id, "title": ""}
                for place, (role, post_id) in enumerate(members)
            ],
        )


def _links_from_chains() -> None:
    """Keep the links that name a post of a unit's open chain; the older form knows no others."""
    bind = op.get_bind()
    kept = bind.execute(
        sa.text(
            "SELECT chains.unit_id, chains.domain_id, chain_links.role, chain_links.post_id FROM chain_links"
            " JOIN chains ON chains.id = chain_links.chain_id WHERE chains.unit_id IS NOT NULL"
            " AND chains.to_day IS NULL AND chain_links.post_id IS NOT NULL"
            " AND chain_links.role IN ('first_responsible', 'supervising') ORDER BY chain_links.id"
        )
    ).all()
    op.drop_table("chain_links")
    links = op.create_table(
        "chain_links",
        sa.Column("id", BIG, nullable=False),
        sa.Column("unit_id", BIG, nullable=False),
        sa.Column("domain_id", BIG, nullable=True),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("post_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["domain_id"], ["duty_domains.id"], name=op.f("fk_chain_links_domain_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_chain_links_post_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_chain_links_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_links")),
    )
    op.create_index("ix_chain_links_unit_id", "chain_links", ["unit_id"], unique=False)
    if kept:
        bind.execute(links.insert(), [dict(row._mapping) for row in kept])


def upgrade() -> None:
    op.create_table(
        "seals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seals")),
        sa.UniqueConstraint("last_id", name=op.f("uq_seals_last_id")),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name_digest", sa.String(length=64), nullable=False),
        sa.Column("network", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failures")),
    )
    with op.batch_alter_table("sign_in_failures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_failures_at"), ["at"], unique=False)
        batch_op.create_index(
            "ix_sign_in_failures_name_network", ["name_digest", "network", "at"], unique=False
        )
        batch_op.create_index("ix_sign_in_failures_network", ["network", "at"], unique=False)

    op.create_table(
        "chains",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("domain_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("to_day IS NULL OR to_day >= from_day", name=op.f("ck_chains_days_in_order")),
        sa.ForeignKeyConstraint(["domain_id"], ["duty_domains.id"], name=op.f("fk_chains_domain_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_chains_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chains")),
    )
    with op.batch_alter_table("chains", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chains_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "one_time_secrets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_one_time_secrets_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_secrets")),
        sa.UniqueConstraint("digest", name=op.f("uq_one_time_secrets_digest")),
    )
    with op.batch_alter_table("one_time_secrets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_secrets_account_id"), ["account_id"], unique=False)

    op.create_table(
        "stand_ins",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("principal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("deputy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("briefed_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("overridden_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("override_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("principal_id <> deputy_id", name=op.f("ck_stand_ins_two_people")),
        sa.CheckConstraint("to_day >= from_day", name=op.f("ck_stand_ins_days_in_order")),
        sa.ForeignKeyConstraint(["deputy_id"], ["people.id"], name=op.f("fk_stand_ins_deputy_id")),
        sa.ForeignKeyConstraint(
            ["overridden_by_id"], ["people.id"], name=op.f("fk_stand_ins_overridden_by_id")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_stand_ins_post_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["people.id"], name=op.f("fk_stand_ins_principal_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["people.id"], name=op.f("fk_stand_ins_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stand_ins")),
    )
    with op.batch_alter_table("stand_ins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stand_ins_deputy_id"), ["deputy_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stand_ins_principal_id"), ["principal_id"], unique=False)

    op.create_table(
        "opening_figures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("year", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("domain_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["domain_id"], ["duty_domains.id"], name=op.f("fk_opening_figures_domain_id")
        ),
        sa.ForeignKeyConstraint(["kind_id"], ["act_kinds.id"], name=op.f("fk_opening_figures_kind_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_opening_figures_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_figures")),
        sa.UniqueConstraint(
            "unit_id",
            "year",
            "kind_id",
            "domain_id",
            name=op.f("uq_opening_figures_unit_id_year_kind_id_domain_id"),
        ),
    )
    with op.batch_alter_table("opening_figures", schema=None) as batch_op:
        batch_op.create_index(
            "uq_opening_figures_no_domain",
            ["unit_id", "year", "kind_id"],
            unique=True,
            sqlite_where=sa.text("domain_id IS NULL"),
            postgresql_where=sa.text("domain_id IS NULL"),
        )

    op.create_table(
        "standing_duties",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("duty_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("domain_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("times", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("every", sa.String(length=32), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint("times > 0", name=op.f("ck_standing_duties_asks_for_something")),
        sa.ForeignKeyConstraint(
            ["domain_id"], ["duty_domains.id"], name=op.f("fk_standing_duties_domain_id")
        ),
        sa.ForeignKeyConstraint(["duty_id"], ["duties.id"], name=op.f("fk_standing_duties_duty_id")),
        sa.ForeignKeyConstraint(["kind_id"], ["act_kinds.id"], name=op.f("fk_standing_duties_kind_id")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_standing_duties_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_duties")),
    )
    with op.batch_alter_table("standing_duties", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_duties_post_id"), ["post_id"], unique=False)

    op.create_table(
        "act_files",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("act_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["acts.id"], name=op.f("fk_act_files_act_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_act_files_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act_files")),
    )
    with op.batch_alter_table("act_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_act_files_act_id"), ["act_id"], unique=False)

    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("keeper_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("granted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("totp_secret", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("totp_last_step", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("last_seen_on", sa.Date(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_accounts_keeper_id"), ["keeper_id"])
        batch_op.create_foreign_key(batch_op.f("fk_accounts_keeper_id"), "people", ["keeper_id"], ["id"])

    with op.batch_alter_table("acts", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_foreign_key(batch_op.f("fk_acts_report_id"), "reports", ["report_id"], ["id"])

    _chains_from_links()

    with op.batch_alter_table("duties", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ended_on", sa.Date(), nullable=True))

    with op.batch_alter_table("duty_domains", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_foreign_key(batch_op.f("fk_duty_domains_unit_id"), "units", ["unit_id"], ["id"])

    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("secrecy", sa.String(length=32), nullable=False, server_default="open"))

    with op.batch_alter_table("holdings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("acting", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ended_on", sa.Date(), nullable=True))

    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.add_column(sa.Column("on_phone", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("address", sa.String(length=64), nullable=False, server_default=""))

    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("secrecy", sa.String(length=32), nullable=False, server_default="open"))
    op.execute("UPDATE accounts SET granted_at = made_at, password_set_at = made_at")
    for refused in REFUSED[op.get_bind().dialect.name]:
        op.execute(refused)


def downgrade() -> None:
    for allowed in ALLOWED[op.get_bind().dialect.name]:
        op.execute(allowed)
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_column("secrecy")

    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.drop_column("address")
        batch_op.drop_column("on_phone")

    with op.batch_alter_table("posts", schema=None) as batch_op:
        batch_op.drop_column("ended_on")

    with op.batch_alter_table("holdings", schema=None) as batch_op:
        batch_op.drop_column("acting")

    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_column("secrecy")

    with op.batch_alter_table("duty_domains", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_duty_domains_unit_id"), type_="foreignkey")
        batch_op.drop_column("unit_id")

    with op.batch_alter_table("duties", schema=None) as batch_op:
        batch_op.drop_column("ended_on")

    _links_from_chains()

    with op.batch_alter_table("acts", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_acts_report_id"), type_="foreignkey")
        batch_op.drop_column("report_id")

    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_accounts_keeper_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_accounts_keeper_id"), type_="unique")
        batch_op.drop_column("last_seen_on")
        batch_op.drop_column("totp_last_step")
        batch_op.drop_column("totp_confirmed_at")
        batch_op.drop_column("totp_secret")
        batch_op.drop_column("password_set_at")
        batch_op.drop_column("granted_at")
        batch_op.drop_column("keeper_id")

    with op.batch_alter_table("act_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_act_files_act_id"))

    op.drop_table("act_files")
    with op.batch_alter_table("standing_duties", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standing_duties_post_id"))

    op.drop_table("standing_duties")
    with op.batch_alter_table("opening_figures", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_opening_figures_no_domain",
            sqlite_where=sa.text("domain_id IS NULL"),
            postgresql_where=sa.text("domain_id IS NULL"),
        )

    op.drop_table("opening_figures")
    with op.batch_alter_table("stand_ins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stand_ins_principal_id"))
        batch_op.drop_index(batch_op.f("ix_stand_ins_deputy_id"))

    op.drop_table("stand_ins")
    with op.batch_alter_table("one_time_secrets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_one_time_secrets_account_id"))

    op.drop_table("one_time_secrets")
    with op.batch_alter_table("chains", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_chains_unit_id"))

    op.drop_table("chains")
    with op.batch_alter_table("sign_in_failures", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_failures_network")
        batch_op.drop_index("ix_sign_in_failures_name_network")
        batch_op.drop_index(batch_op.f("ix_sign_in_failures_at"))

    op.drop_table("sign_in_failures")
    op.drop_table("seals")
