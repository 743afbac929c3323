"""The words every room shares and no room owns: verdict, workflow, event, clock. No domain noun here."""
