"""What was published is never changed, only superseded: the database itself refuses."""

from django.db import migrations

TABLES = ("help_helpedition", "help_helpfacets")


def forwards(table: str) -> str:
    return (
        f"CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();"
        f"CREATE TRIGGER not_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();"
    )


def backwards(table: str) -> str:
    return f"DROP TRIGGER written_once ON {table}; DROP TRIGGER not_emptied ON {table};"


class Migration(migrations.Migration):
    dependencies = [("help", "0001_initial"), ("journal", "0002_chain")]
    operations = [migrations.RunSQL(forwards(table), backwards(table)) for table in TABLES]
