"""An opening is written once: the database itself refuses to change it, or to forget it."""

from django.db import migrations

FORWARDS = """
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON openings_opening FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON openings_opening FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
"""
BACKWARDS = "DROP TRIGGER written_once ON openings_opening; DROP TRIGGER not_emptied ON openings_opening;"


class Migration(migrations.Migration):
    dependencies = [("openings", "0001_initial"), ("journal", "0002_chain")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
