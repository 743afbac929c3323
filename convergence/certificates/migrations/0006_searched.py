"""What the directory looks in is kept, folded. The certificates of before are read again: the guard of what never changes is lifted for that."""

from django.db import migrations, models

from foundation.core.words import fold

LIFTED = "ALTER TABLE certificates_certificate {} TRIGGER kept_as_issued"


def fill(apps, editor):
    certificates = apps.get_model("certificates", "Certificate").objects
    for one in certificates.iterator(chunk_size=1000):
        words = (one.number, one.listing, one.product, one.version, one.company, one.siren)
        certificates.filter(pk=one.pk).update(searched=fold(" ".join(filter(None, words))))


class Migration(migrations.Migration):
    dependencies = [("candidatures", "0004_deadlines"), ("certificates", "0005_declared_change")]

    operations = [
        migrations.RemoveIndex(model_name="certificate", name="certificate_latest"),
        migrations.AddField(
            model_name="certificate",
            name="searched",
            field=models.TextField(default="", verbose_name="mots cherchés"),
        ),
        migrations.RunSQL(LIFTED.format("DISABLE"), LIFTED.format("ENABLE")),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(LIFTED.format("ENABLE"), LIFTED.format("DISABLE")),
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                fields=["-issued_on", "-id"],
                include=("state", "valid_until", "track", "procedure_code", "searched"),
                name="certificate_directory",
            ),
        ),
    ]
