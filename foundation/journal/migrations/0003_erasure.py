"""Erasing details really is allowed: `by` is a keyword of PL/pgSQL, and unquoted it made every change fail, that one too."""

from django.db import migrations

KEEP = """
CREATE OR REPLACE FUNCTION journal_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.details IS NULL AND NEW.salt IS NULL
       AND (NEW.position, NEW.at, NEW.kind, NEW.{by}, NEW.company, NEW.about, NEW.body, NEW.previous, NEW.hash)
           IS NOT DISTINCT FROM
           (OLD.position, OLD.at, OLD.kind, OLD.{by}, OLD.company, OLD.about, OLD.body, OLD.previous, OLD.hash)
    THEN RETURN NEW;  -- erasing personal details keeps their digest, hence the chain
    END IF;
    RAISE EXCEPTION 'journal_entry is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_chain")]
    operations = [migrations.RunSQL(KEEP.format(by='"by"'), KEEP.format(by="by"))]
