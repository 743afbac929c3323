"""The report of a certificate comes with its paper, and changes no more than it."""

from django.db import migrations

OWN = "ARRAY['state', 'paper', 'size', 'sha256', 'report', 'report_size', 'report_sha256']"
PAPERS = "paper, size, sha256, report, report_size, report_sha256"


def guard(free: str, kept: str) -> str:
    new, old = (", ".join(f"{row}.{name}" for name in kept.split(", ")) for row in ("NEW", "OLD"))
    return f"""
CREATE OR REPLACE FUNCTION keep_certificate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - {free}) <> (to_jsonb(OLD) - {free}) OR (OLD.paper <> '' AND ({new}) IS DISTINCT FROM ({old})) THEN
        RAISE EXCEPTION 'un certificat ne change que d''état';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("certificates", "0003_report")]
    operations = [
        migrations.RunSQL(guard(OWN, PAPERS), guard("ARRAY['state', 'paper', 'size', 'sha256']", "paper, size, sha256")),
    ]
