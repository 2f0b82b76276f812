"""Every table of the displays."""

import datetime
import displays.models.voice
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import hallqueue.all_tables
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('hallqueue', '0001_begin'),
    ]

    operations = [
        hallqueue.all_tables.AllTables(
            models=[
                migrations.CreateModel(
                    name='Board',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('hall', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='boards', to='hallqueue.hall')),
                        ('device', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='board', to='hallqueue.device', verbose_name='设备')),
                        ('name', models.CharField(max_length=60, verbose_name='名称')),
                        ('main', models.CharField(choices=[('calls', '叫号列表'), ('big', '大字叫号'), ('zones', '分区叫号'), ('waiting', '等候表'), ('notices', '宣传内容'), ('window', '一个窗口(窗口屏)')], default='calls', max_length=10, verbose_name='主要内容')),
                        ('side', models.CharField(choices=[('none', '不要'), ('areas', '各区等候人数'), ('both', '等候人数和宣传内容'), ('calls', '叫号列表'), ('waiting', '等候表'), ('notices', '宣传内容')], default='areas', max_length=10, verbose_name='旁边')),
                        ('mongolian', models.BooleanField(default=True, verbose_name='蒙古文竖栏')),
                        ('zones', models.JSONField(default=list)),
                        ('windows', models.JSONField(default=list)),
                        ('glass', models.CharField(default='1920x1080', max_length=10, verbose_name='屏幕')),
                        ('turn', models.PositiveSmallIntegerField(choices=[(0, '不转'), (90, '右转 90°'), (270, '左转 90°')], default=0, verbose_name='转向')),
                        ('glass_mm', models.PositiveIntegerField(blank=True, null=True, verbose_name='屏高(毫米)')),
                        ('farthest_m', models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, verbose_name='最远座位(米)')),
                        ('dress', models.CharField(choices=[('day', '白天'), ('night', '夜间'), ('contrast', '高对比'), ('timed', '按时间: 白天、夜间')], default='day', max_length=10, verbose_name='颜色')),
                        ('night', models.CharField(default='18:00-24:00, 00:00-07:00', max_length=40, verbose_name='夜间时段')),
                        ('interlude', models.PositiveSmallIntegerField(default=30, verbose_name='无人叫号几秒后播放宣传内容')),
                        ('is_default', models.BooleanField(default=False, verbose_name='没有单独布置的大屏都用它')),
                    ],
                    options={
                        'verbose_name': '大屏布置',
                        'verbose_name_plural': '大屏布置',
                        'constraints': [models.UniqueConstraint(fields=('hall', 'name'), name='one_board_a_name'), models.UniqueConstraint(condition=models.Q(('is_default', True), models.Q(('main', 'window'), _negated=True)), fields=('hall',), name='one_default_board'), models.UniqueConstraint(condition=models.Q(('is_default', True), ('main', 'window')), fields=('hall',), name='one_default_screen')],
                    },
                ),
                migrations.CreateModel(
                    name='Card',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('hall', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='cards', to='hallqueue.hall')),
                        ('name', models.CharField(max_length=60)),
                        ('family', models.CharField(choices=[('onbon_font', '仰邦 BX-5K/6K 字库卡'), ('eq', 'EQ2013/2023 字库卡'), ('huidu', '灰度全彩卡 (SDK 2.0)'), ('onbon_bitmap', '仰邦 BX-6Q 全彩卡')], default='onbon_font', max_length=20)),
                        ('address', models.CharField(max_length=200)),
                        ('station', models.PositiveIntegerField(default=0)),
                        ('width', models.PositiveSmallIntegerField(default=128, validators=[django.core.validators.MinValueValidator(16), django.core.validators.MaxValueValidator(2048)])),
                        ('height', models.PositiveSmallIntegerField(default=16, validators=[django.core.validators.MinValueValidator(16), django.core.validators.MaxValueValidator(256)])),
                        ('letters', models.PositiveSmallIntegerField(choices=[(16, '16'), (24, '24'), (32, '32')], default=16)),
                        ('colours', models.CharField(choices=[('red', '单色'), ('two', '红绿双色'), ('full', '全彩')], default='red', max_length=10)),
                        ('units', models.CharField(choices=[('bytes', '字节 (8 点, 5K)'), ('pixels', '像素 (6K)'), ('marked_pixels', '像素 + 0x8000 (部分 6K)')], default='bytes', max_length=20)),
                        ('shows', models.CharField(choices=[('window', '窗口'), ('zone', '区域指引'), ('notice', '通知')], default='window', max_length=10)),
                        ('window', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cards', to='hallqueue.window')),
                        ('zone', models.CharField(blank=True, max_length=40)),
                        ('brightness', models.PositiveSmallIntegerField(default=100, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)])),
                        ('night_brightness', models.PositiveSmallIntegerField(default=40, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)])),
                        ('night_from', models.TimeField(default=datetime.time(18, 0))),
                        ('night_until', models.TimeField(default=datetime.time(7, 0))),
                        ('is_active', models.BooleanField(default=True)),
                        ('test_text', models.CharField(blank=True, editable=False, max_length=60)),
                        ('test_until', models.DateTimeField(editable=False, null=True)),
                    ],
                    options={
                        'verbose_name': 'LED 条屏',
                        'verbose_name_plural': 'LED 条屏',
                        'ordering': ['hall', 'id'],
                        'constraints': [models.UniqueConstraint(fields=('hall', 'name'), name='one_card_per_name')],
                    },
                ),
                migrations.CreateModel(
                    name='CardHealth',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('hall', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hallqueue.hall')),
                        ('card', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='health', to='displays.card')),
                        ('condition', models.CharField(default='unknown', max_length=20)),
                        ('condition_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('error', models.CharField(blank=True, max_length=200)),
                        ('wanted', models.CharField(blank=True, max_length=200)),
                        ('shown', models.CharField(blank=True, max_length=200)),
                        ('shown_at', models.DateTimeField(null=True)),
                        ('seen_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('hall', 'card'), name='one_health_per_card')],
                    },
                ),
                migrations.CreateModel(
                    name='CardMaster',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('hall', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='card_master', to='hallqueue.hall')),
                        ('owner', models.CharField(blank=True, max_length=40)),
                        ('owned_until', models.DateTimeField(null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='Playlist',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('hall', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='playlists', to='hallqueue.hall')),
                        ('name', models.CharField(max_length=60, verbose_name='名称')),
                        ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                        ('zones', models.JSONField(default=list)),
                        ('weekdays', models.JSONField(default=list)),
                        ('spans', models.JSONField(default=list)),
                        ('since', models.DateTimeField(null=True)),
                        ('until', models.DateTimeField(null=True)),
                        ('boards', models.ManyToManyField(blank=True, related_name='playlists', to='displays.board')),
                    ],
                    options={
                        'verbose_name': '播放单',
                        'verbose_name_plural': '播放单',
                        'constraints': [models.UniqueConstraint(fields=('hall', 'name'), name='one_playlist_a_name')],
                    },
                ),
                migrations.CreateModel(
                    name='PlaylistEntry',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('playlist', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='displays.playlist')),
                        ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='hallqueue.notice')),
                        ('order', models.PositiveSmallIntegerField()),
                        ('seconds', models.PositiveSmallIntegerField(default=12)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('playlist', 'order'), name='one_notice_a_place')],
                    },
                ),
                migrations.CreateModel(
                    name='Voicing',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('hall', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='voicing', to='hallqueue.hall')),
                        ('engines', models.JSONField(default=displays.models.voice._engines)),
                        ('times', models.PositiveSmallIntegerField(default=2)),
                        ('recall_times', models.PositiveSmallIntegerField(default=2)),
                        ('yao', models.BooleanField(default=False)),
                        ('words_per_minute', models.PositiveSmallIntegerField(default=175)),
                        ('volume', models.PositiveSmallIntegerField(default=100)),
                        ('periods', models.JSONField(default=list)),
                        ('zones', models.JSONField(default=dict)),
                        ('queue_limit', models.PositiveSmallIntegerField(default=8)),
                        ('drop', models.CharField(choices=[('oldest', '等得最久的'), ('newest', '最新的')], default='oldest', max_length=10)),
                        ('mongolian', models.BooleanField(default=True)),
                        ('pack_zh', models.CharField(blank=True, max_length=40)),
                        ('pack_mn', models.CharField(blank=True, max_length=40)),
                        ('level', models.PositiveSmallIntegerField(default=100, editable=False)),
                        ('test_device', models.BigIntegerField(default=0, editable=False)),
                        ('test_seq', models.BigIntegerField(default=0, editable=False)),
                    ],
                ),
                migrations.CreateModel(
                    name='Speaker',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('hall', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='speakers', to='hallqueue.hall')),
                        ('device', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='speaker', to='hallqueue.device')),
                        ('state', models.CharField(choices=[('on', '有声'), ('blocked', '等人点一下'), ('fault', '放不出声')], max_length=10)),
                        ('state_at', models.DateTimeField()),
                        ('volume', models.PositiveSmallIntegerField(default=0)),
                        ('voice', models.CharField(blank=True, max_length=80)),
                        ('last_label', models.CharField(blank=True, max_length=12)),
                        ('last_at', models.DateTimeField(null=True)),
                        ('dropped', models.PositiveIntegerField(default=0)),
                        ('dropped_label', models.CharField(blank=True, max_length=12)),
                        ('dropped_on', models.DateField(null=True)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['hall', 'state'], name='speakers_by_state')],
                    },
                ),
            ],
        ),
    ]
