"""What was said, attached or noted is written once: the database itself refuses to change it."""

from django.db import migrations

TABLES = ("messaging_message", "messaging_attachment", "messaging_note")

FORWARDS = "".join(
    f"""
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
"""
    for table in TABLES
)
BACKWARDS = "".join(f"DROP TRIGGER written_once ON {table}; DROP TRIGGER not_emptied ON {table};\n" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial"), ("journal", "0002_chain")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
