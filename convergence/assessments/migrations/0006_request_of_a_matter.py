"""A request is about the answers or the targets; one sent back says whether something came after it."""

from django.conf import settings
from django.db import migrations, models

FOLLOWED = """
UPDATE assessments_validationrequest request SET followed_at = later.at
FROM (
    SELECT sent.id, least(
        (SELECT min(other.requested_at) FROM assessments_validationrequest other
         WHERE other.assessment_id = sent.assessment_id AND other.id > sent.id),
        (SELECT min(validation.validated_at) FROM assessments_validation validation
         WHERE validation.assessment_id = sent.assessment_id AND validation.validated_at >= sent.settled_at)) AS at
    FROM assessments_validationrequest sent WHERE sent.state = 'sent_back'
) later
WHERE later.id = request.id AND later.at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0005_folder"),
        ("catalogue", "0003_one_global_strategy"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="validationrequest",
            name="request_one_pending",
        ),
        migrations.AddField(
            model_name="validationrequest",
            name="followed_at",
            field=models.DateTimeField(null=True, verbose_name="suite donnée le"),
        ),
        migrations.AddField(
            model_name="validationrequest",
            name="matter",
            field=models.CharField(
                choices=[("answers", "évaluation"), ("targets", "projection")], default="answers", max_length=20, verbose_name="objet"
            ),
        ),
        migrations.RunSQL(FOLLOWED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="validationrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "pending")), fields=("assessment", "matter"), name="request_one_pending"
            ),
        ),
        migrations.AddConstraint(
            model_name="validationrequest",
            constraint=models.CheckConstraint(condition=models.Q(("matter__in", ["answers", "targets"])), name="request_matter_known"),
        ),
        migrations.AddConstraint(
            model_name="validationrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("followed_at", None), ("state", "sent_back"), _connector="OR"), name="request_followed_once_sent_back"
            ),
        ),
    ]
