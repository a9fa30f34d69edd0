"""Postgres itself refuses to change or delete what was written down."""

from django.db import migrations

STAND = """
CREATE FUNCTION staff_security_events_stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'security events are never changed' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER security_events_stand BEFORE UPDATE OR DELETE ON staff_securityevent
    FOR EACH ROW EXECUTE FUNCTION staff_security_events_stand();
"""
FALL = """
DROP TRIGGER security_events_stand ON staff_securityevent;
DROP FUNCTION staff_security_events_stand();
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_roles_and_security_events")]

    operations = [migrations.RunSQL(STAND, FALL)]
