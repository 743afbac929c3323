"""Sections of requirements are handed over one by one; what does not apply is said."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("candidatures", "0002_written_once"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Exemption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=61, verbose_name="exigence ou scénario")),
                ("text", models.TextField(max_length=2000, verbose_name="raison")),
                ("is_declared", models.BooleanField(default=True, verbose_name="déclaré")),
                ("saved_at", models.DateTimeField(verbose_name="enregistré le")),
            ],
            options={
                "verbose_name": "sans objet",
                "verbose_name_plural": "sans objet",
            },
        ),
        migrations.CreateModel(
            name="StepSection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=61, verbose_name="section")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "À compléter"),
                            ("submitted", "Soumise"),
                            ("changes_requested", "À corriger"),
                            ("accepted", "Acceptée"),
                        ],
                        default="open",
                        max_length=20,
                        verbose_name="état",
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="dans cet état depuis")),
            ],
            options={
                "verbose_name": "section d'exigences",
                "verbose_name_plural": "sections d'exigences",
                "ordering": ["pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="submission",
            name="submission_numbered",
        ),
        migrations.AddField(
            model_name="submission",
            name="section",
            field=models.CharField(blank=True, max_length=61, verbose_name="section"),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.UniqueConstraint(fields=("step", "section", "number"), name="submission_numbered"),
        ),
        migrations.AddField(
            model_name="exemption",
            name="saved_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="enregistré par"
            ),
        ),
        migrations.AddField(
            model_name="exemption",
            name="step",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="exemptions", to="candidatures.step", verbose_name="étape"
            ),
        ),
        migrations.AddField(
            model_name="stepsection",
            name="step",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="sections", to="candidatures.step", verbose_name="étape"
            ),
        ),
        migrations.AddConstraint(
            model_name="exemption",
            constraint=models.UniqueConstraint(fields=("step", "code"), name="exemption_once"),
        ),
        migrations.AddIndex(
            model_name="stepsection",
            index=models.Index(condition=models.Q(("state", "submitted")), fields=["since"], name="section_awaiting_the_agency"),
        ),
        migrations.AddConstraint(
            model_name="stepsection",
            constraint=models.UniqueConstraint(fields=("step", "code"), name="section_once"),
        ),
        migrations.AddConstraint(
            model_name="stepsection",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "submitted", "changes_requested", "accepted"])), name="section_state_known"
            ),
        ),
    ]
