"""Public references come from a sequence of their own."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE catalogue_reference START WITH 1000", "DROP SEQUENCE catalogue_reference"),
    ]
