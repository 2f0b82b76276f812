"""Files from outside that are kept: pictures and memos drawn anew, papers looked through."""
