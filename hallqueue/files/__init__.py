"""Files from outside that are kept: pictures drawn anew, memos and papers looked through."""
