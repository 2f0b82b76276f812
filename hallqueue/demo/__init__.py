"""The demo hall 乌海市政务服务大厅: data files and their reader. Its people are invented."""
