"""The life of a certificate is written once, and what it says never changes: the database itself refuses it. Its state does, and its paper comes."""

from django.db import migrations

FORWARDS = """
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON certificates_episode FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON certificates_episode FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
CREATE FUNCTION keep_certificate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - 'state' - 'paper' - 'size' - 'sha256') <> (to_jsonb(OLD) - 'state' - 'paper' - 'size' - 'sha256')
        OR (OLD.paper <> '' AND (NEW.paper, NEW.size, NEW.sha256) IS DISTINCT FROM (OLD.paper, OLD.size, OLD.sha256)) THEN
        RAISE EXCEPTION 'un certificat ne change que d''état';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kept_as_issued BEFORE UPDATE OR DELETE ON certificates_certificate FOR EACH ROW EXECUTE FUNCTION keep_certificate();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON certificates_certificate FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
"""
BACKWARDS = """
DROP TRIGGER written_once ON certificates_episode;
DROP TRIGGER not_emptied ON certificates_episode;
DROP TRIGGER kept_as_issued ON certificates_certificate;
DROP TRIGGER not_emptied ON certificates_certificate;
DROP FUNCTION keep_certificate();
"""


class Migration(migrations.Migration):
    dependencies = [("certificates", "0001_initial"), ("journal", "0002_chain")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
