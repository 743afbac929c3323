"""A validation is written once: the database itself refuses to change it."""

from django.db import migrations

FORWARDS = """
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON assessments_validation
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON assessments_validation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
"""
BACKWARDS = """
DROP TRIGGER written_once ON assessments_validation;
DROP TRIGGER not_emptied ON assessments_validation;
"""


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial"), ("journal", "0002_chain")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
