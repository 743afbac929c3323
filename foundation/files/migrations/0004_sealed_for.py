"""For which keys a file was sealed is part of what was received: it never changes either."""

from django.db import migrations, models

KEEP = """
CREATE OR REPLACE FUNCTION keep_as_received() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR (NEW.reference, NEW.company_id, NEW.about, NEW.name, NEW.size, NEW.sha256, NEW.key, NEW.deposited_by_id, NEW.deposited_at{new})
        IS DISTINCT FROM
        (OLD.reference, OLD.company_id, OLD.about, OLD.name, OLD.size, OLD.sha256, OLD.key, OLD.deposited_by_id, OLD.deposited_at{old})
    THEN
        RAISE EXCEPTION 'a file is kept as it was received' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""
FORWARDS = KEEP.format(new=", NEW.sealed_for", old=", OLD.sealed_for")
BACKWARDS = KEEP.format(new="", old="")


class Migration(migrations.Migration):
    dependencies = [("files", "0003_erased")]
    operations = [
        migrations.AddField("storedfile", "sealed_for", models.JSONField("scellé pour", default=list)),
        migrations.AddField("upload", "sealed_for", models.JSONField("scellé pour", default=list)),
        migrations.AddIndex("storedfile", models.Index(fields=["company"], name="file_sealed", condition=models.Q(("sealed", True)))),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
