from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('printers', '0002_papers_by_time'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='printjob',
            index=models.Index(condition=models.Q(('ended_at__isnull', False)), fields=['hall', 'printer', 'id'], name='jobs_of_a_printer'),
        ),
    ]
