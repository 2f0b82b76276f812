import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('hallqueue', '0004_videos_made'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='password_before',
            field=models.CharField(blank=True, editable=False, max_length=128),
        ),
        migrations.AddField(
            model_name='user',
            name='password_given',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name='user',
            name='password_set_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
    ]
