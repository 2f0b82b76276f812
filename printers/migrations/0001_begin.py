"""Every table of the printers."""

import django.db.models.deletion
import django.utils.timezone
import hallqueue.all_tables
import printers.models
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
                    name='Printer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('hall', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='printers', to='hallqueue.hall')),
                        ('name', models.CharField(max_length=60, verbose_name='名称')),
                        ('address', models.CharField(help_text='tcp://主机:9100 · serial:///dev/ttyUSB0?baud=115200 · usb://04b8:0202 · file:///dev/usb/lp0', max_length=200, validators=[printers.models.check_address], verbose_name='地址')),
                        ('width', models.PositiveSmallIntegerField(choices=[(80, '80 mm'), (58, '58 mm')], default=80, verbose_name='纸宽')),
                        ('text', models.CharField(choices=[('gb18030', '打印机自带字库 (GB18030)'), ('raster', '整张图片')], default='gb18030', max_length=10, verbose_name='文字方式')),
                        ('rom', models.CharField(choices=[('gb2312', 'GB2312'), ('gbk', 'GBK'), ('gb18030', 'GB18030')], default='gbk', max_length=10, verbose_name='字库')),
                        ('chinese_size_by_fs', models.BooleanField(default=False, verbose_name='老式机: 用 FS ! 放大汉字')),
                        ('cutter', models.BooleanField(default=True, verbose_name='有切刀')),
                        ('process_ids', models.BooleanField(default=False, help_text='打完一张就报回它的编号; 不支持的打印机不要勾选', verbose_name='会报进程号 (GS ( H)')),
                        ('kiosk', models.ForeignKey(blank=True, help_text='只打印这台取号机的小票; 空: 打印没有专用打印机的取号机和导办台的小票', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='printers', to='hallqueue.device', verbose_name='取号机')),
                        ('stand_in', models.ForeignKey(blank=True, help_text='这台打不了时, 小票从替补打印机出来', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='printers.printer', verbose_name='替补打印机')),
                        ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                        ('condition', models.CharField(choices=[('unknown', '尚未询问'), ('ok', '正常'), ('near_end', '纸将尽'), ('paper_out', '缺纸'), ('cover_open', '开盖'), ('offline', '脱机'), ('no_answer', '无应答'), ('refused', '连接不上'), ('broken', '连接中断'), ('bad_address', '地址不对'), ('defect', '故障'), ('nonsense', '应答看不懂'), ('not_there', '找不到设备'), ('no_usb', '没有 USB 支持'), ('not_permitted', '没有权限'), ('disk_full', '磁盘已满'), ('not_asked', '不能询问')], default='unknown', editable=False, max_length=16)),
                        ('condition_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('seen_at', models.DateTimeField(editable=False, null=True)),
                        ('fed_at', models.DateTimeField(editable=False, null=True)),
                        ('owner', models.CharField(blank=True, editable=False, max_length=40)),
                        ('owned_until', models.DateTimeField(editable=False, null=True)),
                    ],
                    options={
                        'verbose_name': '打印机',
                        'verbose_name_plural': '打印机',
                        'ordering': ['id'],
                        'constraints': [models.UniqueConstraint(fields=('hall', 'name'), name='one_printer_per_name')],
                    },
                ),
                migrations.CreateModel(
                    name='PrintCursor',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('hall', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='print_cursor', to='hallqueue.hall')),
                        ('epoch', models.CharField(max_length=16)),
                        ('seq', models.BigIntegerField()),
                    ],
                ),
                migrations.CreateModel(
                    name='SlipDesign',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('hall', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='slip_designs', to='hallqueue.hall')),
                        ('scope', models.CharField(max_length=20)),
                        ('version', models.PositiveIntegerField()),
                        ('lines', models.JSONField()),
                        ('both_languages', models.BooleanField(default=True)),
                        ('footer', models.CharField(blank=True, max_length=200)),
                        ('footer_mn', models.CharField(blank=True, max_length=200)),
                        ('logo', models.BinaryField(null=True)),
                        ('made_by', models.CharField(max_length=40)),
                        ('made_at', models.DateTimeField()),
                    ],
                    options={
                        'verbose_name': '小票样式',
                        'verbose_name_plural': '小票样式',
                        'constraints': [models.UniqueConstraint(fields=('hall', 'scope', 'version'), name='one_row_a_version')],
                    },
                ),
                migrations.CreateModel(
                    name='PrintJob',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('hall', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='print_jobs', to='hallqueue.hall')),
                        ('printer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to='printers.printer')),
                        ('ticket', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='print_jobs', to='hallqueue.ticket')),
                        ('example', models.CharField(blank=True, max_length=20)),
                        ('meant_for', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='printers.printer')),
                        ('copy', models.PositiveSmallIntegerField(default=1)),
                        ('state', models.CharField(choices=[('queued', '等待打印'), ('sending', '正在发送'), ('confirmed', '已打印'), ('unconfirmed', '已发送'), ('failed', '未打印'), ('unknown', '不确定')], default='queued', max_length=12)),
                        ('reason', models.CharField(blank=True, max_length=20)),
                        ('detail', models.CharField(blank=True, max_length=200)),
                        ('tries', models.PositiveSmallIntegerField(default=0)),
                        ('ahead', models.PositiveIntegerField(null=True)),
                        ('low', models.PositiveSmallIntegerField(null=True)),
                        ('high', models.PositiveSmallIntegerField(null=True)),
                        ('asked_by', models.CharField(blank=True, max_length=40)),
                        ('asked_why', models.CharField(blank=True, max_length=100)),
                        ('is_let_go', models.BooleanField(default=False)),
                        ('made_at', models.DateTimeField()),
                        ('due_at', models.DateTimeField()),
                        ('sent_at', models.DateTimeField(null=True)),
                        ('ended_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'verbose_name': '打印任务',
                        'verbose_name_plural': '打印任务',
                        'indexes': [models.Index(condition=models.Q(('state__in', ['queued', 'sending'])), fields=['hall', 'printer', 'id'], name='jobs_on_the_way'), models.Index(fields=['hall', 'id'], name='jobs_in_order'), models.Index(fields=['hall', 'asked_by', 'id'], name='jobs_of_a_kiosk'), models.Index(condition=models.Q(('is_let_go', False), ('state', 'failed')), fields=['hall', 'id'], name='jobs_on_offer')],
                        'constraints': [models.UniqueConstraint(fields=('hall', 'ticket', 'copy'), name='one_job_per_copy')],
                    },
                ),
            ],
        ),
    ]
