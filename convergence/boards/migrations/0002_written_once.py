"""What a session came to is written once: the database itself refuses to change it."""

from django.db import migrations

FORWARDS = """
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON boards_outcome FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON boards_outcome FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
"""
BACKWARDS = "DROP TRIGGER written_once ON boards_outcome; DROP TRIGGER not_emptied ON boards_outcome;"


class Migration(migrations.Migration):
    dependencies = [("boards", "0001_initial"), ("journal", "0002_chain")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
