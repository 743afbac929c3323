"""What was received never changes: the database itself refuses to change it, or to forget that it came."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION keep_as_received() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR (NEW.reference, NEW.company_id, NEW.about, NEW.name, NEW.size, NEW.sha256, NEW.key, NEW.deposited_by_id, NEW.deposited_at)
        IS DISTINCT FROM
        (OLD.reference, OLD.company_id, OLD.about, OLD.name, OLD.size, OLD.sha256, OLD.key, OLD.deposited_by_id, OLD.deposited_at)
    THEN
        RAISE EXCEPTION 'a file is kept as it was received' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kept_as_received BEFORE UPDATE OR DELETE ON files_storedfile
    FOR EACH ROW EXECUTE FUNCTION keep_as_received();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON files_storedfile
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
"""
BACKWARDS = """
DROP TRIGGER kept_as_received ON files_storedfile;
DROP TRIGGER not_emptied ON files_storedfile;
DROP FUNCTION keep_as_received();
"""


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial"), ("journal", "0002_chain")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
