"""An opinion given is written once: the database itself refuses to change it."""

from django.db import migrations

FORWARDS = """
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON advice_opinion FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON advice_opinion FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
"""
BACKWARDS = "DROP TRIGGER written_once ON advice_opinion; DROP TRIGGER not_emptied ON advice_opinion;"


class Migration(migrations.Migration):
    dependencies = [("advice", "0001_initial"), ("journal", "0002_chain")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
