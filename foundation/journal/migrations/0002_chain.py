"""The database itself numbers, chains and protects the journal; and lends the same protection to other tables."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION journal_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last journal_entry%ROWTYPE;
BEGIN
    -- one writer at a time, held to the end of the transaction: positions have no gap and no fork
    PERFORM pg_advisory_xact_lock(7460010001);
    SELECT * INTO last FROM journal_entry ORDER BY position DESC LIMIT 1;
    NEW.position := coalesce(last.position, 0) + 1;
    NEW.previous := coalesce(last.hash, repeat('0', 64));
    NEW.hash := encode(sha256(convert_to(NEW.previous || E'\\n' || NEW.position || E'\\n' || NEW.body, 'UTF8')), 'hex');
    RETURN NEW;
END $$;

CREATE FUNCTION journal_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.details IS NULL AND NEW.salt IS NULL
       AND (NEW.position, NEW.at, NEW.kind, NEW.by, NEW.company, NEW.about, NEW.body, NEW.previous, NEW.hash)
           IS NOT DISTINCT FROM
           (OLD.position, OLD.at, OLD.kind, OLD.by, OLD.company, OLD.about, OLD.body, OLD.previous, OLD.hash)
    THEN RETURN NEW;  -- erasing personal details keeps their digest, hence the chain
    END IF;
    RAISE EXCEPTION 'journal_entry is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- for any table whose rows are written once and never again
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is written once', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- emptying a table is refused as well, except in a database that declares itself scratch (the tests')
CREATE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('convergence.scratch', true), '') <> 'on' THEN
        RAISE EXCEPTION '% may not be emptied', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER journal_chain BEFORE INSERT ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_chain();
CREATE TRIGGER journal_keep BEFORE UPDATE OR DELETE ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_keep();
CREATE TRIGGER journal_truncate BEFORE TRUNCATE ON journal_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
"""

BACKWARDS = """
DROP TRIGGER journal_truncate ON journal_entry;
DROP TRIGGER journal_keep ON journal_entry;
DROP TRIGGER journal_chain ON journal_entry;
DROP FUNCTION refuse_truncate;
DROP FUNCTION refuse_change;
DROP FUNCTION journal_keep;
DROP FUNCTION journal_chain;
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
