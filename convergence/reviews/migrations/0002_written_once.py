"""A section given back is given back: the database itself refuses to change who did, when, and what it came to."""

from django.db import migrations

FORWARDS = """
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON reviews_report FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON reviews_report FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
"""
BACKWARDS = "DROP TRIGGER written_once ON reviews_report; DROP TRIGGER not_emptied ON reviews_report;\n"


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_initial"), ("journal", "0002_chain")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
