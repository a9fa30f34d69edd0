"""Versions of each diary and of the catalogue, written by triggers on what decides them."""

from django.db import migrations, models

TABLES = (
    "availability_weeklyhours",
    "availability_differenthours",
    "availability_timeoff",
    "availability_service",
)
FUNCTION = """
CREATE SEQUENCE availability_diary_versions;
CREATE FUNCTION availability_touch_diary() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO availability_diaryversion (therapist_id, version)
    SELECT therapist_id, nextval('availability_diary_versions')
    FROM (SELECT DISTINCT therapist_id FROM touched ORDER BY therapist_id) AS diaries
    ON CONFLICT (therapist_id) DO UPDATE SET version = EXCLUDED.version;
    RETURN NULL;
END $$;
"""
# An update is both sides: a row may move to another therapist.
EVENTS = (("insert", "NEW"), ("update", "NEW"), ("update", "OLD"), ("delete", "OLD"))


# What the pages say of services is one thing: row 0.
CATALOGUE = ("availability_service", "availability_therapist", "availability_practice")
CATALOGUE_FUNCTION = """
CREATE FUNCTION availability_touch_catalogue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO availability_diaryversion (therapist_id, version)
    VALUES (0, nextval('availability_diary_versions'))
    ON CONFLICT (therapist_id) DO UPDATE SET version = EXCLUDED.version;
    RETURN NULL;
END $$;
"""


def catalogue_trigger(table: str) -> migrations.RunSQL:
    """Return the operation that makes every change of `table` touch the catalogue."""
    return migrations.RunSQL(
        f"CREATE TRIGGER touch_catalogue AFTER INSERT OR UPDATE OR DELETE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION availability_touch_catalogue();",
        f"DROP TRIGGER touch_catalogue ON {table};",
    )


def triggers(table: str) -> migrations.RunSQL:
    """Return the operation that makes every change of `table` touch the diaries it concerns.

    Once a statement, however many rows it changes.
    """
    names = [(f"touch_diary_{event}_{side.lower()}", event, side) for event, side in EVENTS]
    make = [
        f"CREATE TRIGGER {name} AFTER {event.upper()} ON {table}"
        f" REFERENCING {side} TABLE AS touched"
        " FOR EACH STATEMENT EXECUTE FUNCTION availability_touch_diary();"
        for name, event, side in names
    ]
    drop = [f"DROP TRIGGER {name} ON {table};" for name, _, _ in names]
    return migrations.RunSQL("\n".join(make), "\n".join(drop))


class Migration(migrations.Migration):
    dependencies = [("availability", "0001_practice")]

    operations = [
        migrations.CreateModel(
            name="DiaryVersion",
            fields=[
                ("therapist_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("version", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(
            FUNCTION,
            "DROP FUNCTION availability_touch_diary(); DROP SEQUENCE availability_diary_versions;",
        ),
        migrations.RunSQL(CATALOGUE_FUNCTION, "DROP FUNCTION availability_touch_catalogue();"),
        *map(triggers, TABLES),
        *map(catalogue_trigger, CATALOGUE),
    ]
