"""A validated projection is written once: the database itself refuses to change it."""

from django.db import migrations

FORWARDS = """
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON projections_projectionvalidation
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON projections_projectionvalidation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
"""
BACKWARDS = """
DROP TRIGGER written_once ON projections_projectionvalidation;
DROP TRIGGER not_emptied ON projections_projectionvalidation;
"""


class Migration(migrations.Migration):
    dependencies = [("projections", "0001_initial"), ("journal", "0002_chain")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
